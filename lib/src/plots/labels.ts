/**
 * @file Labels that do not cover each other: at the ends of lines, along baselines, beside points.
 * Used by the other plots. Works in pixels of a 700-pixel page and estimates the width of text instead of measuring it,
 * so that figures can be made without a browser.
 */

/** A rectangle on the page in pixels; y runs downwards. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A point on the page in pixels; y runs downwards. */
export interface Pixel {
  x: number;
  y: number;
}

/** The estimated size of a text with `<br>` and other markup, in pixels. */
export function textSize(text: string, fontSize = 12): { width: number; height: number } {
  const lines = text.split("<br>").map((line) => [...line.replace(/<[^>]*>/g, "").replace(/&[#\w]+;/g, "x")].length);
  return { width: Math.max(...lines) * fontSize * 0.6 + 4, height: lines.length * fontSize * 1.3 };
}

/** Whether two boxes share any area. */
export function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/**
 * Moves labels apart along one axis, each as little as possible (least squares), in the order they had.
 * `sizes` are their extents; all stay inside `bounds` as long as they fit; a heavy weight keeps a label where it is.
 *
 * `spread([10, 12], [6, 6], [0, 100])` is `[8, 14]`.
 *
 * The pool-adjacent-violators algorithm of isotonic regression (Barlow et al. 1972).
 */
export function spread(
  wanted: readonly number[],
  sizes: readonly number[],
  bounds: readonly [number, number],
  weights: readonly number[] = [],
): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
  // Take from each label the room of those before it: then "no overlap" only means "not decreasing".
  const offsets: number[] = [];
  order.forEach((label, k) => {
    const before = order[k - 1];
    offsets.push(before === undefined ? 0 : offsets[k - 1]! + (sizes[before]! + sizes[label]!) / 2);
  });
  const pools: { sum: number; weight: number; count: number }[] = [];
  order.forEach((label, k) => {
    const weight = weights[label] ?? 1;
    pools.push({ sum: weight * (wanted[label]! - offsets[k]!), weight, count: 1 });
    for (let last = pools.length - 1; last > 0; last--) {
      const a = pools[last - 1]!;
      const b = pools[last]!;
      if (a.sum / a.weight <= b.sum / b.weight) break;
      pools.splice(last - 1, 2, { sum: a.sum + b.sum, weight: a.weight + b.weight, count: a.count + b.count });
    }
  });
  const first = (sizes[order[0] ?? 0] ?? 0) / 2;
  const last = (sizes[order[order.length - 1] ?? 0] ?? 0) / 2;
  const lowest = bounds[0] + first;
  const highest = Math.max(lowest, bounds[1] - last - (offsets[offsets.length - 1] ?? 0));
  const placed = new Array<number>(wanted.length);
  let k = 0;
  for (const pool of pools) {
    const at = Math.min(highest, Math.max(lowest, pool.sum / pool.weight));
    for (let i = 0; i < pool.count; i++, k++) placed[order[k]!] = at + offsets[k]!;
  }
  return placed;
}

/** A place where a label could stand. */
export interface Candidate<T> {
  box: Box;
  place: T;
}

/**
 * The best of several places: the one that covers the fewest points and boxes; the earlier wins a draw.
 * A covered box counts as much as ten points.
 */
export function bestPlace<T>(
  candidates: readonly Candidate<T>[],
  taken: { points?: readonly Pixel[]; boxes?: readonly Box[] },
): Candidate<T> & { covered: number } {
  const cost = ({ box }: Candidate<T>): number => {
    const inside = (taken.points ?? []).filter(
      (p) => p.x > box.left && p.x < box.right && p.y > box.top && p.y < box.bottom,
    );
    return inside.length + 10 * (taken.boxes ?? []).filter((other) => overlaps(box, other)).length;
  };
  const costs = candidates.map(cost);
  const best = costs.indexOf(Math.min(...costs));
  return { ...candidates[best]!, covered: costs[best]! };
}

/** Where a label stands beside its point, in Plotly's words for `textposition`. */
export type Side = "middle right" | "middle left" | "top center" | "bottom center" | "";

/**
 * A side for the label of every point so that labels cover neither each other nor other points;
 * `""` for a label that finds no room (its text then shows on hover only). Earlier points choose first.
 */
export function placeBesidePoints(
  points: readonly Pixel[],
  labels: readonly string[],
  { page, fontSize = 11, radius = 5 }: { page: Box; fontSize?: number; radius?: number },
): Side[] {
  const dots = points.map(({ x, y }) => ({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius }));
  const placed: Box[] = [];
  return points.map((point, i) => {
    const { width, height } = textSize(labels[i] ?? "", fontSize);
    const others = dots.filter((_, j) => j !== i);
    const candidates = sidesOf(point, width, height, radius).filter(
      ({ box }) => box.left >= page.left && box.right <= page.right && box.top >= page.top && box.bottom <= page.bottom,
    );
    if (candidates.length === 0) return "";
    const best = bestPlace(candidates, { boxes: [...placed, ...others] });
    if (best.covered > 0) return "";
    placed.push(best.box);
    return best.place;
  });
}

function sidesOf({ x, y }: Pixel, width: number, height: number, radius: number): Candidate<Side>[] {
  const gap = radius + 1;
  const beside = { top: y - height / 2, bottom: y + height / 2 };
  const centred = { left: x - width / 2, right: x + width / 2 };
  return [
    { place: "middle right", box: { ...beside, left: x + gap, right: x + gap + width } },
    { place: "middle left", box: { ...beside, left: x - gap - width, right: x - gap } },
    { place: "top center", box: { ...centred, top: y - gap - height, bottom: y - gap } },
    { place: "bottom center", box: { ...centred, top: y + gap, bottom: y + gap + height } },
  ];
}
