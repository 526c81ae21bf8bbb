/**
 * @file A model whose weights cannot be written, and the hash that proves it. Notebooks 2, 5 and 8.
 * Guards against mistakes, not against malice: code that reaches past it is found by `verify`, not stopped.
 */

import { CourseError } from "./errors";
import { copyGPT, type GPT } from "./gpt";
import type { LanguageModel } from "./language-model";
import { isLlama, type Llama } from "./llama";
import { hashTensors } from "./safetensors";
import { type Tensor, tf, type Variable } from "./tf";

/** Something tried to write weights that are frozen, or has written them. */
export class FrozenError extends CourseError {}

/** What a frozen model has besides being a model. */
export interface Frozen {
  /** SHA-256 of the weights when they were frozen. */
  readonly hash: string;
  /** Reads all weights again and throws a {@link FrozenError} if a single bit is different. Returns the hash. */
  verify(): string;
}

/** A model that computes like any other and refuses to change. */
export interface FrozenGPT extends GPT, Frozen {}

/** The same of the other kind. */
export interface FrozenLlama extends Llama, Frozen {}

/**
 * The SHA-256 of a model's weights: of the file `weights.safetensors` that a checkpoint of it has. The weights are read one
 * tensor at a time.
 */
export function hashModel({ params }: LanguageModel): string {
  const shapes = Object.fromEntries(Object.entries(params).map(([name, { shape }]) => [name, shape]));
  return hashTensors(shapes, (name) => params[name]!.dataSync() as Float32Array);
}

/**
 * A frozen copy of a model; the model itself stays as it is. Free the copy with `disposeGPT`, that of a Llama with
 * `disposeLlama`; as a Llama is large, the copy uses the same memory, and what is assigned to the model later leaves the copy as it was.
 *
 *     const frozen = freeze(model);
 *     forward(frozen, [[5, 0, 7]]);                                   // works
 *     frozen.params["wte.weight"].assign(tf.zeros([768, 128]));       // throws a FrozenError
 *
 * Whatever writes weights in this library does so with `assign`, so training it or loading other weights into it is
 * refused as well. Its variables are not trainable: TensorFlow.js finds nothing to take a gradient by.
 */
export function freeze(model: GPT): FrozenGPT;
export function freeze(model: Llama): FrozenLlama;
export function freeze(model: LanguageModel): LanguageModel & Frozen {
  const hash = hashModel(model);
  const copy = isLlama(model) ? sharing(model) : copyGPT(model);
  for (const [name, variable] of Object.entries(copy.params)) guard(name, variable, hash);
  const frozen = {
    config: Object.freeze({ ...copy.config }),
    params: Object.freeze({ ...copy.params }),
    hash,
    verify() {
      const now = hashModel(frozen);
      if (now === hash) return now;
      throw new FrozenError({
        what: "frozen model",
        expected: `weights with the hash ${hash.slice(0, 12)}...`,
        received: `${now.slice(0, 12)}...: they were written past the guard`,
        remedy: "Load the checkpoint again.",
      });
    },
  } as LanguageModel & Frozen;
  return Object.freeze(frozen);
}

/** A model with variables of its own on the same numbers. To assign to a variable gives it other numbers, not these others. */
function sharing({ config, params }: Llama): Llama {
  const shared = Object.entries(params).map(([name, param]) => [name, tf.tidy(() => tf.variable(param.clone()))]);
  return { config, params: Object.fromEntries(shared) };
}

/** True for models made by {@link freeze}. */
export function isFrozen<M extends LanguageModel>(model: M): model is M & Frozen {
  return "verify" in model && "hash" in model;
}

/** Throws a {@link FrozenError} for a frozen model, before `what` begins to change it: `training`. */
export function assertNotFrozen(model: LanguageModel, what: string): void {
  if (!isFrozen(model)) return;
  throw new FrozenError({
    what,
    expected: "a model whose weights may change",
    received: `the frozen model ${model.hash.slice(0, 12)}`,
    remedy: REMEDY,
  });
}

const REMEDY = "To change weights, train a copy: createGPT(model.config, { weights: weightsOf(model) }).";

function guard(name: string, variable: Variable, hash: string): void {
  const refuse = (): never => {
    throw new FrozenError({
      what: `frozen weight "${name}"`,
      expected: "to be read",
      received: "a write",
      remedy: `The model ${hash.slice(0, 12)} is a snapshot. ${REMEDY}`,
    });
  };
  const dataSync = variable.dataSync.bind(variable);
  const data = variable.data.bind(variable);
  Object.defineProperties(variable, {
    trainable: { value: false, writable: false },
    assign: { value: refuse, writable: false },
    // Readers get copies: on some backends the array is the weight itself.
    dataSync: { value: () => dataSync().slice() as ReturnType<Tensor["dataSync"]>, writable: false },
    data: { value: async () => (await data()).slice(), writable: false },
  });
}
