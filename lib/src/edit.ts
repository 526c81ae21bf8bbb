/**
 * @file Changing one number of a model so that one answer changes: which number, by how much, and what else it moves.
 * Notebook 2. A small relative of ROME (Meng et al. 2022, arXiv:2202.05262), which edits one matrix of a large model.
 * Simplified: single numbers only, tried one by one; the best of a few is not the best of all.
 */

import { CourseError } from "./errors";
import { createGPT, disposeGPT, forward, type GPT, type Weights, weightsOf } from "./gpt";
import { argmaxOf, named } from "./inspect";
import { nextLogits } from "./sample";
import { tf } from "./tf";
import { gradients } from "./update";

/** A question in tokens, and what the model says to it. */
export interface Question {
  ids: readonly number[];
  /** The likeliest next token. */
  answer: number;
  /** The likeliest other one. */
  rival: number;
  /** How far the answer is ahead: its logit minus the rival's. */
  margin: number;
}

/** Asks the model; `rivals` are the tokens that may be second, by default all. */
export function question(model: GPT, ids: readonly number[], rivals?: readonly number[]): Question {
  const logits = nextLogits(model, ids);
  const answer = argmaxOf(logits);
  const others = (rivals ?? [...logits.keys()]).filter((id) => id !== answer);
  const rival = others.reduce((best, id) => (logits[id]! > logits[best]! ? id : best), others[0]!);
  return { ids, answer, rival, margin: logits[answer]! - logits[rival]! };
}

/** Numbers in the places of the weights, by name. */
export type ByWeight = Record<string, Float32Array>;

/**
 * The gradient of a question's margin by every weight: how much the answer's lead shrinks or grows when that one number
 * grows by a little.
 */
export function marginGradient(model: GPT, { ids, answer, rival }: Question): ByWeight {
  const { value, grads } = gradients(model.params, () => {
    const logits = forward(model, [[...ids]]); // (1, T, V)
    const at = (id: number) => logits.slice([0, ids.length - 1, id], [1, 1, 1]).reshape([]);
    return at(answer).sub(at(rival));
  });
  const byWeight = Object.entries(model.params).map(([name, { size }]) => {
    const grad = grads[name];
    return [name, grad ? (grad.dataSync() as Float32Array).slice() : new Float32Array(size)] as const;
  });
  tf.dispose([value, ...Object.values(grads)]);
  return Object.fromEntries(byWeight);
}

/**
 * How much a set of questions depends on each weight: the root of the mean square of their gradients, each divided by its
 * margin, so that a question that is nearly lost counts for more.
 */
export function usualDependence(model: GPT, questions: readonly Question[]): ByWeight {
  const sums: ByWeight = {};
  for (const one of questions) {
    for (const [name, grad] of Object.entries(marginGradient(model, one))) {
      sums[name] ??= new Float32Array(grad.length);
      const sum = sums[name];
      for (let i = 0; i < grad.length; i++) sum[i]! += (grad[i]! / one.margin) ** 2 / questions.length;
    }
  }
  for (const sum of Object.values(sums)) for (let i = 0; i < sum.length; i++) sum[i] = Math.sqrt(sum[i]!);
  return sums;
}

/** One number of a model. `index` counts row by row. */
export interface Place {
  name: string;
  index: number;
}

/** A number on which one question depends much and the others little. */
export interface SpecificPlace extends Place {
  /** The gradient of the question's margin there. */
  gradient: number;
  /** |gradient| / margin, divided by the others' usual dependence. */
  score: number;
}

/**
 * The numbers that this question depends on and the others do not, the most specific first.
 *
 *     score = (|g| / margin) / (usual + floor),  for numbers with |g| x reach >= margin
 *
 * `reach` is how far a number may be moved: by the straight line of the gradient, that has to be enough to lose the lead.
 * `floor` keeps numbers that nothing else depends on from winning by a division by almost 0.
 */
export function specificPlaces(
  model: GPT,
  asked: Question,
  usual: ByWeight,
  { count = 5, reach = 3, floor = 1e-3 }: { count?: number; reach?: number; floor?: number } = {},
): SpecificPlace[] {
  let best: SpecificPlace[] = [];
  let least = 0;
  for (const [name, grad] of Object.entries(marginGradient(model, asked))) {
    const others = usual[name]!;
    for (let index = 0; index < grad.length; index++) {
      const strength = Math.abs(grad[index]!) / asked.margin;
      const score = strength / (others[index]! + floor);
      if (score <= least || strength * reach < 1) continue;
      best.push({ name, index, gradient: grad[index]!, score });
      if (best.length < 50 * count) continue;
      best = best.sort((a, b) => b.score - a.score).slice(0, count);
      least = best[best.length - 1]!.score;
    }
  }
  return best.sort((a, b) => b.score - a.score).slice(0, count);
}

/** An edit of one number. */
export interface Edit extends Place {
  from: number;
  to: number;
}

/** The weights with one number changed; the given ones stay as they are, and share all other tensors. */
export function edited(weights: Weights, { name, index, to }: Pick<Edit, "name" | "index" | "to">): Weights {
  const { shape, data } = named(weights, name);
  if (!Number.isInteger(index) || index < 0 || index >= data.length) {
    const expected = `an index from 0 to ${data.length - 1} in ${name}`;
    throw new CourseError({ what: "index", expected, received: String(index) });
  }
  const copy = data.slice();
  copy[index] = to;
  return { ...weights, [name]: { shape: [...shape], data: copy } };
}

/**
 * Moves one number until every one of the questions is answered otherwise: in steps that grow, then halving the last one.
 * Undefined when `limit` is not enough. What the answers become is not chosen.
 */
export function smallestEdit(
  model: GPT,
  { name, index, gradient }: SpecificPlace,
  questions: readonly Question[],
  { limit = 16 }: { limit?: number } = {},
): Edit | undefined {
  const weights = weightsOf(model);
  const copy = createGPT(model.config, { weights });
  const variable = copy.params[name]!;
  const from = named(weights, name).data[index]!;
  const flips = (step: number): boolean => {
    const { data, shape } = edited(weights, { name, index, to: from - Math.sign(gradient) * step })[name]!;
    tf.tidy(() => variable.assign(tf.tensor(data, shape) as never));
    return questions.every(({ ids, answer }) => argmaxOf(nextLogits(copy, ids)) !== answer);
  };
  try {
    let high = 0.125;
    while (high <= limit && !flips(high)) high *= 1.5;
    if (high > limit) return undefined;
    let low = high / 1.5;
    for (let i = 0; i < 4; i++) {
      const middle = (low + high) / 2;
      if (flips(middle)) high = middle;
      else low = middle;
    }
    return { name, index, from, to: from - Math.sign(gradient) * high };
  } finally {
    disposeGPT(copy);
  }
}
