/**
 * @file Which keys and values are computed when a text is written token by token, with the cache and without it. Notebook 5.
 */

import type { Figure } from "../display";
import { assertCount } from "../errors";
import { formatNumber } from "../format";
import { axis, fade, figure, marksOf, PAGE, titleSpace } from "./style";

/** What {@link cacheWork} draws. */
export interface CacheWorkOptions {
  /** How many tokens the text has at the end. Default 12. */
  length?: number;
  title?: string;
}

/**
 * How many pairs of a key and a value are computed for a text of `length` tokens: `length (length + 1) / 2` when
 * everything is read anew for each token, `length` when they are kept. `cacheCounts(4)` is `{ anew: 10, kept: 4 }`.
 */
export function cacheCounts(length: number): { anew: number; kept: number } {
  assertCount("length", length);
  return { anew: (length * (length + 1)) / 2, kept: length };
}

/**
 * Two triangles, one row for each token that is read: what is computed in this step (■) and what was kept (•).
 *
 * `cacheWork({ length: 12 })`
 */
export function cacheWork({ length = 12, title: given }: CacheWorkOptions = {}): Figure {
  const { anew, kept } = cacheCounts(length);
  const title =
    given ?? `${length} tokens: ${formatNumber(anew)} keys computed without a cache, ${formatNumber(kept)} with it`;
  const margin = { l: 64, r: 16, t: titleSpace(title) + 22, b: 52 };
  const gap = 0.06;
  const width = (1 - gap) / 2;
  const side = Math.round((PAGE.width - margin.l - margin.r) * width);
  const steps = Array.from({ length }, (_, i) => i + 1);
  const panels = [
    { head: "read anew: all computed (■)", computed: () => true },
    { head: "kept (•): only the last one computed (■)", computed: (step: number, place: number) => place === step },
  ];
  const { color } = marksOf(0);
  const axes: Record<string, unknown> = {};
  const range = [0.5, length + 0.5] as const;
  const data = panels.flatMap(({ computed }, k) => {
    const suffix = k === 0 ? "" : "2";
    const from = k * (width + gap);
    const domain = [from, from + width].map((end) => Number(end.toFixed(4)));
    const ticks = { grid: false, range } as const;
    axes[`xaxis${suffix}`] = {
      ...axis({ label: "Place (token of the text)", ...ticks }),
      domain,
      anchor: `y${suffix}`,
      nticks: 6,
    };
    const yRange = [range[1], range[0]] as const; // the first step on top
    const first = axis({ label: "Step (token that is read)", range: yRange, grid: false });
    const second = { range: [...yRange], showticklabels: false, ticks: "", showgrid: false, zeroline: false };
    axes[`yaxis${suffix}`] = { ...(k === 0 ? { ...first, nticks: 6 } : second), anchor: `x${suffix}` };
    const cells = steps.flatMap((step) => steps.slice(0, step).map((place) => ({ step, place })));
    const now = cells.filter(({ step, place }) => computed(step, place));
    const before = cells.filter(({ step, place }) => !computed(step, place));
    const marker = Math.max(4, Math.floor((side / length) * 0.7));
    const trace = (chosen: typeof cells, name: string, look: Record<string, unknown>): Record<string, unknown> => ({
      type: "scatter",
      mode: "markers",
      name,
      xaxis: `x${suffix}`,
      yaxis: `y${suffix}`,
      x: chosen.map(({ place }) => place),
      y: chosen.map(({ step }) => step),
      marker: look,
      cliponaxis: false,
      hovertemplate: `step %{y}, place %{x}: ${name}<extra></extra>`,
    });
    return [
      trace(now, "computed", { symbol: "square", size: marker, color }),
      ...(before.length > 0
        ? [trace(before, "kept", { symbol: "circle", size: Math.max(3, marker / 4), color: fade(color, 0.6) })]
        : []),
    ];
  });
  return figure({
    title,
    margin,
    height: margin.t + margin.b + Math.min(side, 290),
    data,
    axes,
    annotations: panels.map(({ head }, k) => ({
      text: `<b>${head}</b>`,
      xref: `x${k === 0 ? "" : "2"} domain`,
      yref: "paper",
      x: 0,
      y: 1,
      xanchor: "left",
      yanchor: "bottom",
      yshift: 3,
      showarrow: false,
      font: { size: 12 },
    })),
    summary:
      `${title}. Two triangles of steps by places. Read anew: in step t all t places are computed. ` +
      "With a cache: only the last place of each step is computed, those before it were kept.",
  });
}
