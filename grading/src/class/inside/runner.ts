/**
 * @file The program inside the sandbox. It gets a learner's compiled code, then the arguments of one case at a time, and
 * says what came out, as plain data. It never sees an expected value or another submission. Whatever the learner's code
 * does to this process, it can only change what is answered here; the answer is judged outside.
 *
 * Requests come and answers go, one JSON a line, through descriptor 3, or through 0 and 1 behind the relay of a container.
 */

import Module from "node:module";
import net from "node:net";
import path from "node:path";
import { firstDifference } from "../../compare";
import { resultsOf } from "../../opened";
import { isThenable, type Plain, toPlain } from "../../plain";
import type { Answer, Request } from "../messages";
import { decode, encode } from "../wire";
import { standIn } from "./stand-in";

const channel = new net.Socket({ fd: 3, readable: true, writable: true, allowHalfOpen: true });
const { parse, stringify } = JSON;
const write = channel.write.bind(channel);
const later = setTimeout;
const imul = Math.imul;
const clone = structuredClone;

let answers: Record<string, unknown> = Object.create(null);
let lateErrors: string[] = [];

// An error that nobody waits for must not end the process: it is reported beside the next answer.
process.on("uncaughtException", (error) => late(error));
process.on("unhandledRejection", (error) => late(error));

function late(error: unknown): void {
  if (lateErrors.length < 3) lateErrors.push(describe(error).message.slice(0, 300));
}

// Modules with the answer are not there. Where nothing can be mounted over them, loading them at least leads to the same.
const [, , root = "", refused = ""] = process.argv;
for (const name of refused.split(",").filter((name) => name !== "")) {
  const file = path.join(root, "lib", "dist", `${name}.js`);
  require.cache[file] = Object.assign(new Module(file), { exports: require("./refused"), loaded: true });
}

let waiting = "";
let turn = Promise.resolve();
channel.setEncoding("utf8");
channel.on("data", (text: string) => {
  waiting += text;
  for (let end = waiting.indexOf("\n"); end >= 0; end = waiting.indexOf("\n")) {
    const line = waiting.slice(0, end);
    waiting = waiting.slice(end + 1);
    turn = turn.then(() => handle(parse(line) as Request));
  }
});
channel.on("end", () => void turn.then(() => process.exit()));
write('{"kind":"ready"}\n');

async function handle(request: Request): Promise<void> {
  const answer = request.kind === "load" ? await load(request) : await call(request);
  await new Promise<void>((resolve) => later(resolve, 0)); // what was left running gets a turn
  const errors = lateErrors;
  lateErrors = [];
  write(`${stringify({ ...answer, id: request.id, ...(errors.length > 0 ? { late: errors } : {}) })}\n`);
}

async function load(request: Extract<Request, { kind: "load" }>): Promise<Answer> {
  seedRandom(request.seed);
  (globalThis as { __name?: unknown }).__name = (f: unknown): unknown => f; // what some compilers put into functions
  try {
    const require = Module.createRequire(request.file);
    const guarded = Object.assign((name: string): unknown => {
      if (/^@course\/(?!lib\b|datasets\b)/.test(name)) {
        throw new Error(`\`${name}\` is not there when an answer is graded.`);
      }
      return require(name);
    }, require);
    const body = new Function("require", "exports", `return (async () => {${request.code}\n})();`) as (
      require: unknown,
      exports: object,
    ) => Promise<Record<string, unknown>>;
    answers = { ...(await body(guarded, {})) };
    if (request.call) answers["(call)"] = new Function("require", `return (${request.call});`)(require);
    return { kind: "loaded", id: request.id };
  } catch (error) {
    return { kind: "threw", id: request.id, ...describe(error) };
  }
}

async function call(request: Extract<Request, { kind: "call" }>): Promise<Answer> {
  const { id, name, isValue, isAsync, opened } = request;
  if (answers[name] === undefined) return { kind: "missing", id };
  seedRandom(request.seed);
  const before = decode(request.args) as readonly Plain[];
  const args = clone(before);
  let isOver = false;
  try {
    const own = answers["(call)"] as ((answers: object, args: readonly Plain[]) => unknown) | undefined;
    const answer = answers[name];
    let result: unknown;
    if (opened) {
      const objects = opened.map((shape, i) => standIn(shape, i, id, () => isOver));
      result = resultsOf(answer, objects);
    } else if (own) result = own(answers, args);
    else result = typeof answer === "function" && !isValue ? answer(...args) : answer;
    if (isThenable(result)) {
      if (isAsync) result = await result;
      else result.then(undefined, () => {});
    }
    const copied = toPlain(result);
    const changed = before.findIndex((arg, i) => firstDifference(args[i], arg, {}) !== undefined);
    return {
      kind: "value",
      id,
      value: encode(copied.value),
      ...(copied.strange ? { strange: copied.strange } : {}),
      ...(changed < 0 ? {} : { changed }),
    };
  } catch (error) {
    return { kind: "threw", id, ...describe(error) };
  } finally {
    isOver = true;
  }
}

function describe(thrown: unknown): { name: string; message: string } {
  try {
    const error = thrown as { name?: unknown; message?: unknown } | null | undefined;
    const message = typeof error?.message === "string" ? error.message : String(thrown);
    return { name: typeof error?.name === "string" ? error.name.slice(0, 100) : "", message: message.slice(0, 2000) };
  } catch {
    return { name: "", message: "something that cannot be written as text" };
  }
}

/** JavaScript's own chance begins at the same place in every run, so that a second run of an answer gives the same result. */
function seedRandom(seed: number): void {
  let state = seed >>> 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0; // mulberry32, by Tommy Ettinger
    let t = imul(state ^ (state >>> 15), state | 1);
    t ^= t + imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  Object.assign(Math, { random });
}
