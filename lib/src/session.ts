/**
 * @file A graph that is ready to run: loaded into TensorFlow, called by the names of its inputs and outputs.
 * Engine room of compile.ts and train-step.ts; native backend only. TensorFlow optimises the graph when it is first run.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CourseError } from "./errors";
import type { GraphDef } from "./graph-def";
import { nativeBackend } from "./native";
import type { Tensor } from "./tf";

/** A loaded graph. Variables inside it keep their values from call to call, until it is disposed. */
export class Session {
  private id: number | undefined;

  /**
   * @param what names the graph in errors.
   * @param options.callingThread asks that all operations run on the thread that calls, one after the other. The binding that
   * the set-up compiles knows the tag (jupyter/setup/calling-thread.cc); another one runs the graph as usual.
   */
  constructor(
    private readonly what: string,
    graph: GraphDef,
    { callingThread = false }: { callingThread?: boolean } = {},
  ) {
    const tags = ["serve", ...(callingThread ? ["calling_thread"] : [])];
    // The library loads graphs from a folder only; it is gone again as soon as it has been read.
    const folder = mkdtempSync(join(tmpdir(), "course-graph-"));
    try {
      writeFileSync(join(folder, "saved_model.pb"), graph.toSavedModel(tags));
      this.id = nativeBackend().binding.loadSavedModel(folder, tags.join(","));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Gives values to the named inputs and returns those of the named outputs, e.g. `["n7:0"]`. The caller frees them. */
  run(inputNames: readonly string[], inputs: readonly Tensor[], outputNames: readonly string[]): Tensor[] {
    if (this.id === undefined) {
      throw new CourseError({ what: this.what, expected: "a graph in memory", received: "one that was disposed" });
    }
    if (outputNames.length === 0) return [];
    const native = nativeBackend();
    const ids = native.getInputTensorIds([...inputs]);
    const infos = native.binding.runSavedModel(this.id, ids, inputNames.join(","), outputNames.join(","));
    return infos.map((info) => native.createOutputTensor(info));
  }

  /** Frees the graph and the variables inside it. */
  dispose(): void {
    if (this.id !== undefined) nativeBackend().binding.deleteSavedModel(this.id);
    this.id = undefined;
  }
}
