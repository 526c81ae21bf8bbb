/**
 * @file Where the weights are: one rectangle a tensor, its area the number of weights. Notebook 2.
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import { formatNumber, formatPercent } from "../format";
import { figure, labelText, marksOf, titleSpace } from "./style";

/** The model, its blocks, their parts: a little darker each. */
const GREYS = ["#888888", "#767676", "#666666"];

/** What {@link parameterTreemap} draws. */
export interface TreemapOptions {
  /** The number of weights in each tensor by its GPT-2 name: `{ "wte.weight": 98304, "h.0.attn.c_attn.weight": 49152 }`. */
  counts: Readonly<Record<string, number>>;
  title?: string;
}

/**
 * The weights of a model as areas: blocks, their parts, their tensors.
 *
 * `parameterTreemap({ counts: { "wte.weight": 98304, "h.0.mlp.c_fc.weight": 65536 } })`
 */
export function parameterTreemap({ counts, title: given }: TreemapOptions): Figure {
  const tensors = Object.entries(counts);
  const total = tensors.reduce((sum, [, count]) => sum + count, 0);
  if (!(total > 0)) throw new CourseError({ what: "counts", expected: "at least one weight", received: `${total}` });
  const kinds = new Map<string, number>();
  for (const [name, count] of tensors) kinds.set(kindOf(name), (kinds.get(kindOf(name)) ?? 0) + count);
  const byKind = [...kinds].sort((a, b) => b[1] - a[1]);
  const [largest, most] = byKind[0]!;
  const title = given ?? `${formatPercent(most / total)} of ${formatNumber(total)} weights are in the ${largest}`;
  const areas = new Map<string, { label: string; parent: string; count: number; kind: string; depth: number }>();
  for (const [name, count] of tensors) {
    pathOf(name).forEach((label, depth, path) => {
      const id = ["model", ...path.slice(0, depth + 1)].join("/");
      const parent = ["model", ...path.slice(0, depth)].join("/");
      const known = areas.get(id) ?? {
        label,
        parent,
        count: 0,
        kind: depth < path.length - 1 ? "" : kindOf(name),
        depth: depth + 1,
      };
      areas.set(id, { ...known, count: known.count + count });
    });
  }
  const whole = { label: "the whole model", parent: "", count: total, kind: "", depth: 0 };
  const order = byKind.map(([kind]) => kind);
  const rows: [string, typeof whole][] = [["model", whole], ...areas];
  return figure({
    title,
    height: 460,
    margin: { l: 8, r: 8, t: titleSpace(title), b: 8 },
    data: [
      {
        type: "treemap",
        branchvalues: "total",
        ids: rows.map(([id]) => id),
        labels: rows.map(([, area]) => labelText(area.label, 30)),
        parents: rows.map(([, area]) => area.parent),
        values: rows.map(([, area]) => area.count),
        texttemplate: "%{label}<br>%{value:,}",
        hovertemplate: "%{id}<br>%{value:,} weights, %{percentRoot:.1%} of all<extra></extra>",
        marker: {
          colors: rows.map(([, area]) =>
            area.kind === "" ? GREYS[area.depth]! : marksOf(order.indexOf(area.kind)).color,
          ),
          line: { width: 1 },
        },
        tiling: { pad: 2 },
        pathbar: { visible: false },
        sort: false,
      },
    ],
    summary: `${title}. ${byKind.map(([kind, count]) => `${kind} ${formatNumber(count)} (${formatPercent(count / total)})`).join("; ")}.`,
  });
}

/** `h.0.attn.c_attn.weight` lies in block 0, in its attention. */
function pathOf(name: string): string[] {
  const block = /^h\.(\d+)\.(.+)$/.exec(name);
  if (!block) return [name];
  const rest = block[2]!;
  const part = rest.includes(".") ? rest.slice(0, rest.indexOf(".")) : rest;
  return /^(attn|mlp)$/.test(part)
    ? [`block ${block[1]}`, part, rest.slice(part.length + 1)]
    : [`block ${block[1]}`, rest];
}

function kindOf(name: string): string {
  if (/(^|\.)attn\./.test(name)) return "attention";
  if (/(^|\.)mlp\./.test(name)) return "MLPs";
  if (/(^|\.)ln/.test(name)) return "layer norms";
  if (/^wte|^wpe/.test(name)) return "embeddings";
  return "rest";
}
