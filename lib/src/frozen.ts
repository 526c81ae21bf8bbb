/**
 * @file A model whose weights cannot be written, and the hash that proves it. Notebooks 2, 5 and 8.
 * Guards against mistakes, not against malice: code that reaches past it is found by `verify`, not stopped.
 */

import { CourseError } from "./errors";
import { createGPT, type GPT, weightsOf } from "./gpt";
import { hashWeights } from "./safetensors";
import type { Tensor, Variable } from "./tf";

/** Something tried to write weights that are frozen, or has written them. */
export class FrozenError extends CourseError {}

/** A model that computes like any other and refuses to change. */
export interface FrozenGPT extends GPT {
  /** SHA-256 of the weights when they were frozen. */
  readonly hash: string;
  /** Reads all weights again and throws a {@link FrozenError} if a single bit is different. Returns the hash. */
  verify(): string;
}

/**
 * A frozen copy of a model; the model itself stays as it is. Free the copy with `disposeGPT`.
 *
 *     const frozen = freeze(model);
 *     forward(frozen, [[5, 0, 7]]);                                   // works
 *     frozen.params["wte.weight"].assign(tf.zeros([768, 128]));       // throws a FrozenError
 *
 * Whatever writes weights in this library does so with `assign`, so training it or loading other weights into it is
 * refused as well. Its variables are not trainable: TensorFlow.js finds nothing to take a gradient by.
 */
export function freeze(model: GPT): FrozenGPT {
  const weights = weightsOf(model);
  const hash = hashWeights(weights);
  const copy = createGPT(model.config, { weights });
  for (const [name, variable] of Object.entries(copy.params)) guard(name, variable, hash);
  const frozen: FrozenGPT = {
    config: Object.freeze({ ...copy.config }),
    params: Object.freeze({ ...copy.params }),
    hash,
    verify() {
      const now = hashWeights(weightsOf(frozen));
      if (now === hash) return now;
      throw new FrozenError({
        what: "frozen model",
        expected: `weights with the hash ${hash.slice(0, 12)}...`,
        received: `${now.slice(0, 12)}...: they were written past the guard`,
        remedy: "Load the checkpoint again.",
      });
    },
  };
  return Object.freeze(frozen);
}

/** True for models made by {@link freeze}. */
export function isFrozen(model: GPT): model is FrozenGPT {
  return "verify" in model && "hash" in model;
}

/** Throws a {@link FrozenError} for a frozen model, before `what` begins to change it: `training`. */
export function assertNotFrozen(model: GPT, what: string): void {
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
