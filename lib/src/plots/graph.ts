/**
 * @file A computation drawn as a graph: values and operations from left to right, with what flows forward and back.
 * Notebook 4. Meant for some twenty nodes; leaves out the crossing-free drawing of larger graphs.
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import { formatNumber } from "../format";
import { arrow, figure, GREY, labelText, marksOf, PAGE, type Point, titleSpace } from "./style";

/** A value or an operation. */
export interface GraphNode {
  id: string;
  label: string;
  /** What came out of it on the way forward. */
  value?: number;
  /** The slope of the loss with respect to it, known after the way back. */
  grad?: number;
  /** Operations are drawn with rounded frames and no number of their own. */
  kind?: "value" | "operation";
}

/** From a node to the one that uses it. */
export interface GraphEdge {
  from: string;
  to: string;
  /** e.g. the local derivative. */
  label?: string;
}

/** What {@link computationGraph} draws. */
export interface ComputationGraphOptions {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
  /** Arrows point back, as the gradients flow. */
  backward?: boolean;
  title?: string;
}

const COLUMN = { left: 60, right: 60 };
const ROW_HEIGHT = 66;

/**
 * The nodes in columns by their distance from the inputs, arrows along the edges.
 *
 * `computationGraph({ nodes: [{ id: "a", label: "a", value: 2 }, { id: "m", label: "×", kind: "operation", value: 6 }],
 * edges: [{ from: "a", to: "m" }] })`
 */
export function computationGraph({ nodes, edges, backward = false, title: given }: ComputationGraphOptions): Figure {
  const places = placeNodes(nodes, edges);
  const columns = 1 + Math.max(...places.map((place) => place.column));
  const tallest = Math.max(...places.map((place) => place.of));
  const title = given ?? graphTitle(nodes, edges, backward);
  const margin = { l: 12, r: 12, t: titleSpace(title), b: 12 };
  const inner = { width: PAGE.width - 24, height: Math.max(150, tallest * ROW_HEIGHT) };
  const at = new Map(
    places.map((place, i) => [
      nodes[i]!.id,
      {
        x:
          columns === 1
            ? inner.width / 2
            : COLUMN.left + (place.column / (columns - 1)) * (inner.width - COLUMN.left - COLUMN.right),
        y: inner.height * (1 - (place.row + 0.5) / place.of),
      },
    ]),
  );
  const hidden = { showticklabels: false, ticks: "", showgrid: false, zeroline: false, automargin: false };
  return figure({
    title,
    margin,
    height: margin.t + margin.b + inner.height,
    data: [
      {
        type: "scatter",
        mode: "markers",
        x: nodes.map((node) => Math.round(at.get(node.id)!.x)),
        y: nodes.map((node) => Math.round(at.get(node.id)!.y)),
        marker: { size: 30, opacity: 0, color: GREY },
        hovertext: nodes.map((node) => nodeInWords(node)),
        hovertemplate: "%{hovertext}<extra></extra>",
      },
    ],
    axes: {
      xaxis: { ...hidden, range: [0, inner.width] },
      yaxis: { ...hidden, range: [0, inner.height] },
    },
    annotations: [
      ...edges.map((edge) => edgeArrow(at.get(edge.from)!, at.get(edge.to)!, backward)),
      ...edges.flatMap((edge) => (edge.label ? [edgeLabel(edge.label, at.get(edge.from)!, at.get(edge.to)!)] : [])),
      ...nodes.map((node) => nodeBox(node, at.get(node.id)!)),
    ],
    summary: `${title}. Nodes: ${nodes.map(nodeInWords).join("; ")}. Edges: ${edges.map((e) => `${e.from} to ${e.to}`).join(", ")}.`,
  });
}

interface Place {
  column: number;
  row: number;
  /** Nodes in this column. */
  of: number;
}

