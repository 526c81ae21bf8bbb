/**
 * @file Sandboxed processes kept ready. Starting Node takes most of the time of grading an exercise, so the next process
 * starts while another one works. A process serves one learner, and mostly one answer, and is never used again.
 */

import { CourseError } from "@course/lib/errors";
import { Confined } from "./confined";
import { type Confinement, LIBRARY_READS } from "./sandbox";
import type { Rung } from "./types";

/** What TensorFlow takes when it is loaded. */
const LIBRARY_MEGABYTES = 1024;

/** Keeps `ahead` processes ready for code that imports nothing, and starts others when they are wanted. */
export class RunnerPool {
  private readonly ready: Promise<Confined>[] = [];
  private slot = 0;
  private closed = false;

  constructor(
    private readonly rung: Rung,
    private readonly memoryMegabytes: number,
    private readonly ahead: number,
  ) {}

  /** A fresh process; `library` for code that imports the course's library, without the modules that are refused. */
  async take(library: boolean, refused: readonly string[]): Promise<Confined> {
    if (library) return this.start({ reads: LIBRARY_READS, refused, extra: LIBRARY_MEGABYTES });
    const taken = this.ready.shift() ?? this.start();
    this.fill();
    const process = await taken;
    return process.alive ? process : this.start();
  }

  /** Starts what is missing. */
  fill(): void {
    while (!this.closed && this.ready.length < this.ahead) {
      const starting = this.start();
      starting.catch(() => {}); // it is thrown where the process is taken
      this.ready.push(starting);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const processes = await Promise.allSettled(this.ready.splice(0));
    for (const one of processes) if (one.status === "fulfilled") one.value.kill();
  }

  private async start({ reads = [], refused = [], extra = 0 }: Start = {}): Promise<Confined> {
    const confinement: Confinement = {
      program: "runner",
      reads,
      refused,
      memoryMegabytes: this.memoryMegabytes + extra,
      slot: this.slot++ % 90, // (the others are the compilers)
    };
    const process = new Confined(this.rung, confinement);
    const started = await process.started();
    if (started === true) return process;
    process.kill();
    throw new CourseError({
      what: "sandbox",
      expected: `a process to start (${this.rung})`,
      received: started.how || started.why,
    });
  }
}

interface Start {
  reads?: readonly string[];
  refused?: readonly string[];
  extra?: number;
}
