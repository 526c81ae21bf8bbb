/** What holds for every figure of the course, whatever it shows. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Figure } from "../../src/display";
import { complaints } from "./plotly";
import { figures } from "./samples";

type Options = Record<string, unknown>;

/** Every number, text and gap in a figure with the way to it. */
function leaves(value: unknown, path = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

function forEachFigure(claim: string, check: (figure: Figure, name: string) => void): void {
  test(claim, () => {
    for (const [name, figure] of Object.entries(figures)) check(figure, name);
  });
}

forEachFigure("Plotly's own schema accepts every figure", (figure, name) => {
  assert.deepEqual(complaints(figure), [], name);
});

test("the schema check sees a wrong option", () => {
  const wrong = complaints({
    data: [{ type: "scatter", mode: "nonsense", y: [1, 2] }],
    layout: { title: "no object" },
  });
  assert.ok(wrong.some((text) => text.includes("nonsense")) && wrong.some((text) => text.includes("title")));
});

forEachFigure("no figure holds an undefined value or a number that is none", (figure, name) => {
  const bad = leaves([figure.data, figure.layout]).filter(
    ([, value]) => value === undefined || (typeof value === "number" && !Number.isFinite(value)),
  );
  assert.deepEqual(bad, [], name);
});

forEachFigure("no text of a figure contains undefined, NaN or an object", (figure, name) => {
  const bad = leaves(figure).filter(([, value]) => typeof value === "string" && /undefined|NaN|\[object/.test(value));
  assert.deepEqual(bad, [], name);
});

forEachFigure("every figure stays below 20 kB in the notebook", (figure, name) => {
  assert.ok(JSON.stringify(figure).length < 20_000, `${name}: ${JSON.stringify(figure).length} bytes`);
});

forEachFigure("every title is a text of at most two lines, longer than a word", (figure, name) => {
  const { text } = figure.layout.title as { text: string };
  assert.ok(text.split("<br>").length <= 2 && text.length > 15, `${name}: ${text}`);
});

forEachFigure("every summary is sentences that begin with the title and hold a number", (figure, name) => {
  const { text } = figure.layout.title as { text: string };
  const plain = text.replaceAll("<br>", " ").replace(/&(lt|gt|#39|quot);/g, ".");
  assert.match(figure.summary, /\d/, name);
  assert.match(figure.summary, /[.]$/, name);
  assert.equal(figure.summary.slice(0, 12), plain.slice(0, 12), name);
});

forEachFigure("backgrounds are transparent and nothing is hard-coded black or white", (figure, name) => {
  assert.equal(figure.layout.paper_bgcolor, "rgba(0,0,0,0)", name);
  const text = JSON.stringify([figure.data, figure.layout]);
  assert.doesNotMatch(text, /"(#000|#fff|#000000|#ffffff|black|white)"/i, name);
});

forEachFigure("live updates keep the reader's zoom, and there is no legend to look up", (figure, name) => {
  assert.equal(figure.layout.uirevision, "course", name);
  assert.equal(figure.layout.showlegend, false, name);
});

forEachFigure("every numeric axis says its unit in brackets", (figure, name) => {
  const axes = Object.entries(figure.layout).filter(([key]) => /^[xy]axis\d*$/.test(key)) as [string, Options][];
  for (const [key, axis] of axes) {
    const { text = "" } = (axis.title ?? {}) as { text?: string };
    const named = axis.ticktext !== undefined && axis.type !== "log"; // rows and columns with names
    const hidden = axis.showticklabels === false && text === "";
    const repeated = name === "distributionPanels"; // the first panel's title speaks for all
    assert.ok(named || hidden || repeated || /\(.+\)/.test(text), `${name}.${key}: "${text}"`);
  }
});

forEachFigure("lines of different colours also differ in dash or symbol", (figure, name) => {
  const seen = new Map<string, string>();
  for (const trace of figure.data) {
    const line = (trace.line ?? {}) as Options;
    const marker = (trace.marker ?? {}) as Options;
    const named = typeof trace.name === "string" && /scatter/.test(String(trace.type));
    const color = line.color ?? marker.color;
    if (!named || typeof color !== "string") continue;
    const shape = `${trace.xaxis ?? "x"} ${line.dash} ${marker.symbol}`;
    assert.ok((seen.get(shape) ?? color) === color, `${name}: two colours for ${shape}`);
    seen.set(shape, color);
  }
});

test("a model's own words cannot put markup into a figure", () => {
  for (const name of ["attentionMap", "nextTokenBars", "frequencyBars"]) {
    const texts = leaves([figures[name]!.data, figures[name]!.layout]).map(([, value]) => String(value));
    assert.ok(
      texts.some((text) => /&lt;(near|b)&gt;/.test(text)),
      name,
    );
    assert.ok(!texts.some((text) => /<near>|<b>$/.test(text)), name);
  }
});
