/**
 * @file Taking parts of a model away to see what they were for: heads, neurons, whole layers. Notebook 2.
 *
 * What a head or a neuron computes enters the model through its own rows of the next matrix, and through nothing else.
 * With these rows at zero the part is silent, and everything else is as before: ablation is an edit of weights.
 * Leaves out ablating at some positions only, and resampling (giving the part what it said about another text).
 */

import { sequentialBatches, type Tokens } from "./dataset";
import { CourseError } from "./errors";
import { createGPT, disposeGPT, forward, type GPT, loadWeights, type Weights, weightsOf } from "./gpt";
import type { GPTConfig } from "./gpt-config";
import { type Head, headName, named } from "./inspect";
import { progressBar } from "./progress";
import type { ProbeScores } from "./scores";
import { tf } from "./tf";

/** A part of the model that can be silenced: one head, some neurons of one MLP, or a layer's whole attention or MLP. */
export type Part = Head | { layer: number; neurons: readonly number[] } | { layer: number; whole: "attn" | "mlp" };

/** The name of a part for people: `head 2.1`, `neuron 0.17`, `8 neurons of h.1`, `h.3.mlp`. */
export function partName(part: Part): string {
  if ("head" in part) return `head ${headName(part)}`;
  if ("whole" in part) return `h.${part.layer}.${part.whole}`;
  const { layer, neurons } = part;
  return neurons.length === 1 ? `neuron ${layer}.${neurons[0]}` : `${neurons.length} neurons of h.${layer}`;
}

/** The mean output of each head dimension (C) and of each neuron (4C) in each layer, over some text. */
export interface MeanActivations {
  heads: Float64Array[];
  neurons: Float64Array[];
}

/** What heads and neurons say on average over a text. A part that is replaced by its mean says this always. */
export function meanActivations(
  model: GPT,
  tokens: Tokens,
  { maxTokens = 8192 }: { maxTokens?: number } = {},
): MeanActivations {
  const { nLayer, nEmbd: C, contextLength } = model.config;
  const sums = (width: number): Float64Array[] => Array.from({ length: nLayer }, () => new Float64Array(width));
  const total: MeanActivations = { heads: sums(C), neurons: sums(4 * C) };
  const all = sequentialBatches({ tokens, batchSize: 1, contextLength });
  const batches = all.slice(0, Math.max(1, Math.floor(maxTokens / contextLength)));
  for (const { inputs } of batches) {
    tf.tidy(() => {
      forward(model, tf.tensor2d(inputs, [1, contextLength], "int32"), {
        hook(name, value) {
          const found = /^h\.(\d+)\.(attn\.heads|mlp\.act)$/.exec(name);
          if (!found) return;
          // (1, H, T, D) -> (H, D), or (1, T, 4C) -> (4C)
          const means = value.mean(found[2] === "mlp.act" ? [0, 1] : [0, 2]).dataSync();
          const into = (found[2] === "mlp.act" ? total.neurons : total.heads)[Number(found[1])]!;
          means.forEach((mean, i) => {
            into[i]! += mean / batches.length;
          });
        },
      });
    });
  }
  return total;
}

/**
 * The weights without a part, or without several. The given weights stay as they are; tensors that do not change are shared.
 *
 *     rows of c_proj that belong to the part = 0,  and with `means`:  bias of c_proj += mean . rows
 *
 * Without `means` the part says nothing (zero ablation). With them it says the same about every text (mean ablation):
 * what the rest of the model is used to hearing from it stays, what it has to tell is lost.
 */
export function ablate(
  weights: Weights,
  config: GPTConfig,
  parts: Part | readonly Part[],
  { means }: { means?: MeanActivations } = {},
): Weights {
  const ablated = { ...weights };
  for (const part of "layer" in parts ? [parts] : parts) {
    const rows = rowsOf(part, config);
    const place = `h.${part.layer}.${isAttention(part) ? "attn" : "mlp"}.c_proj`;
    const { shape, data: before } = named(ablated, `${place}.weight`);
    const [, C] = shape as [number, number];
    const data = before.slice();
    const bias = ablated[`${place}.bias`]?.data.slice();
    if (means && !bias) {
      throw new CourseError({
        what: "means",
        expected: "a model with biases, which then carry the mean",
        received: "one without",
        remedy: "Leave out `means` to set the part to zero.",
      });
    }
    const usual = means && (isAttention(part) ? means.heads : means.neurons)[part.layer];
    for (const row of rows) {
      const mean = usual?.[row] ?? 0;
      for (let c = 0; c < C; c++) {
        if (bias) bias[c]! += mean * data[row * C + c]!;
        data[row * C + c] = 0;
      }
    }
    ablated[`${place}.weight`] = { shape, data };
    if (bias) ablated[`${place}.bias`] = { shape: [C], data: bias };
  }
  return ablated;
}