/** Columns by the longest way from an input; within a column, by the mean row of what comes in (Sugiyama et al. 1981). */
function placeNodes(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Place[] {
  const index = new Map(nodes.map((node, i) => [node.id, i]));
  const ends = edges.map(({ from, to }) => {
    const [a, b] = [index.get(from), index.get(to)];
    if (a === undefined || b === undefined) {
      const missing = a === undefined ? from : to;
      throw new CourseError({
        what: `edge ${from} to ${to}`,
        expected: "two known nodes",
        received: `no node "${missing}"`,
      });
    }
    return [a, b] as const;
  });
  const column = nodes.map(() => 0);
  for (let round = 0; ; round++) {
    const late = ends.filter(([a, b]) => column[b]! <= column[a]!);
    if (late.length === 0) break;
    if (round > nodes.length) {
      throw new CourseError({ what: "edges", expected: "no circle", received: "a node that depends on itself" });
    }
    for (const [a, b] of late) column[b] = Math.max(column[b]!, column[a]! + 1);
  }
  // An input moves right until just before its first use.
  nodes.forEach((_, i) => {
    const uses = ends.filter(([a]) => a === i).map(([, b]) => column[b]!);
    if (!ends.some(([, b]) => b === i) && uses.length > 0) column[i] = Math.min(...uses) - 1;
  });
  const rank = nodes.map((_, i) => i / nodes.length);
  const last = Math.max(0, ...column);
  const rows = nodes.map(() => 0);
  const counts = new Array<number>(last + 1).fill(0);
  for (const direction of [1, -1, 1]) {
    for (let step = 0; step <= last; step++) {
      const c = direction === 1 ? step : last - step;
      const members = nodes.flatMap((_, i) => (column[i] === c ? [i] : []));
      const wanted = new Map(members.map((i) => [i, meanRank(i, ends, rank, direction)]));
      members.sort((a, b) => wanted.get(a)! - wanted.get(b)! || a - b);
      members.forEach((i, row) => {
        rows[i] = row;
        rank[i] = (row + 0.5) / members.length;
      });
      counts[c] = members.length;
    }
  }
  return nodes.map((_, i) => ({ column: column[i]!, row: rows[i]!, of: counts[column[i]!]! }));
}

function meanRank(
  i: number,
  ends: readonly (readonly [number, number])[],
  rank: readonly number[],
  direction: number,
): number {
  const near = ends.flatMap(([a, b]) => (direction === 1 ? (b === i ? [a] : []) : a === i ? [b] : []));
  return near.length === 0 ? rank[i]! : near.reduce((sum, k) => sum + rank[k]!, 0) / near.length;
}

function edgeArrow(from: Point, to: Point, backward: boolean): Record<string, unknown> {
  const gaps = { before: 34, after: 34 };
  return backward ? arrow(to, from, { ...gaps, color: marksOf(1).color }) : arrow(from, to, gaps);
}

function edgeLabel(text: string, from: Point, to: Point): Record<string, unknown> {
  return {
    x: Math.round((from.x + to.x) / 2),
    y: Math.round((from.y + to.y) / 2),
    text: labelText(text, 16),
    showarrow: false,
    yshift: 9,
    font: { size: 11 },
  };
}

function nodeBox(node: GraphNode, { x, y }: Point): Record<string, unknown> {
  const operation = node.kind === "operation";
  const numbers = [
    ...(node.value === undefined ? [] : [formatNumber(node.value)]),
    ...(node.grad === undefined ? [] : [`<i>slope ${formatNumber(node.grad)}</i>`]),
  ];
  return {
    x: Math.round(x),
    y: Math.round(y),
    text: [`<b>${labelText(node.label)}</b>`, ...numbers].join("<br>"),
    showarrow: false,
    bordercolor: operation ? marksOf(0).color : GREY,
    borderwidth: operation ? 2 : 1,
    borderpad: 4,
    font: { size: 12 },
  };
}

function nodeInWords({ label, value, grad }: GraphNode): string {
  const parts = [
    label,
    ...(value === undefined ? [] : [`value ${formatNumber(value)}`]),
    ...(grad === undefined ? [] : [`slope ${formatNumber(grad)}`]),
  ];
  return parts.join(", ");
}

function graphTitle(nodes: readonly GraphNode[], edges: readonly GraphEdge[], backward: boolean): string {
  const sizes = `${nodes.length} nodes, ${edges.length} edges`;
  const inputs = nodes.filter((node) => !edges.some((edge) => edge.to === node.id) && node.grad !== undefined);
  if (!backward || inputs.length === 0) return `The computation, from inputs to result: ${sizes}`;
  const most = inputs.reduce((a, b) => (Math.abs(b.grad!) > Math.abs(a.grad!) ? b : a));
  return `${most.label} is the most responsible input: slope ${formatNumber(most.grad!)}`;
}
