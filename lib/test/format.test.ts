import assert from "node:assert/strict";
import { test } from "node:test";
import {
  escapeHtml,
  formatCount,
  formatList,
  formatLoss,
  formatNumber,
  formatPercent,
  formatPower,
  visibleToken,
} from "../src/format";

test("whole numbers have commas, others three digits, huge ones a power of ten", () => {
  assert.deepEqual(
    [905984, 6.6438, 0.0123, 314e21, -2.5].map((n) => formatNumber(n)),
    ["905,984", "6.64", "0.0123", "3.14×10²³", "-2.50"],
  );
});

test("numbers that are none are named", () => {
  assert.deepEqual(
    [Number.NaN, Number.POSITIVE_INFINITY, 0].map((n) => formatNumber(n)),
    ["not a number", "∞", "0"],
  );
});

test("a power of ten drops a factor of one", () => {
  assert.deepEqual(
    [1e6, 2e-7, 1.39e13].map((n) => formatPower(n, 2)),
    ["10⁶", "2×10⁻⁷", "1.4×10¹³"],
  );
});

test("counts are rounded to words", () => {
  assert.deepEqual(
    [905984, 175e9, 999_999, 12, 2.7e12].map((n) => formatCount(n, 2)),
    ["910 thousand", "180 billion", "1 million", "12", "2.7 trillion"],
  );
});

test("shares below one percent keep two decimals and never become zero", () => {
  assert.deepEqual([0.934, 0.0612, 0.0041, 0.00001, 0, 1].map(formatPercent), [
    "93%",
    "6.1%",
    "0.41%",
    "<0.01%",
    "0%",
    "100%",
  ]);
});

test("losses have two decimals until they are tiny", () => {
  assert.deepEqual([6.6438, 0.8, 0.0123, 0].map(formatLoss), ["6.64", "0.80", "0.012", "0.00"]);
});

test("white space and control characters of a token are visible", () => {
  assert.deepEqual([" the", "a b\n", "\t", "\u001b[0m", ""].map(visibleToken), [
    "␣the",
    "a b↵",
    "⇥",
    "\\x1b[0m",
    "(empty)",
  ]);
});

test("lists end with and", () => {
  assert.deepEqual([["a"], ["a", "b"], ["a", "b", "c"], []].map(formatList), ["a", "a and b", "a, b and c", ""]);
});

test("markup is escaped", () => {
  assert.equal(escapeHtml(`<b title="x">&'`), "&lt;b title=&quot;x&quot;&gt;&amp;&#39;");
});
