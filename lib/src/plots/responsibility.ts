/**
 * @file Who is responsible for one prediction: slopes by token and layer, and by weight tensor. Notebook 4.
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import { formatNumber, visibleToken } from "../format";
import { heatmap } from "./heatmap";

/** What {@link responsibilityMap} draws. */
export interface ResponsibilityMapOptions {
  /** The length of the gradient by what each token holds: for the embedding, then for every layer. (layers + 1, T) */
  norms: readonly ArrayLike<number>[];
  tokens: readonly string[];
  title?: string;
}

/**
 * How the error is shared out among the tokens after each layer, the last layer on top: read it downwards, as the error flows.
 * Every row adds up to 100 %, because what the layers hold is of different size.
 *
 * `responsibilityMap({ norms: [[1, 3], [0, 2]], tokens: ["The", " hen"] })` has the rows 0, 100 and 25, 75.
 */
export function responsibilityMap({ norms, tokens, title: given }: ResponsibilityMapOptions): Figure {
  if (norms.length < 2) {
    const received = `${norms.length} rows`;
    throw new CourseError({ what: "norms", expected: "the embedding and at least one layer", received });
  }
  const shares = norms.map((row) => {
    const total = Array.from(row).reduce((sum, norm) => sum + norm, 0);
    return Array.from(row, (norm) => (total > 0 ? (100 * norm) / total : 0));
  });
  const values = [...shares].reverse();
  const rows = values.map((_, i) => (i === values.length - 1 ? "embedding" : `layer ${values.length - 1 - i}`));
  const before = shares[0]!.slice(0, -1);
  const top = before.indexOf(Math.max(...before));
  const claim =
    before.length === 0
      ? "A single token carries all of it"
      : `From the last token the error flows to all; before it, “${visibleToken(tokens[top]!)}” gets most`;
  return heatmap({
    values,
    rows,
    columns: numbered(tokens),
    yLabel: "After",
    xLabel: "Token of the text",
    valueLabel: "Share of the slope (%)",
    max: 100,
    format: (value) => (value > 0 && value < 0.5 ? "<1" : value.toFixed(0)),
    title: given ?? claim,
  });
}

/** Tokens may repeat; the axis needs to tell them apart only where they do. */
function numbered(tokens: readonly string[]): string[] {
  return tokens.map((token, i) => {
    const earlier = tokens.slice(0, i).filter((other) => other === token).length;
    return earlier === 0 ? token : `${token} (${earlier + 1})`;
  });
}

/** What {@link weightResponsibility} draws. */
export interface WeightResponsibilityOptions {
  /** The length of each tensor's gradient, by GPT-2's names. */
  norms: Readonly<Record<string, number>>;
  title?: string;
}

const PARTS: readonly (readonly [part: string, label: string])[] = [
  ["ln_1", "norm 1"],
  ["attn.c_attn", "attention in"],
  ["attn.c_proj", "attention out"],
  ["ln_2", "norm 2"],
  ["mlp.c_fc", "MLP in"],
  ["mlp.c_proj", "MLP out"],
];

/**
 * The slopes by weight tensor: a row for each layer, the last on top, a column for each part. Weights and biases of a part
 * count together; embeddings and the last layer norm stand in the title's summary only.
 *
 * `weightResponsibility({ norms: { "h.0.ln_1.weight": 0.1, "h.0.mlp.c_fc.weight": 0.7 } })`
 */
export function weightResponsibility({ norms, title }: WeightResponsibilityOptions): Figure {
  const layers = new Set(Object.keys(norms).flatMap((name) => /^h\.(\d+)\./.exec(name)?.[1] ?? []));
  if (layers.size === 0) {
    throw new CourseError({
      what: "norms",
      expected: "names such as h.0.ln_1.weight",
      received: Object.keys(norms).join(", "),
    });
  }
  const rows = [...layers].map(Number).sort((a, b) => b - a);
  const together = (prefix: string): number =>
    Math.hypot(...Object.entries(norms).flatMap(([name, norm]) => (name.startsWith(`${prefix}.`) ? [norm] : [])));
  const values = rows.map((layer) => PARTS.map(([part]) => together(`h.${layer}.${part}`)));
  const others = ["wte", "wpe", "ln_f"].map((name) => `${name} ${formatNumber(together(name), 2)}`);
  const figure = heatmap({
    values,
    rows: rows.map((layer) => `layer ${layer + 1}`),
    columns: PARTS.map(([, label]) => label),
    yLabel: "",
    xLabel: "Part of the layer (its weights and biases together)",
    valueLabel: "Slope (nats per unit)",
    format: (value) => value.toFixed(value < 0.1 ? 2 : 1),
    title: title ?? "No layer is without a share in the error",
  });
  return { ...figure, summary: `${figure.summary} Besides: ${others.join(", ")}.` };
}
