/**
 * @file One distribution over the next token, reshaped by temperature, top-k and top-p, side by side. Notebook 5.
 */

import type { Figure } from "../display";
import { formatNumber, formatPercent, visibleToken } from "../format";
import { assertShape } from "../shape";
import { textSize } from "./labels";
import { axis, fade, figure, labelText, marksOf, PAGE, rowAxis, shorten, titleSpace, wrap } from "./style";

/** What {@link distributionPanels} draws. */
export interface DistributionPanelsOptions {
  tokens: readonly string[];
  /** The same tokens' probabilities under different settings, e.g. `{ label: "temperature 0.5", probs }`. */
  variants: readonly { label: string; probs: ArrayLike<number> }[];
  /** How many tokens to draw: the likeliest of the first variant. */
  top?: number;
  title?: string;
}

/**
 * The same tokens in every panel, in the order of the first: what a setting makes likelier, rarer or impossible.
 *
 * `distributionPanels({ tokens: [" hay", " milk"], variants: [{ label: "temperature 1", probs: [0.7, 0.3] },
 * { label: "greedy", probs: [1, 0] }] })`
 */
export function distributionPanels({ tokens, variants, top = 10, title: given }: DistributionPanelsOptions): Figure {
  for (const { label, probs } of variants) assertShape(`probs of "${label}"`, [probs.length], [tokens.length], "V");
  const first = variants[0]?.probs ?? [];
  const order = Array.from(first, (_, i) => i).sort((a, b) => first[b]! - first[a]!);
  const shown = order.slice(0, top);
  const title = given ?? shapeTitle(variants);
  const labels = shown.map((i) => labelText(tokens[i]!, 16));
  const heads = variants.map(({ label }) => wrap(label, Math.floor(88 / variants.length)));
  const left = Math.ceil(Math.max(...labels.map((label) => textSize(label).width)) + 18);
  const margin = { l: left, r: 12, t: titleSpace(title) + 18 * Math.max(...heads.map((lines) => lines.length)), b: 50 };
  const inner = PAGE.width - margin.l - margin.r;
  const width = (1 - (16 / inner) * (variants.length - 1)) / Math.max(1, variants.length);
  const room = 44 / (width * inner); // for the number after a full bar
  const range = [0, 1 / (1 - room)] as const;
  const axes: Record<string, unknown> = {};
  const data = variants.map(({ probs }, k) => {
    const suffix = k === 0 ? "" : String(k + 1);
    const from = k * (width + 16 / inner);
    const domain = [from, Math.min(1, from + width)].map((end) => Number(end.toFixed(4)));
    const xAxis = axis({ label: k === 0 ? "Probability (%)" : "", range });
    axes[`xaxis${suffix}`] = { ...xAxis, domain, anchor: `y${suffix}`, tickvals: [0, 0.5, 1], tickformat: ".0%" };
    axes[`yaxis${suffix}`] = {
      ...rowAxis(labels),
      anchor: `x${suffix}`,
      ...(k === 0 ? {} : { showticklabels: false }),
    };
    const marks = marksOf(0);
    return {
      type: "bar",
      orientation: "h",
      xaxis: `x${suffix}`,
      yaxis: `y${suffix}`,
      y: shown.map((_, row) => row),
      x: shown.map((i) => shorten(probs[i])),
      text: shown.map((i) => (probs[i] === 0 ? "cut off" : labelText(formatPercent(probs[i]!)))),
      textposition: "outside",
      constraintext: "none",
      cliponaxis: false,
      marker: { color: fade(marks.color, 0.75) },
      hovertext: labels,
      hovertemplate: "%{hovertext}: %{text}<extra></extra>",
    };
  });
  return figure({
    title,
    margin,
    height: Math.max(240, margin.t + margin.b + 24 * shown.length),
    data,
    axes,
    annotations: heads.map((lines, k) => ({
      text: `<b>${lines.map((line) => labelText(line, 60)).join("<br>")}</b>`,
      align: "left",
      xref: `x${k === 0 ? "" : k + 1} domain`,
      yref: "paper",
      x: 0,
      y: 1,
      xanchor: "left",
      yanchor: "bottom",
      yshift: 2,
      showarrow: false,
      font: { size: 12 },
    })),
    summary: `${title}. ${variants
      .map(({ label, probs }) => {
        const told = shown.slice(0, 4).map((i) => `${visibleToken(tokens[i]!)} ${formatPercent(probs[i]!)}`);
        return `${label}: ${told.join(", ")}, choices worth ${formatNumber(effectiveChoices(probs), 2)} equal ones`;
      })
      .join("; ")}.`,
    layout: { bargap: 0.3 },
  });
}

/**
 * How many equally likely tokens would be as uncertain: e to the entropy, `exp(-sum p ln p)`.
 *
 * `effectiveChoices([0.5, 0.5, 0])` is 2.
 */
export function effectiveChoices(probs: ArrayLike<number>): number {
  const entropyNats = Array.from(probs).reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
  return Math.exp(entropyNats);
}

function shapeTitle(variants: DistributionPanelsOptions["variants"]): string {
  if (variants.length === 0) return "Nothing to compare yet";
  const choices = variants.map((variant) => ({ label: variant.label, count: effectiveChoices(variant.probs) }));
  const [few, many] = [...choices]
    .sort((a, b) => a.count - b.count)
    .filter((_, i, all) => i === 0 || i === all.length - 1);
  const told = (c: { label: string; count: number }): string => `${formatNumber(c.count, 2)} (${c.label})`;
  if (!few || !many || few === many) return `As uncertain as a choice among ${told(choices[0]!)}`;
  return `As uncertain as a choice among ${told(few)} up to ${told(many)} equal tokens`;
}
