/**
 * @file Asks the compiler's process, and lives with a text that keeps it busy: the process is ended and started again, and
 * the exercises of that submission are compiled one by one, so that only the one with that text is lost.
 */

import { CourseError } from "@course/lib/errors";
import type { CompileRequest, CompileTarget, Emitted, TypeComplaints } from "./compile-messages";
import { Confined } from "./confined";
import { COMPILER_READS } from "./sandbox";
import type { Rung } from "./types";

type Cells = CompileRequest["cells"];
type Module = Emitted["modules"][number];
type Complaints = TypeComplaints["complaints"];

/** What became of the exercises of a notebook. */
export interface Compilation {
  /** JavaScript for each exercise; nothing for one that could not be compiled in time. */
  modules: Map<string, Module | undefined>;
  /** What TypeScript has against each exercise; nothing if it did not come to an end. */
  types: Promise<Complaints | undefined>;
}

interface Answered {
  emitted?: Module[];
  types: Promise<Complaints | undefined>;
}

const MEMORY_MEGABYTES = 1536;
const EMIT_SECONDS = 5;
const TYPES_SECONDS = 20;

/** One compiler; it does one thing at a time. */
export class Compiler {
  private process: Promise<Confined> | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private next = 1;

  constructor(
    private readonly rung: Rung,
    private readonly slot: number,
  ) {
    this.process = this.start();
    this.process.catch(() => {}); // it is thrown where something is to be compiled
  }

  /** Compiles the exercises of a notebook. */
  async compile(cells: Cells, targets: readonly CompileTarget[]): Promise<Compilation> {
    const all = await this.ask(cells, targets);
    const modules = new Map<string, Module | undefined>(all.emitted?.map((module) => [module.exercise, module]));
    if (all.emitted) return { modules, types: all.types };
    for (const target of targets) {
      const alone = cells.map((cell, i) => (i === target.cell || !cell.exercise ? cell : { source: "" }));
      const one = await this.ask(alone, [target]);
      modules.set(target.exercise, one.emitted?.[0]);
    }
    return { modules, types: Promise.resolve(undefined) };
  }

  async close(): Promise<void> {
    await this.turn;
    (await this.process)?.kill();
    this.process = undefined;
  }

  private async ask(cells: Cells, targets: readonly CompileTarget[]): Promise<Answered> {
    if (targets.length === 0) return { emitted: [], types: Promise.resolve([]) };
    const id = this.next++;
    const read = <T>(line: string): T | undefined => {
      // (No learner's code runs in that process: its answers are those of inside/compiler.ts.)
      const answer = JSON.parse(line) as { id?: number };
      return answer.id === id ? (answer as T) : undefined;
    };
    const emitted = this.turn.then(async () => {
      this.process ??= this.start();
      const process = await this.process;
      const request = { id, cells: [...cells], targets: [...targets] } satisfies CompileRequest;
      return { process, answer: await process.ask(request, read<Emitted>, EMIT_SECONDS) };
    });
    const types = emitted.then(async ({ process, answer }) => {
      const typed = answer.kind === "ended" ? answer : await process.next(read<TypeComplaints>, TYPES_SECONDS);
      if (typed.kind !== "ended") return typed.complaints;
      process.kill();
      this.process = undefined;
      return undefined;
    });
    this.turn = types.catch(() => {});
    const { answer } = await emitted;
    return answer.kind === "ended" ? { types } : { emitted: answer.modules, types };
  }

  private async start(): Promise<Confined> {
    const process = new Confined(this.rung, {
      program: "compiler",
      reads: COMPILER_READS,
      memoryMegabytes: MEMORY_MEGABYTES,
      slot: this.slot,
    });
    const started = await process.started(60);
    if (started === true) return process;
    process.kill();
    this.process = undefined;
    throw new CourseError({ what: "compiler", expected: "its process to start", received: started.how || started.why });
  }
}
