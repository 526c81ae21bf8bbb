/**
 * @file What snapshots can do, side by side: the evaluation sheet from one to the next. Notebooks 8 and 9.
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import { escapeHtml, formatList, formatPercent } from "../format";
import { boxOf, panel, type Series } from "./panel";
import { endSpace } from "./panel-labels";
import { figure, titleSpace } from "./style";

/** One ability over the snapshots. */
export interface SheetRow {
  /** e.g. `facts`. */
  label: string;
  /** Shares from 0 to 1, one for each snapshot; null where it was not measured. */
  shares: readonly (number | null)[];
}

/** What {@link sheetAcross} draws. */
export interface SheetAcrossOptions {
  /** The names of the snapshots, from first to last. */
  snapshots: readonly string[];
  rows: readonly SheetRow[];
  title?: string;
}

/**
 * A line for each ability, from snapshot to snapshot.
 *
 * `sheetAcross({ snapshots: ["06-tuned", "07-aligned"], rows: [{ label: "facts", shares: [0.93, 0.92] }] })` is titled
 * `From 06-tuned to 07-aligned: facts -1 point`.
 */
export function sheetAcross({ snapshots, rows, title: given }: SheetAcrossOptions): Figure {
  const wrong = rows.find(({ shares }) => shares.length !== snapshots.length);
  if (wrong || snapshots.length < 2 || rows.length === 0) {
    throw new CourseError({
      what: wrong ? `"${wrong.label}"` : "snapshots",
      expected: wrong ? `${snapshots.length} shares, one for each snapshot` : "at least two, and one row",
      received: wrong ? String(wrong.shares.length) : `${snapshots.length} and ${rows.length}`,
    });
  }
  const series: Series[] = rows.map(({ label, shares }) => {
    const known = shares.flatMap((share, i) => (share === null ? [] : [[i, 100 * share] as const]));
    const y = known.map(([, percent]) => percent);
    return { label, x: known.map(([i]) => i), y, endText: y.length > 0 ? formatPercent(y.at(-1)! / 100) : "" };
  });
  const title = given ?? sheetTitle(snapshots, rows);
  const margin = { l: 64, r: endSpace(series), t: titleSpace(title), b: 40 };
  const last = snapshots.length - 1;
  const parts = panel({
    series,
    x: { label: "", range: [-0.15, last + 0.05], grid: true },
    y: { label: "Share right (%)", range: [0, 103] },
    box: boxOf(margin),
    unit: "%",
  });
  const named = { tickmode: "array", tickvals: snapshots.map((_, i) => i), ticktext: snapshots.map(escapeHtml) };
  const axes = { ...parts.axes, xaxis: { ...(parts.axes.xaxis as object), ...named } };
  const told = rows.map(({ label, shares }) => {
    const values = shares.map((share) => (share === null ? "not measured" : `${Math.round(100 * share)} %`));
    return `${label}: ${values.join(", ")}`;
  });
  return figure({
    title,
    margin,
    ...parts,
    axes,
    summary: `${title}. Snapshots ${formatList(snapshots)}. ${told.join("; ")}.`,
  });
}

/** The largest change between the first and the last snapshot that measured it. */
function sheetTitle(snapshots: readonly string[], rows: readonly SheetRow[]): string {
  const changes = rows.flatMap(({ label, shares }) => {
    const [from, to] = [shares[0], shares[shares.length - 1]];
    return typeof from === "number" && typeof to === "number" ? [{ label, points: Math.round(100 * (to - from)) }] : [];
  });
  const ends = `From ${snapshots[0]} to ${snapshots[snapshots.length - 1]}`;
  if (changes.length === 0) return `${ends}: ${rows.length} abilities`;
  const most = [...changes].sort((a, b) => Math.abs(b.points) - Math.abs(a.points)).slice(0, 2);
  const written = most.map(({ label, points }) => {
    const unit = Math.abs(points) === 1 ? "point" : "points";
    return `${label} ${points > 0 ? "+" : ""}${points} ${unit}`;
  });
  return `${ends}: ${formatList(written)}`;
}
