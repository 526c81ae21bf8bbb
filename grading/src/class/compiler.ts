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
  ) {}

  /** JavaScript for each exercise; nothing for one that could not be compiled in time. */
  async emit(cells: Cells, targets: readonly CompileTarget[]): Promise<Map<string, Module | undefined>> {
    const all = await this.ask<Emitted>("emit", cells, targets, EMIT_SECONDS);
    const found = new Map<string, Module | undefined>(all?.modules.map((module) => [module.exercise, module]));
    if (all) return found;
    for (const target of targets) {
      const alone = cells.map((cell, i) => (i === target.cell || !cell.exercise ? cell : { source: "" }));
      const one = await this.ask<Emitted>("emit", alone, [target], EMIT_SECONDS);
      found.set(target.exercise, one?.modules[0]);
    }
    return found;
  }

  /** What TypeScript has against each exercise; nothing if it did not come to an end. */
  async types(cells: Cells, targets: readonly CompileTarget[]): Promise<TypeComplaints["complaints"] | undefined> {
    return (await this.ask<TypeComplaints>("types", cells, targets, TYPES_SECONDS))?.complaints;
  }

  async close(): Promise<void> {
    await this.turn;
    (await this.process)?.kill();
    this.process = undefined;
  }

  private ask<T>(
    kind: CompileRequest["kind"],
    cells: Cells,
    targets: readonly CompileTarget[],
    seconds: number,
  ): Promise<T | undefined> {
    if (targets.length === 0) return Promise.resolve(undefined);
    const work = this.turn.then(async (): Promise<T | undefined> => {
      this.process ??= this.start();
      const process = await this.process;
      const id = this.next++;
      const request = { kind, id, cells: [...cells], targets: [...targets] } satisfies CompileRequest;
      const answer = await process.ask(request, (line) => readAnswer<T>(line, id), seconds);
      if (process.alive) return answer as T;
      process.kill();
      this.process = undefined;
      return undefined;
    });
    this.turn = work.catch(() => {});
    return work;
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

/** (No learner's code runs in that process: its answers are those of compiler.ts.) */
function readAnswer<T>(line: string, id: number): T | undefined {
  const answer = JSON.parse(line) as { id?: number };
  return answer.id === id ? (answer as T) : undefined;
}
