/**
 * @file Inside a sandbox: stands for an object that is outside (../remote.ts). A call of a method is one line out and one
 * line back, and this process stands still in between, so that the method returns its value like any other.
 */

import { readSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { type Plain, toPlain } from "../../plain";
import type { RemoteShape, Used } from "../messages";
import { decode, encode } from "../wire";

const CHANNEL = 3;
/** How long to sleep while nothing has come. */
const SLEEP_MS = 0.1;
/** So many calls are sent at once. */
const MOST_CALLS = 50;

/** A stand-in with the methods and properties of the object, for the call that is answered as `id`. */
export function standIn(shape: RemoteShape, object: number, id: number, isOver: () => boolean): object {
  const { methods, withoutReply, properties } = shape;
  let calls: [method: string, args: string][] = [];
  const known: Record<string, unknown> = {};
  const learn = (news: Record<string, string>): void => {
    for (const [name, value] of Object.entries(news)) known[name] = frozen(value);
  };
  const use = (method: string, args: readonly unknown[]): unknown => {
    if (isOver()) throw new Error("The call that this was given to has returned.");
    calls.push([method, encode(toPlain(args).value)]);
    if (withoutReply.includes(method) && calls.length < MOST_CALLS) return undefined;
    const used = JSON.parse(exchange(`${JSON.stringify({ kind: "use", id, object, calls })}\n`)) as Used;
    calls = [];
    learn(used.properties);
    if (used.failed) throw Object.assign(new Error(used.failed.message), { name: used.failed.name });
    return structuredClone(decode(used.value ?? encode(undefined)));
  };
  learn(properties);
  const own = Object.keys(known).map((name) => [name, { get: () => known[name], enumerable: true }] as const);
  const run = methods.map(
    (method) => [method, { value: (...args: unknown[]) => use(method, args), enumerable: true }] as const,
  );
  return Object.freeze(Object.defineProperties({}, Object.fromEntries<PropertyDescriptor>([...own, ...run])));
}

function frozen(encoded: string): Plain {
  const value = structuredClone(decode(encoded));
  return Array.isArray(value) ? Object.freeze(value) : value;
}

/** Sends a line and waits for the next one. Nothing else reads meanwhile: it would have to wait for this function. */
function exchange(line: string): string {
  const bytes = Buffer.from(line);
  for (let sent = 0; sent < bytes.length; ) sent += whenPossible(() => writeSync(CHANNEL, bytes, sent));
  const decoder = new StringDecoder("utf8");
  const chunk = Buffer.alloc(2 ** 16);
  let text = "";
  while (!text.endsWith("\n")) {
    const count = whenPossible(() => readSync(CHANNEL, chunk));
    if (count === 0) process.exit(); // nobody is there any more
    text += decoder.write(chunk.subarray(0, count));
  }
  return text;
}

/** Reads or writes as soon as the channel, which does not wait by itself, lets it. */
function whenPossible(transfer: () => number): number {
  for (;;) {
    try {
      return transfer();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SLEEP_MS);
    }
  }
}
