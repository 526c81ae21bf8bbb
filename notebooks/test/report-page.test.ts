/** @file What `course run` counts, and the page at the end of `course run all`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Manifest } from "@course/lib/manifest";
import { claimsOf, renderReport } from "../build/report-page";
import type { CheckResult } from "../build/run";
import { countChecks, describeAll, describeChecks } from "../build/run-report";
import { PNG, result } from "./report-fixture";

const passed: CheckResult = { id: "1.1", status: "passed", points: 2, maxPoints: 2 };
const open: CheckResult = { id: "1.2", status: "not attempted", points: 0, maxPoints: 1, kind: "prediction" };
const wrong: CheckResult = { id: "1.3", status: "wrong", points: 0.5, maxPoints: 2 };

test("a prediction that was left open counts neither for nor against; one that was made counts", () => {
  assert.deepEqual(countChecks([passed, open]), { passed: 1, total: 1, points: 2, maxPoints: 2 });
  assert.deepEqual(describeChecks([passed, open]), [
    "Checks: 1 of 1 passed, 2 of 2 points",
    "  1.1    passed         2 of 2",
    "  1.2    a prediction, left open",
  ]);
  const made: CheckResult = { ...open, status: "passed", points: 1 };
  assert.deepEqual(countChecks([passed, made, wrong]), { passed: 2, total: 3, points: 3.5, maxPoints: 5 });
});

test("a code exercise that was not attempted still counts", () => {
  const { kind: _, ...exercise } = open;
  assert.deepEqual(countChecks([passed, exercise]), { passed: 1, total: 2, points: 2, maxPoints: 3 });
});

test("the table after several notebooks has a row for each and one for all, with times, checks and points", () => {
  const text = describeAll([
    result("01-a", { checks: [passed, open] }),
    result("02-b", { checks: [wrong], ok: false }),
  ]);
  const rows = text.split("\n").map((line) => line.trim().split(/\s{2,}/));
  assert.deepEqual(rows, [
    ["01-a", "ok", "12.5 s", "2 cells", "1 of 1 checks", "2 of 2 points"],
    ["02-b", "FAILED", "12.5 s", "2 cells", "0 of 1 checks", "0.5 of 2 points"],
    ["all", "FAILED", "25.0 s", "4 cells", "1 of 2 checks", "2.5 of 4 points"],
  ]);
});

const manifest = (name: string, weightsHash: string, parentHash: string | null): Manifest =>
  ({ name, weightsHash, parentHash, steps: 7, evaluation: null }) as unknown as Manifest;

test("the report says how each notebook ended, names failures, lists the claims that held, and shows a figure with its words", () => {
  const failure = { cell: "lineage", source: "boom()", error: "\u001b[31mError: <boom>\u001b[0m" };
  const html = renderReport([
    result("01-a", { checks: [passed, open] }),
    result("02-b", { checks: [wrong], ok: false, failures: [failure] }),
  ]);
  assert.match(html, /1 of 2 notebooks ran to the end in 25\.0 s; 1 of 2 checks passed, 2\.5 of 4 points\./);
  assert.match(html, /<pre class="error">Error: &lt;boom&gt;<\/pre>/);
  assert.match(html, /a prediction, left open/);
  assert.match(html, /1 claim of the prose held<\/summary><ul><li>the sky is blue \(measured 1\)<\/li>/);
  assert.ok(html.includes(`<img src="data:image/png;base64,${PNG}" alt="Loss falls to &quot;2&quot;.">`));
  assert.deepEqual(claimsOf(result("01-a", {})), ["the sky is blue (measured 1)"]);
});

test("the report needs nothing else: no scripts, and no address but of the pages beside it", () => {
  const html = renderReport([result("01-a", { checks: [passed] })]);
  assert.doesNotMatch(html, /<script|<link|https?:\/\//);
  assert.deepEqual(
    [...html.matchAll(/(?:href|src)="([^"#][^"]{0,40})/g)].map(([, address]) => address!.slice(0, 22)),
    ["01-a.solution.html", "data:image/png;base64,"],
  );
});

test("the report names each model's parent, and says when it is not there", () => {
  const whole = [
    manifest("first", "aaaaaaaaaaaaaaaa", null),
    manifest("second", "bbbbbbbbbbbbbbbb", "aaaaaaaaaaaaaaaa"),
  ];
  const html = renderReport([result("01-a", {})], { chain: whole });
  assert.match(html, /<th scope="row">first<\/th><td><code>aaaaaaaaaaaa<\/code><\/td><td>random weights<\/td>/);
  assert.match(html, /<th scope="row">second<\/th><td><code>bbbbbbbbbbbb<\/code><\/td><td>first<\/td>/);
  assert.match(renderReport([result("01-a", {})], { chain: [whole[1]!] }), /<td>aaaaaaaaaaaa<\/td>/);
});
