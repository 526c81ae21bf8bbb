/**
 * @file TensorFlow.js: the one place that loads it, and the one that knows which backend does the arithmetic.
 * Used by every notebook from the first. Loads the native backend (TensorFlow's C library) when it is installed, else
 * WebAssembly (about ten times slower), else plain JavaScript (about a hundred times slower); the results agree.
 * Leaves out GPUs. `COURSE_BACKEND=tensorflow|wasm|cpu` asks for one by name.
 */

import util from "node:util";
import type * as tfjs from "@tensorflow/tfjs";
import { CourseError } from "./errors";
import { formatShape } from "./shape";

export type Tensor = tfjs.Tensor;
export type Variable = tfjs.Variable;
export type BackendName = "tensorflow" | "wasm" | "cpu";

/** What does the arithmetic. */
export interface BackendInfo {
  name: BackendName;
  /** True when TensorFlow's own compiled kernels run; only then can a function be compiled into a graph. */
  native: boolean;
  /** One sentence for people. */
  description: string;
}

const DESCRIPTIONS: Record<BackendName, string> = {
  tensorflow: "TensorFlow's compiled kernels (native, fastest)",
  wasm: "WebAssembly (no native backend was found; training takes about ten times as long)",
  cpu: "plain JavaScript (neither the native backend nor WebAssembly was found; training takes about a hundred times as long)",
};

/** The library itself: `tf.matMul(a, b)`. */
export const tf: typeof tfjs = load();

let info = describe((tf.getBackend() ?? "cpu") as BackendName);
let starting: Promise<BackendInfo> | undefined;

/** The backend in use. Before {@link ready} has been awaited, WebAssembly may not have started and plain JavaScript answers. */
export function backend(): BackendInfo {
  return info;
}

/** Waits until the best backend has started. The native one is ready at once; WebAssembly needs some milliseconds. */
export function ready(): Promise<BackendInfo> {
  starting ??= start();
  return starting;
}

async function start(): Promise<BackendInfo> {
  if (!info.native && process.env.COURSE_BACKEND !== "cpu") {
    try {
      require("@tensorflow/tfjs-backend-wasm");
      if (await tf.setBackend("wasm")) info = describe("wasm");
    } catch (cause) {
      if (process.env.COURSE_BACKEND === "wasm") throw missing("wasm", cause);
    }
    if (info.name === "cpu") await tf.setBackend("cpu");
  }
  return info;
}

function load(): typeof tfjs {
  const asked = process.env.COURSE_BACKEND as BackendName | undefined;
  if (asked !== undefined && !(asked in DESCRIPTIONS)) {
    throw new CourseError({ what: "COURSE_BACKEND", expected: "tensorflow, wasm or cpu", received: asked });
  }
  let library: typeof tfjs | undefined;
  if (asked === undefined || asked === "tensorflow") {
    prepareNative();
    try {
      library = require("@tensorflow/tfjs-node");
    } catch (cause) {
      if (asked === "tensorflow") throw missing("tensorflow", cause);
    }
  }
  library ??= require("@tensorflow/tfjs") as typeof tfjs;
  if (library.getBackend() !== "tensorflow") {
    library.enableProdMode(); // no banner that advises to install what could not be installed
    library.setBackend("cpu"); // until ready() has started a faster one
  }
  if (!Object.hasOwn(library.Tensor.prototype, util.inspect.custom)) {
    // (The kernel of the notebooks has given it one already.)
    Object.defineProperty(library.Tensor.prototype, util.inspect.custom, { value: inspectTensor, configurable: true });
  }
  return library;
}

/**
 * Settings that TensorFlow reads once, when it loads.
 *
 * One thread inside each kernel: the matrices of the course are small, and dividing one product among cores costs more
 * than it saves. The cores are kept busy by running parts of the batch side by side instead, see train-step.ts. A single
 * large product (1024 x 1024) takes up to twice as long this way; TF_NUM_INTRAOP_THREADS=0 in the environment gives it all cores.
 */
function prepareNative(): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
  process.env.TF_NUM_INTRAOP_THREADS ??= "1";
  // tfjs-node 4.22 calls two functions that Node 23 removed.
  const legacy = util as unknown as Record<string, unknown>;
  legacy.isNullOrUndefined ??= (value: unknown): boolean => value === null || value === undefined;
  legacy.isArray ??= Array.isArray;
}

function describe(name: BackendName): BackendInfo {
  return { name, native: name === "tensorflow", description: DESCRIPTIONS[name] };
}

function missing(name: BackendName, cause: unknown): CourseError {
  return new CourseError({
    what: "COURSE_BACKEND",
    expected: `the backend "${name}" to load`,
    received: cause instanceof Error ? (cause.message.split("\n")[0] as string) : String(cause),
    remedy: "Run `npx course doctor` to see what is missing, or unset COURSE_BACKEND.",
    cause,
  });
}

/** How a tensor prints at the end of a cell: `tensor (2, 2) float32 [ [ 1, 2 ], [ 3, 4 ] ]`. Long ones are cut by Node. */
function inspectTensor(this: Tensor, _depth: number, options: util.InspectOptions): string {
  const head = `tensor ${formatShape(this.shape)} ${this.dtype}`;
  if (this.isDisposed) return `${head} (its memory was freed)`;
  if (this.size > 1000) return `${head} (${this.size.toLocaleString("en-US")} values)`;
  return `${head} ${util.inspect(this.arraySync(), { ...options, depth: 8 })}`;
}
