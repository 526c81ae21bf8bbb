/**
 * @file The map of words: embeddings before and after training, each projected onto its two most varied directions.
 * Notebooks 1 and 2. Leaves out the third and all further directions; the axes say how much of the variance is shown.
 */

import type { Figure } from "../display";
import { neighbourAgreement, principalComponents } from "../embedding-map";
import { CourseError } from "../errors";
import { formatPercent } from "../format";
import { placeBesidePoints } from "./labels";
import { boxOf } from "./panel";
import { axis, figure, keyLine, labelText, marksOf, PAGE, paddedRange, shorten, titleSpace } from "./style";

/** What {@link embeddingMap} draws. */
export interface EmbeddingMapOptions {
  /** One vector a word. (N, C) */
  before: readonly ArrayLike<number>[];
  after: readonly ArrayLike<number>[];
  /** The words, in the same order. */
  labels: readonly string[];
  /** The kind of each word, e.g. `town`; told by symbol and colour. */
  groups: readonly string[];
  /** The claim. By default computed: how often a word's nearest neighbour is of its own kind. */
  title?: string;
  panelTitles?: readonly [string, string];
}

const HEIGHT = 420;
const GAP = 56; // pixels between the two panels

/**
 * Two maps of the same words, before and after training. Words that find no room are named on hover.
 *
 * `embeddingMap({ before, after, labels: ["goat", "sheep", "Oxley"], groups: ["animal", "animal", "town"] })`
 */
export function embeddingMap(options: EmbeddingMapOptions): Figure {
  const { before, after, labels, groups, panelTitles = ["Before training", "After training"] } = options;
  for (const [what, list] of Object.entries({ before, after, groups })) {
    if (list.length === labels.length) continue;
    throw new CourseError({ what, expected: `${labels.length} entries, one a label`, received: `${list.length}` });
  }
  const kinds = [...new Set(groups)];
  const agreement = [neighbourAgreement(before, groups), neighbourAgreement(after, groups)].map(formatPercent);
  const claim = `Nearest neighbour of the same kind: ${agreement[0]} of words before training, ${agreement[1]} after`;
  const title = options.title ?? claim;
  const subtitle = keyLine(kinds);
  const margin = { l: 44, r: 16, t: titleSpace(title, { subtitle }) + 22, b: 46 };
  const whole = boxOf(margin, HEIGHT);
  const width = (whole.right - whole.left - GAP) / 2;
  const panels = [before, after].map((vectors, index) => {
    const left = whole.left + index * (width + GAP);
    return mapPanel(vectors, { labels, groups, kinds, index, box: { ...whole, left, right: left + width } });
  });
  const share = width / (whole.right - whole.left);
  const domains = [
    [0, share],
    [1 - share, 1],
  ].map((ends) => ends.map((end) => Number(end.toFixed(4))));
  return figure({
    title,
    subtitle,
    height: HEIGHT,
    margin,
    data: panels.flatMap((panel) => panel.data),
    axes: Object.assign(
      {},
      ...panels.map(({ x, y }, i) => {
        const suffix = i === 0 ? "" : "2";
        return {
          [`xaxis${suffix}`]: { ...x, domain: domains[i], anchor: `y${suffix}` },
          [`yaxis${suffix}`]: { ...y, anchor: `x${suffix}` },
        };
      }),
    ),
    annotations: panelTitles.map((text, i) => ({
      text: `<b>${labelText(text, 40)}</b>`,
      xref: `x${i === 0 ? "" : "2"} domain`,
      yref: "paper",
      x: 0,
      y: 1,
      xanchor: "left",
      yanchor: "bottom",
      yshift: 4,
      showarrow: false,
      font: { size: 13 },
    })),
    summary:
      `${title}. Two maps of ${labels.length} words of ${kinds.length} kinds (${kinds.join(", ")}), by their two main ` +
      `components, which show ${panels.map((p) => formatPercent(p.shown)).join(" and ")} of the variance. ` +
      `The nearest neighbour in all directions is of the same kind for ${agreement[0]} of words before training ` +
      `and for ${agreement[1]} after.`,
  });
}

interface MapPanel {
  data: Record<string, unknown>[];
  x: Record<string, unknown>;
  y: Record<string, unknown>;
  shown: number;
}

function mapPanel(
  vectors: readonly ArrayLike<number>[],
  {
    labels,
    groups,
    kinds,
    index,
    box,
  }: {
    labels: readonly string[];
    groups: readonly string[];
    kinds: string[];
    index: number;
    box: ReturnType<typeof boxOf>;
  },
): MapPanel {
  const { coordinates, variance } = principalComponents(vectors);
  const [xs, ys] = [0, 1].map((k) => coordinates.map((point) => point[k] ?? 0)) as [number[], number[]];
  const ranges = [paddedRange([xs], { air: 0.12 }), paddedRange([ys], { air: 0.08 })] as const;
  const words = labels.map((label) => labelText(label, 14));
  const pixels = xs.map((x, i) => ({
    x: box.left + ((x - ranges[0][0]) / (ranges[0][1] - ranges[0][0])) * (box.right - box.left),
    y: box.bottom - ((ys[i]! - ranges[1][0]) / (ranges[1][1] - ranges[1][0])) * (box.bottom - box.top),
  }));
  const page = { ...box, right: Math.min(PAGE.width, box.right + GAP / 3), left: box.left };
  const sides = placeBesidePoints(pixels, words, { page });
  const suffix = index === 0 ? "" : "2";
  const data = kinds.map((kind, k) => {
    const members = groups.flatMap((group, i) => (group === kind ? [i] : []));
    const { color, symbol } = marksOf(k);
    return {
      type: "scatter",
      mode: "markers+text",
      name: kind,
      xaxis: `x${suffix}`,
      yaxis: `y${suffix}`,
      x: members.map((i) => shorten(xs[i], 3)),
      y: members.map((i) => shorten(ys[i], 3)),
      text: members.map((i) => (sides[i] ? words[i] : "")),
      textposition: members.map((i) => sides[i] || "middle right"),
      textfont: { size: 11 },
      hovertext: members.map((i) => words[i]),
      hovertemplate: `%{hovertext}<extra>${labelText(kind)}</extra>`,
      marker: { color, symbol, size: 8 },
      cliponaxis: false,
    };
  });
  const label = (name: string, k: number): string =>
    `${name} component (${formatPercent(variance[k] ?? 0)} of variance)`;
  return {
    data,
    x: axis({ label: label("1st", 0), range: ranges[0], bare: true }),
    y: axis({ label: label("2nd", 1), range: ranges[1], bare: true }),
    shown: (variance[0] ?? 0) + (variance[1] ?? 0),
  };
}
