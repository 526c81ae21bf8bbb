/**
 * @file Who is responsible for one prediction: the slope of its loss by every weight, and by what the model held for every
 * token after every layer. Needed by notebook 4. The slopes come from the same backpropagation as in training.
 */

import { forward, type GPT } from "./gpt";
import { tokenLosses } from "./loss";
import { sgd } from "./optimizer";
import { type Tensor, tf, type Variable } from "./tf";
import { startOptimizer, updateParams } from "./update";

/** The gradient of the loss of one next token. */
export interface Responsibility {
  /** Minus the logarithm of the probability that the model gave to the token. */
  lossNats: number;
  /** The gradient of every weight tensor, by GPT-2's names. The caller frees them. */
  grads: Record<string, Tensor>;
  /** The length of each of these gradients. */
  weightNorms: Record<string, number>;
  /** For the embedding, then for every layer: the length of the gradient by what each token holds there. (nLayer + 1, T) */
  tokenNorms: number[][];
}

/**
 * Asks the model for the token after `ids`, and walks back from its surprise at `target`.
 *
 * `responsibility(model, ids, target).tokenNorms[0]` says how much each token of the text could change the answer.
 */
export function responsibility(model: GPT, ids: readonly number[], target: number): Responsibility {
  const { nEmbd, nLayer } = model.config;
  const places = ["embed", ...Array.from({ length: nLayer }, (_, i) => `h.${i}`)];
  // Zeros that are added to what the model holds: the slope by such a zero is the slope by what it is added to.
  const zeros = Object.fromEntries(
    places.map((place) => [place, tf.tidy(() => tf.variable(tf.zeros([1, ids.length, nEmbd])))]),
  );
  const all = { ...model.params, ...zeros };
  const { value, grads } = tf.variableGrads(() => {
    const hook = (name: string, held: Tensor): Tensor | undefined => zeros[name] && held.add(zeros[name]!);
    const last = forward(model, [[...ids]], { hook }).slice([0, ids.length - 1, 0], [1, 1, -1]); // (1, 1, V)
    return tokenLosses(last, [[target]]).sum() as never;
  }, Object.values(all) as Variable[]);
  const gradOf = (variable: Variable): Tensor => grads[variable.name]!;
  const tokenNorms = places.map((place) => rowNorms(gradOf(zeros[place]!)));
  const named = Object.entries(model.params).map(([name, variable]) => [name, gradOf(variable)] as const);
  const lossNats = value.dataSync()[0]!;
  tf.dispose([value, ...Object.values(zeros).map(gradOf), ...Object.values(zeros)]);
  return {
    lossNats,
    grads: Object.fromEntries(named),
    weightNorms: Object.fromEntries(named.map(([name, grad]) => [name, tf.tidy(() => grad.norm().dataSync()[0]!)])),
    tokenNorms,
  };
}

/** One step of plain gradient descent: every weight moves by its slope times the learning rate, to the other side. */
export function descend(model: GPT, grads: Readonly<Record<string, Tensor>>, learningRate: number): void {
  const optimizer = sgd();
  updateParams(optimizer, model.params, grads, startOptimizer(optimizer, model.params), learningRate);
}

/** The length of each token's slopes: (1, T, C) -> T numbers. */
function rowNorms(grad: Tensor): number[] {
  return tf.tidy(() => Array.from(grad.norm("euclidean", -1).dataSync()));
}