function isAttention(part: Part): boolean {
  return "head" in part || ("whole" in part && part.whole === "attn");
}

/** The rows of c_proj through which a part speaks: head h has D of them, from h D on; neuron j has row j. */
function rowsOf(part: Part, { nLayer, nHead, nEmbd: C }: GPTConfig): number[] {
  const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
  const fail = (expected: string, received: string): never => {
    throw new CourseError({ what: "part", expected, received });
  };
  const within = (n: number, end: number): boolean => Number.isInteger(n) && n >= 0 && n < end;
  if (!within(part.layer, nLayer)) fail(`a layer from 0 to ${nLayer - 1}`, String(part.layer));
  if ("whole" in part) return range(0, part.whole === "attn" ? C : 4 * C);
  if ("head" in part) {
    if (!within(part.head, nHead)) fail(`a head from 0 to ${nHead - 1}`, String(part.head));
    return range((part.head * C) / nHead, C / nHead);
  }
  const wrong = part.neurons.find((neuron) => !within(neuron, 4 * C));
  if (wrong !== undefined) fail(`neurons from 0 to ${4 * C - 1}`, String(wrong));
  return [...part.neurons];
}

/** What was measured without a part. */
export interface Ablation<T> {
  part: Part;
  result: T;
}

/**
 * Takes away one part after the other and measures what is left. The model itself is not touched: the edits are made
 * in a copy, which gets its weights back before the next part goes.
 *
 *     await ablationStudy(model, allHeads(model.config), (without) => evaluateProbes(without, tokenizer, probes));
 */
export async function ablationStudy<T>(
  model: GPT,
  parts: readonly Part[],
  measure: (without: GPT) => Promise<T> | T,
  { means, label = "taking parts away" }: { means?: MeanActivations; label?: string } = {},
): Promise<Ablation<T>[]> {
  const weights = weightsOf(model);
  const copy = createGPT(model.config, { weights });
  const bar = progressBar({ label, total: parts.length });
  const results: Ablation<T>[] = [];
  try {
    for (const part of parts) {
      loadWeights(copy, ablate(weights, model.config, part, { means }));
      results.push({ part, result: await measure(copy) });
      bar.update(results.length, partName(part));
    }
  } finally {
    bar.finish();
    disposeGPT(copy);
  }
  return results;
}

/** What one part does for one kind of probe. All shares are of right answers, from 0 to 1. */
export interface Effect {
  part: Part;
  kind: string;
  before: number;
  after: number;
  /** How much of what was known beyond guessing is lost: 0 nothing, 1 all of it. */
  lost: number;
  /** The mean of `lost` over the other kinds. */
  othersLost: number;
}

/**
 * Every part with every kind of probe, the most specific first: those where this kind is lost and the others are not.
 *
 *     lost = (before - after) / (before - guess),   specific = lost(kind) - mean lost(other kinds)
 *
 * `guesses` says for each kind what somebody gets who only guesses; its kinds are those that are looked at.
 * A fall from 0.9 to 0.5 where guessing gives 0.5 is a loss of everything; more than everything is not counted.
 */
export function specialists(
  baseline: ProbeScores,
  ablations: readonly Ablation<ProbeScores>[],
  guesses: Readonly<Record<string, number>>,
): Effect[] {
  const kinds = Object.keys(guesses);
  const effects = ablations.flatMap(({ part, result }) => {
    const compared = kinds.map((kind) => {
      const [before, after] = [baseline.kinds[kind]!.accuracy, result.kinds[kind]!.accuracy];
      const lost = Math.min(1, (before - after) / Math.max(before - guesses[kind]!, 1e-9));
      return { kind, before, after, lost };
    });
    const sum = compared.reduce((total, { lost }) => total + lost, 0);
    return compared.map((one) => ({
      part,
      ...one,
      othersLost: kinds.length > 1 ? (sum - one.lost) / (kinds.length - 1) : 0,
    }));
  });
  return effects.sort((a, b) => b.lost - b.othersLost - (a.lost - a.othersLost));
}
