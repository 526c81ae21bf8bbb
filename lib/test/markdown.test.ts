import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { renderCallout, renderMarkdown, table } from "../src/markdown";

const { JSDOM } = createRequire(__filename)("jsdom");

function parse(html: string): Document {
  return new JSDOM(html).window.document;
}

test("HTML in Markdown is shown as text, not run", () => {
  const html = renderMarkdown("a <script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1))")[
    "text/html"
  ];
  const page = parse(html);
  assert.equal(page.querySelectorAll("script, img, a").length, 0);
  assert.match(page.body.textContent!, /<script>alert\(1\)<\/script>/);
});

test("formulas become MathML", () => {
  const page = parse(renderMarkdown("The loss is $-\\ln p$.\n\n$$\\frac{1}{2}$$")["text/html"]);
  assert.equal(page.querySelectorAll("math").length, 2);
  assert.equal(page.querySelectorAll("mfrac").length, 1);
});

test("prices are no formulas", () => {
  assert.equal(renderMarkdown("It costs $5 and $6.")["text/html"], "<p>It costs $5 and $6.</p>");
});

test("a wrong formula is shown in place, with no error thrown", () => {
  assert.match(parse(renderMarkdown("see $\\frac{1$ here")["text/html"]).body.textContent!, /\\frac\{1/);
});

test("the plain text of Markdown is its source", () => {
  assert.equal(renderMarkdown("a **b**")["text/plain"], "a **b**");
});

test("a callout escapes its title and renders its text", () => {
  const page = parse(renderCallout("<Look>", "the *loss*")["text/html"]);
  assert.match(page.body.textContent!, /<Look>/);
  assert.equal(page.querySelector("em")!.textContent, "loss");
});

const rows = [
  { model: "<ours>", params: 905984, loss: 0.7438, kept: true },
  { model: "GPT-3", params: 175e9, loss: undefined, kept: null },
];
const shown = table(rows, { caption: "Sizes & losses", units: { params: "weights", loss: "nats" } });

test("a table has a caption, heads with units, and names its rows", () => {
  const page = parse(shown["text/html"]);
  assert.equal(page.querySelector("caption")!.textContent, "Sizes & losses");
  assert.deepEqual(
    Array.from(page.querySelectorAll("thead th")).map((th) => th.textContent),
    ["model", "params (weights)", "loss (nats)", "kept"],
  );
  assert.deepEqual(
    Array.from(page.querySelectorAll("tbody th[scope=row]")).map((th) => th.textContent),
    ["<ours>", "GPT-3"],
  );
});

test("the columns of a table in plain text are aligned", () => {
  assert.equal(
    shown["text/plain"],
    [
      "Sizes & losses",
      "model   params (weights)  loss (nats)  kept",
      "------  ----------------  -----------  ----",
      "<ours>           905,984        0.744  yes",
      "GPT-3    175,000,000,000            –  –",
    ].join("\n"),
  );
});

test("a unit for a column that does not exist is refused", () => {
  assert.throws(
    () => table(rows, { units: { size: "m" } }),
    /column "size": expected one of model, params, loss, kept/,
  );
});

test("a table without rows still has its columns", () => {
  assert.match(table([], { columns: ["a", "b"] })["text/plain"], /^a {2}b/);
});
