import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { samplesTable, tokenStrip } from "../../src/plots/tokens";

const { JSDOM } = createRequire(__filename)("jsdom");
const parse = (html: string): Document => new JSDOM(html).window.document;

const strip = tokenStrip({ tokens: ["The", " <b>", "at", "\n"], ids: [412, 305, 290, 10], marked: [2] });

test("every token has a border of its own, so that colour is not needed", () => {
  const spans = Array.from(parse(strip["text/html"]).querySelectorAll("span"));
  assert.equal(spans.length, 4);
  for (const span of spans) assert.match(span.getAttribute("style")!, /border:\dpx solid/);
  assert.match(spans[2]!.getAttribute("style")!, /border:3px/);
});

test("tokens are shown as text with visible spaces, whatever they contain", () => {
  const page = parse(strip["text/html"]);
  assert.equal(page.querySelectorAll("b").length, 0);
  assert.equal(page.querySelectorAll("span")[1]!.textContent, "␣<b>305");
});

test("the strip in plain text has the same tokens, ids and marks", () => {
  assert.equal(
    strip["text/plain"],
    "4 tokens for 10 characters, 2.5 characters a token\nThe=412|␣<b>=305|[at=290]|↵=10",
  );
});

test("a long text is cut and says how much is missing", () => {
  const long = tokenStrip({ tokens: Array.from({ length: 500 }, () => "a"), limit: 5 });
  assert.match(long["text/plain"], /^500 tokens .*\na\|a\|a\|a\|a … and 495 more$/);
});

test("samples keep their line ends and escape what the model wrote", () => {
  const shown = samplesTable({
    samples: [{ step: 2500, text: " lives <b>\nhere\u0007", lossNats: 0.74 }],
    prompt: "Bena",
  });
  const page = parse(shown["text/html"]);
  assert.equal(page.querySelector("caption")!.textContent, "What the model writes after “Bena”, by training step");
  assert.equal(page.querySelectorAll("td")[1]!.textContent, " lives <b>\nhere\\x07");
  assert.equal(page.querySelectorAll("b").length, 0);
});
