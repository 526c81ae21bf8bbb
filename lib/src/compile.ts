/**
 * @file Compiles a function of tensors: it is watched once and from then on runs as one graph, in a single call.
 * Used by evaluation, sampling and training without the learner noticing; notebook 1 shows what it does and what it gains.
 *
 * TensorFlow.js pays for every operation apart, about ten microseconds each, and a GPT has hundreds. A graph pays once,
 * and TensorFlow can merge operations and run independent ones side by side.
 * Leaves out gradients through a compiled function (inside a gradient it runs uncompiled) and shapes that are not fixed:
 * each new combination of input shapes is compiled anew and kept. On other backends the function simply runs.
 */

import { availableParallelism } from "node:os";
import { isTracing, Recording } from "./capture";
import { assertCount, CourseError } from "./errors";
import { deepCopy } from "./native";
import { shareOut, splitRows } from "./rows";
import { Session } from "./session";
import { formatShape, ShapeError } from "./shape";
import { backend, type Tensor, tf } from "./tf";

/** What a compiled function may return. */
export type TensorResult = Tensor | Tensor[] | Record<string, Tensor>;

export interface CompileOptions {
  /** Names the function in errors. Default: its own name. */
  name?: string;
  /**
   * The rows of every input do not depend on each other, and every result has one entry per row: the rows are then
   * shared out among the processor's cores. Default false.
   */
  splitRows?: boolean;
  /**
   * The operations are many and small, and one needs the other: they are run one after the other on the calling thread, which
   * saves waking others. Default false.
   */
  callingThread?: boolean;
  /** How many combinations of input shapes are kept in memory; the one unused for longest is freed first. Default 16. */
  maxGraphs?: number;
}

/** What a compiled function has besides being a function. */
export interface Compiled {
  /** How many graphs are in memory, one for each combination of input shapes; 0 where nothing can be compiled. */
  readonly graphCount: number;
  /** Frees the graphs. The function cannot be called afterwards. */
  dispose(): void;
}

/**
 * A function that computes what `fn` computes, faster from the second call on. The caller frees the results.
 *
 * `const double = compile((x: Tensor) => x.mul(2)); double(tf.scalar(3))` is 6.
 *
 * Everything that can change must come in as a tensor argument or be read from a `tf.Variable`, such as the weights of a model:
 * their values are those at the time of the call. Other values are those of the first call, for good. `fn` is run twice
 * at first, to find out whether it does the same thing both times; if it draws random numbers itself, that is an error.
 */
export function compile<Inputs extends Tensor[], Result extends TensorResult>(
  fn: (...inputs: Inputs) => Result,
  options: CompileOptions = {},
): ((...inputs: Inputs) => Result) & Compiled {
  const { name = fn.name || "compile", maxGraphs = 16 } = options;
  assertCount("maxGraphs", maxGraphs);
  if (fn.constructor.name === "AsyncFunction") throw notTensors(name, "a promise");
  const graphs = new Map<string, CompiledGraph>(); // in the order of their last use
  let disposed = false;

  const eager = (inputs: Inputs): Result => tf.tidy(() => fn(...inputs) as never) as Result;
  const call = (...inputs: Inputs): Result => {
    if (disposed)
      throw new CourseError({ what: name, expected: "a compiled function", received: "one that was disposed" });
    const key = signature(name, inputs);
    if (!backend().native || isTracing() || gradientIsRunning()) return eager(inputs);
    let graph = graphs.get(key);
    if (!graph) {
      const body = options.splitRows ? inParts(name, fn) : fn;
      graph = trace(name, body as (...inputs: Tensor[]) => TensorResult, inputs, {
        twice: graphs.size === 0,
        ...options,
      });
      const oldest = graphs.size >= maxGraphs ? [...graphs.keys()][0] : undefined;
      if (oldest !== undefined) {
        graphs.get(oldest)?.session.dispose();
        graphs.delete(oldest);
      }
    }
    graphs.delete(key);
    graphs.set(key, graph);
    return runGraph(name, graph, inputs) as Result;
  };
  const dispose = (): void => {
    disposed = true;
    for (const { session } of graphs.values()) session.dispose();
    graphs.clear();
  };
  Object.defineProperty(call, "name", { value: name });
  Object.defineProperty(call, "graphCount", { get: () => graphs.size });
  return Object.assign(call, { dispose }) as ((...inputs: Inputs) => Result) & Compiled;
}

interface CompiledGraph {
  session: Session;
  recording: Recording;
  inputNames: string[];
  outputNames: string[];
  rebuild: (outputs: Tensor[]) => TensorResult;
}

