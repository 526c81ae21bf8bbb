/**
 * @file Where snapshots come from: each a row, with an arrow from the one it was trained from, as in the log of a version
 * control. Notebooks 8 and 9. Leaves out snapshots with two parents (merged models).
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import { escapeHtml, formatList } from "../format";
import { arrow, figure, GREY, marksOf, PAGE, type Point, titleSpace } from "./style";

/** A snapshot. A manifest has the first three of these. */
export interface LineageSnapshot {
  name: string;
  weightsHash: string;
  /** The hash of the snapshot it was trained from; null if it began with random weights. */
  parentHash: string | null;
  /** What to say of it, e.g. `2,200 steps on the almanac`. */
  note?: string;
}

/** What {@link lineageGraph} draws. */
export interface LineageGraphOptions {
  snapshots: readonly LineageSnapshot[];
  /** The hash of the one that the claim is about: a larger dot and bold. */
  marked?: string;
  title?: string;
}

const ROW_HEIGHT = 46;
const BRANCH_WIDTH = 34;

/**
 * The snapshots from top to bottom, parents above their children, each with its name, the beginning of its hash and a note.
 * One that was not trained from the snapshot above it stands further to the right.
 *
 * `lineageGraph({ snapshots: [{ name: "01-pretrained", weightsHash: "3f..", parentHash: null }] })`
 */
export function lineageGraph({ snapshots, marked, title: given }: LineageGraphOptions): Figure {
  const rows = placeRows(snapshots);
  const title = given ?? lineageTitle(rows);
  const branches = 1 + Math.max(0, ...rows.map((row) => row.branch));
  const margin = { l: 12, r: 12, t: titleSpace(title), b: 8 };
  const [width, height] = [PAGE.width - margin.l - margin.r, rows.length * ROW_HEIGHT];
  const at = (row: number): Point => ({
    x: 20 + rows[row]!.branch * BRANCH_WIDTH,
    y: height - (row + 0.5) * ROW_HEIGHT,
  });
  const look = (row: LineageRow) => marksOf(row.snapshot?.weightsHash === marked && marked !== undefined ? 1 : 0);
  const hidden = { showticklabels: false, ticks: "", showgrid: false, zeroline: false, automargin: false };
  return figure({
    title,
    margin,
    height: margin.t + margin.b + height,
    data: [
      {
        type: "scatter",
        mode: "markers",
        x: rows.map((_, i) => at(i).x),
        y: rows.map((_, i) => at(i).y),
        marker: {
          size: rows.map((row) => (look(row) === marksOf(0) || !row.snapshot ? 12 : 16)),
          color: rows.map((row) => (row.snapshot ? look(row).color : GREY)),
          symbol: rows.map((row) => (row.snapshot ? look(row).symbol : "circle-open")),
        },
        hovertext: rows.map(({ snapshot }) => (snapshot ? escapeHtml(inWords(snapshot)) : "random weights")),
        hovertemplate: "%{hovertext}<extra></extra>",
      },
    ],
    axes: {
      xaxis: { ...hidden, range: [0, width] },
      yaxis: { ...hidden, range: [0, height] },
    },
    annotations: [
      ...rows.flatMap((row, i) =>
        row.parent === null ? [] : [arrow(at(row.parent), at(i), { before: 9, after: 10 })],
      ),
      ...rows.map((row, i) => ({
        x: 20 + branches * BRANCH_WIDTH,
        y: at(i).y,
        text: label(row, row.snapshot?.weightsHash === marked),
        xanchor: "left",
        align: "left",
        showarrow: false,
        font: { size: 13 },
      })),
    ],
    summary: `${title}. ${snapshots.map(inWords).join("; ")}. ${snapshots.length} in all.`,
  });
}

interface LineageRow {
  /** Null for random weights, or for a parent that is not among the snapshots. */
  snapshot: LineageSnapshot | null;
  /** What stands in the place of a missing snapshot. */
  text: string;
  /** The row of the parent. */
  parent: number | null;
  /** 0 for the first child's line, 1 and more to the right of it. */
  branch: number;
}

/** A row for each beginning, then its descendants, each before its own further children. */
function placeRows(snapshots: readonly LineageSnapshot[]): LineageRow[] {
  const hashes = new Set(snapshots.map(({ weightsHash }) => weightsHash));
  const beginnings = [...new Set(snapshots.map(({ parentHash }) => parentHash))].filter(
    (hash) => hash === null || !hashes.has(hash),
  );
  const rows: LineageRow[] = [];
  const placed = new Set<LineageSnapshot>();
  let branches = 0;
  const place = (parentHash: string | null, parent: number, branch: number): void => {
    const children = snapshots.filter((each) => each.parentHash === parentHash && !placed.has(each));
    children.forEach((snapshot, i) => {
      placed.add(snapshot);
      const own = i === 0 ? branch : ++branches;
      rows.push({ snapshot, text: "", parent, branch: own });
      place(snapshot.weightsHash, rows.length - 1, own);
    });
  };
  for (const hash of beginnings) {
    const text = hash === null ? "random weights" : `a snapshot that is not here (${shortHash(hash)})`;
    const branch = rows.length === 0 ? 0 : ++branches;
    rows.push({ snapshot: null, text, parent: null, branch });
    place(hash, rows.length - 1, branch);
  }
  if (placed.size < snapshots.length) {
    const received = `${snapshots.find((each) => !placed.has(each))!.name}, which is its own ancestor`;
    throw new CourseError({ what: "snapshots", expected: "a beginning for each", received });
  }
  return rows;
}

function shortHash(hash: string): string {
  return hash.slice(0, 10);
}

function label({ snapshot, text }: LineageRow, marked: boolean): string {
  if (!snapshot) return `<i>${escapeHtml(text)}</i>`;
  const { name, weightsHash, note } = snapshot;
  const title = marked ? `<b>${escapeHtml(name)}</b>` : escapeHtml(name);
  const second = [shortHash(weightsHash), note].filter(Boolean).join(" · ");
  return `${title}<br><span style="font-size:11px">${escapeHtml(second)}</span>`;
}

function inWords({ name, weightsHash, parentHash, note }: LineageSnapshot): string {
  const from = parentHash === null ? "from random weights" : `trained from ${shortHash(parentHash)}`;
  return `${name} (${shortHash(weightsHash)}), ${from}${note ? `, ${note}` : ""}`;
}

function lineageTitle(rows: readonly LineageRow[]): string {
  const names = rows.flatMap(({ snapshot }) => (snapshot ? [snapshot.name] : []));
  const all = rows.every(({ snapshot, text }) => snapshot || text === "random weights");
  const whose = names.length > 3 ? `all ${names.length} snapshots` : formatList(names);
  return all ? `By hash, ${whose} can be followed back to random weights` : `Of ${whose}, not every parent is known`;
}
