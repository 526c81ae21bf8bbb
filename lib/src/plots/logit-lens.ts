/**
 * @file The logit lens as a table: what the model would say after each layer, at each place of a text. Notebook 2.
 * Each cell names the likeliest token; the deeper its shade, the surer. Layers run upwards, as the stream does.
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import { formatPercent, visibleToken } from "../format";
import { assertShape } from "../shape";
import { fade, figure, labelText, marksOf, titleSpace } from "./style";

/** What {@link logitLensTable} draws. */
export interface LogitLensOptions {
  /** From the embedding to the last layer: its name, and the probabilities of the next token at each place. (T, V) */
  readings: readonly { after: string; probs: readonly ArrayLike<number>[] }[];
  /** The text that was read. (T) */
  tokens: readonly string[];
  /** The text of every token of the vocabulary. (V) */
  vocabulary: readonly string[];
  /** The right next token of the last place; cells that say it are set in bold. */
  answer?: number;
  /** How many of the last places to draw. */
  last?: number;
  title?: string;
}

/**
 * What would be said after each layer.
 *
 * `logitLensTable({ readings: logitLens(model, ids), tokens, vocabulary, answer })`
 */
export function logitLensTable(options: LogitLensOptions): Figure {
  const { readings, tokens, vocabulary, answer, last = 8 } = options;
  if (readings.length === 0) {
    throw new CourseError({ what: "readings", expected: "at least one", received: "none" });
  }
  readings.forEach(({ after, probs }) => void assertShape(`readings, ${after}`, [probs.length], [tokens.length]));
  const from = Math.max(0, tokens.length - last);
  const cells = readings.flatMap(({ after, probs }, row) =>
    probs.slice(from).map((p, column) => {
      let id = 0;
      for (let i = 1; i < p.length; i++) if (p[i]! > p[id]!) id = i;
      const isAnswer = id === answer && from + column === tokens.length - 1;
      return { row, column, after, id, share: p[id]!, isAnswer };
    }),
  );
  const spoken = readings.map(({ probs }) => (answer === undefined ? 0 : probs[probs.length - 1]![answer]!));
  const ends = cells.filter(({ column }) => column === tokens.length - 1 - from);
  // The first layer from which on the answer stays in front.
  const settled = ends.findIndex((_, i) => ends.slice(i).every(({ isAnswer }) => isAnswer));
  const title = options.title ?? claimOf(answer === undefined ? undefined : vocabulary[answer], ends[settled]?.after);
  const text = cells.map(({ id, isAnswer }) => {
    const label = labelText(vocabulary[id]!, 11);
    return isAnswer ? `<b>${label}</b>` : label;
  });
  const shown = tokens.slice(from);
  const margin = { l: 76, r: 24, t: titleSpace(title), b: 52 };
  const tick = (labels: readonly string[], label: string): Record<string, unknown> => ({
    title: { text: label, standoff: 8 },
    tickmode: "array",
    tickvals: labels.map((_, i) => i),
    ticktext: labels.map((one) => labelText(one, 12)),
    showgrid: false,
    zeroline: false,
    automargin: false,
  });
  return figure({
    title,
    margin,
    height: margin.t + margin.b + 46 * readings.length,
    data: [
      {
        type: "heatmap",
        z: readings.map((_, row) => cells.filter((cell) => cell.row === row).map(({ share }) => round(share))),
        zmin: 0,
        zmax: 1,
        colorscale: [
          [0, fade(marksOf(0).color, 0.04)],
          [1, fade(marksOf(0).color, 0.6)],
        ],
        showscale: false,
        xgap: 2,
        ygap: 2,
        customdata: readings.map(({ after }) => shown.map((token) => `after ${after}, behind ${labelText(token)}`)),
        hovertemplate: "%{customdata}: %{z:.0%} sure<extra></extra>",
      },
      {
        type: "scatter",
        mode: "text",
        x: cells.map((cell) => cell.column),
        y: cells.map((cell) => cell.row),
        text: cells.map(({ share }, i) => `${text[i]}<br>${formatPercent(round(share))}`),
        textfont: { size: 11 },
        hoverinfo: "skip",
      },
    ],
    axes: {
      xaxis: tick(shown, "The text, token by token"),
      yaxis: tick(
        readings.map(({ after }) => after),
        "Read out after",
      ),
    },
    summary:
      `${title}. At the end of the text ` +
      `${ends.map(({ after, id, share }, i) => `after ${after} “${visibleToken(vocabulary[id]!)}” ${formatPercent(share)}${answer === undefined ? "" : ` (the answer ${formatPercent(spoken[i]!)})`}`).join("; ")}.`,
  });
}

function claimOf(answer: string | undefined, after: string | undefined): string {
  if (answer === undefined) return "What the model would say after each layer";
  const token = `“${visibleToken(answer)}”`;
  return after === undefined ? `${token} is not the answer of any last layer` : `${token} is in front from ${after} on`;
}

function round(share: number): number {
  return Number(share.toFixed(3));
}
