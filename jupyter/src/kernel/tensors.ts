/**
 * @file What TensorFlow.js needs from the kernel: two functions that newer versions of Node lack, silence at the start,
 * and tensors that print as `Tensor [2, 3] float32` with their values instead of as inner fields.
 */
import Module from "node:module";
import util from "node:util";

interface TensorLike {
  shape: number[];
  dtype: string;
  isDisposed: boolean;
  toString(): string;
}

interface TensorModule {
  Tensor?: { prototype: TensorLike };
}

const ModuleLoader = Module as unknown as { _load(id: string, ...rest: unknown[]): unknown };

/** To be called before a cell can load TensorFlow.js 4.22: it calls two functions that Node 23 has removed. */
export function repairNodeForTensorFlow(): void {
  const utilities = util as unknown as Record<string, unknown>;
  utilities.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  utilities.isArray ??= Array.isArray;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "3"; // 3: errors only
}

/** Looks at each TensorFlow.js package that is loaded, without loading any. */
export function installTensorPrinting(): void {
  const load = ModuleLoader._load;
  ModuleLoader._load = function (id, ...rest) {
    const loaded = load.call(this, id, ...rest);
    if (id.startsWith("@tensorflow/tfjs")) makePrintable((loaded as TensorModule).Tensor?.prototype);
    return loaded;
  };
}

function makePrintable(prototype: TensorLike | undefined): void {
  if (!prototype || Object.hasOwn(prototype, util.inspect.custom)) return;
  Object.defineProperty(prototype, util.inspect.custom, { configurable: true, writable: true, value: printTensor });
}

/** Inside another object one line says enough. `depth` is how many levels may still be shown, `options.depth` how many were allowed at the start. */
function printTensor(this: TensorLike, depth: number | null, options: util.InspectOptions): string {
  const head = `${this.constructor.name} [${this.shape.join(", ")}] ${this.dtype}`;
  if (this.isDisposed) return `${head} (disposed)`;
  const isNested = depth !== null && depth !== options.depth;
  if (isNested) return head;
  const values = this.toString()
    .replace(/^Tensor\n?/, "")
    .replace(/^ {4}/gm, "");
  return `${head}\n${values}`;
}
