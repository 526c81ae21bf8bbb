/**
 * @file Compiled functions of a model, kept until the model is freed (`disposeGPT`). Engine room of evaluation and sampling.
 */

import type { Compiled } from "./compile";
import type { GPT } from "./gpt";
import type { Tensor } from "./tf";

/** Anything with weights: a GPT, a Llama. */
export interface Weighted {
  readonly params: Readonly<Record<string, Tensor>>;
}

/**
 * For each model its own compiled function, made when it is first asked for. Functions of models that were freed are
 * freed when the next model asks.
 *
 * `const logits = forEachModel((model) => compile((x: Tensor) => forward(model, x)));` and then `logits(model)(x)`
 */
export function forEachModel<Fn extends Compiled, Model extends Weighted = GPT>(
  make: (model: Model) => Fn,
): (model: Model) => Fn {
  const made = new Map<Model, Fn>();
  return (model) => {
    const known = made.get(model);
    if (known) return known;
    for (const [other, fn] of made) {
      if (!Object.values(other.params).some((param) => param.isDisposed)) continue;
      fn.dispose();
      made.delete(other);
    }
    const fn = make(model);
    made.set(model, fn);
    return fn;
  };
}