function runGraph(name: string, graph: CompiledGraph, inputs: Tensor[]): TensorResult {
  const { session, recording, inputNames, outputNames, rebuild } = graph;
  const freed = recording.variables.find((variable) => variable.isDisposed);
  if (freed) {
    throw new CourseError({
      what: name,
      expected: "the weights that it was compiled with",
      received: "weights that were freed",
    });
  }
  const names = [...inputNames, ...recording.variableInputs];
  try {
    return rebuild(session.run(names, [...inputs, ...recording.variables], outputNames));
  } catch (cause) {
    const received = `an error of TensorFlow: ${(cause as Error).message.split("\n")[0]}`;
    throw new CourseError({ what: name, expected: "inputs that it can compute with", received, cause });
  }
}

/** Runs `fn` on example inputs and makes a session of what it did. */
function trace(
  name: string,
  fn: (...inputs: Tensor[]) => TensorResult,
  inputs: Tensor[],
  options: { twice: boolean; callingThread?: boolean },
): CompiledGraph {
  const first = record(name, fn, inputs);
  if (options.twice) {
    const second = record(name, fn, inputs);
    if (!first.recording.graph.equals(second.recording.graph)) {
      throw new CourseError({
        what: name,
        expected: "a function that does the same thing each time",
        received: "two runs that differ",
        remedy: "Does it draw random numbers or count its calls? Pass what changes as a tensor argument.",
      });
    }
  }
  return { ...first, session: new Session(name, first.recording.graph, options) };
}

function record(
  name: string,
  fn: (...inputs: Tensor[]) => TensorResult,
  inputs: Tensor[],
): Omit<CompiledGraph, "session"> {
  const recording = new Recording(name);
  const copies = inputs.map(deepCopy); // so that each has an id of its own, even if it is a variable or is given twice
  const inputNames = copies.map((tensor, i) => recording.input(tensor, `input${i}`));
  const result = recording.run(() => tf.tidy(() => fn(...copies) as never)) as TensorResult;
  const [tensors, rebuild] = flatten(name, result);
  const outputNames = tensors.map((tensor) => recording.result(tensor));
  tf.dispose([...copies, ...tensors]);
  return { recording, inputNames, outputNames, rebuild };
}

/** The tensors of a result in a list, and the function that puts such a list into the same form. */
function flatten(name: string, result: TensorResult): [Tensor[], (outputs: Tensor[]) => TensorResult] {
  if (result instanceof tf.Tensor) return [[result], ([output]) => output as Tensor];
  const values: unknown[] = typeof result === "object" && result !== null ? Object.values(result) : [];
  if (values.length === 0 || !values.every((value) => value instanceof tf.Tensor)) {
    throw notTensors(name, (result as unknown) instanceof Promise ? "a promise" : String(result));
  }
  if (Array.isArray(result)) return [result, (outputs) => outputs];
  const keys = Object.keys(result);
  return [values as Tensor[], (outputs) => Object.fromEntries(keys.map((key, i) => [key, outputs[i] as Tensor]))];
}

function notTensors(name: string, received: string): CourseError {
  const remedy = received === "a promise" ? "Only synchronous functions can be compiled." : undefined;
  return new CourseError({
    what: name,
    expected: "to return a tensor, or a list or an object of tensors",
    received,
    remedy,
  });
}

/** `fn` on a share of the rows for each core, and the results put together again. */
function inParts<Inputs extends Tensor[]>(
  name: string,
  fn: (...inputs: Inputs) => TensorResult,
): (...inputs: Tensor[]) => TensorResult {
  return (...inputs) => {
    const sizes = shareOut(inputs[0]?.shape[0] ?? 1, availableParallelism());
    const shares = inputs.map((input) => splitRows(input, sizes));
    const results = sizes.map((_, part) => flatten(name, fn(...(shares.map((share) => share[part]) as Inputs))));
    const [firstTensors, rebuild] = results[0]!;
    return rebuild(
      firstTensors.map((_, i) =>
        tf.concat(
          results.map(([tensors]) => tensors[i]!),
          0,
        ),
      ),
    );
  };
}

/** The inputs' types and shapes as a text: `float32 (2, 3), int32 (4)`. Throws unless all are tensors. */
function signature(name: string, inputs: unknown[]): string {
  const described = inputs.map((input, i) => {
    if (input instanceof tf.Tensor) return `${input.dtype} ${formatShape(input.shape)}`;
    throw new ShapeError({
      what: `${name}, argument ${i + 1}`,
      expected: "a tensor",
      received: typeof input,
      remedy: "Wrap a number: tf.scalar(x).",
    });
  });
  return described.join(", ");
}

function gradientIsRunning(): boolean {
  return tf.engine().state.gradientDepth > 0;
}
