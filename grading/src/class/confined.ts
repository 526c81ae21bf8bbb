/**
 * @file A process in a sandbox, asked one thing at a time. It is ended, with all it has started, when it takes too long,
 * uses too much memory, starts too many processes or prints too much; then the question is answered with that.
 */

import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { type Confinement, launch, MOST_PROCESSES } from "./sandbox";
import type { Rung } from "./types";
import { watch } from "./watchdog";

/** Why there is no answer. */
export interface Ended {
  kind: "ended";
  why: "time" | "memory" | "processes" | "output" | "exit";
  /** For `exit`: how, e.g. `exit code 0`. */
  how: string;
}

/** What a process may print before it is ended, and how long one answer may be. */
const MOST_OUTPUT_BYTES = 4 * 2 ** 20;
const LONGEST_ANSWER = 2 * 2 ** 20;
/** The processor time of a container cannot be seen from outside: by the clock it has this many times its seconds. */
const CONTAINER_PATIENCE = 4;

/** A process in a sandbox. */
export class Confined {
  /** Where the course stands for the program inside. */
  readonly root: string;
  private readonly child: ChildProcess;
  private readonly input: NodeJS.WritableStream;
  private readonly memoryMegabytes: number;
  private readonly relayed: boolean;
  private waiting = "";
  private questions = 0;
  private printed = 0;
  private ended: Ended | undefined;
  private onLine: ((line: string) => void) | undefined;
  private onEnd: ((ended: Ended) => void) | undefined;
  /** The first lines it wrote before anybody asked. */
  private early: string[] = [];

  constructor(rung: Rung, confinement: Confinement) {
    const { file, args, env, root, relayed } = launch(rung, confinement);
    this.root = root;
    this.relayed = relayed;
    this.memoryMegabytes = confinement.memoryMegabytes;
    const stdio = relayed ? (["pipe", "pipe", "pipe"] as const) : (["ignore", "pipe", "pipe", "pipe"] as const);
    this.child = spawn(file, args, { env, stdio: [...stdio] });
    const channel = relayed ? this.child.stdout : (this.child.stdio[3] as Duplex);
    this.input = (relayed ? this.child.stdin : this.child.stdio[3]) as NodeJS.WritableStream;
    const decoder = new StringDecoder("utf8");
    channel?.on("data", (bytes: Buffer) => this.receive(decoder.write(bytes)));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream && stream !== channel) stream.on("data", (bytes: Buffer) => this.count(bytes.length));
    }
    for (const stream of [channel, this.input, this.child.stdout, this.child.stderr]) stream?.on("error", () => {});
    this.child.on("error", (error) => this.end({ kind: "ended", why: "exit", how: error.message }));
    this.child.on("exit", (code, signal) => {
      // (What it wrote last may still be on its way.)
      setImmediate(() =>
        this.end({ kind: "ended", why: "exit", how: signal ? `signal ${signal}` : `exit code ${code}` }),
      );
    });
  }

  /** True until it has ended, by itself or by force. */
  get alive(): boolean {
    return this.ended === undefined;
  }

  /** True if it has been asked something before. */
  get hasAnswered(): boolean {
    return this.questions > 0;
  }

  /** A number for the next question, so that an answer to an earlier one is not taken for its answer. */
  nextId(): number {
    return ++this.questions;
  }

  /** Sends one line and waits for the first line that `read` accepts as the answer, or for the end of the process. */
  ask<T>(request: object, read: (line: string) => T | undefined, seconds: number): Promise<T | Ended> {
    if (this.ended) return Promise.resolve(this.ended);
    this.input.write(`${JSON.stringify(request)}\n`);
    return this.next(read, seconds);
  }

  /** Replies to a line while the process is still being asked. Both count as what it prints, so that it comes to an end. */
  reply(line: string, message: object): void {
    const text = `${JSON.stringify(message)}\n`;
    this.count(line.length + text.length);
    if (!this.ended) this.input.write(text);
  }

  /** Waits until the program inside has started. */
  started(seconds = 30): Promise<true | Ended> {
    return this.next((line) => (line === '{"kind":"ready"}' ? true : undefined), seconds);
  }

  /** Waits for a further line of the answer to what was asked. */
  next<T>(read: (line: string) => T | undefined, seconds: number): Promise<T | Ended> {
    return new Promise((resolve) => {
      const limits = {
        memoryMegabytes: this.memoryMegabytes,
        processes: MOST_PROCESSES,
        seconds: this.relayed ? CONTAINER_PATIENCE * seconds : seconds,
      };
      const unwatch = watch(this.child.pid ?? 0, limits, (why) => this.stop(why));
      const settle = (value: T | Ended): void => {
        unwatch();
        this.onLine = undefined;
        this.onEnd = undefined;
        resolve(value);
      };
      this.onEnd = settle;
      this.onLine = (line) => {
        const value = read(line);
        if (value !== undefined) settle(value);
      };
      const early = this.early;
      this.early = [];
      for (const line of early) this.onLine?.(line);
      if (this.ended) settle(this.ended);
    });
  }

  private receive(text: string): void {
    this.waiting += text;
    for (let at = this.waiting.indexOf("\n"); at >= 0; at = this.waiting.indexOf("\n")) {
      const line = this.waiting.slice(0, at);
      this.waiting = this.waiting.slice(at + 1);
      if (this.onLine) this.onLine(line);
      else if (this.early.length < 3) this.early.push(line);
      else this.count(line.length);
    }
    if (this.waiting.length > LONGEST_ANSWER) this.stop("output");
  }

  private count(bytes: number): void {
    this.printed += bytes;
    if (this.printed > MOST_OUTPUT_BYTES) this.stop("output");
  }

  private stop(why: Ended["why"]): void {
    if (this.ended) return;
    this.kill();
    this.end({ kind: "ended", why, how: "" });
  }

  private end(ended: Ended): void {
    if (this.ended) return;
    this.ended = ended;
    this.waiting = "";
    this.onEnd?.(ended);
  }

  /** Ends the process and everything it has started. */
  kill(): void {
    this.child.kill("SIGKILL");
    if (this.relayed) this.input.end();
    for (const stream of this.child.stdio) stream?.destroy();
  }
}
