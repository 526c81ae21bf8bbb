/** @file The cards say what the loaders give: size, checksum, lines, probes. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DEFAULT_MIX, loadAlmanac } from "../src/almanac";
import { loadBooks } from "../src/books";
import { loadNews } from "../src/news";
import { SHAKESPEARE_SHA256, SMALL_CORPUS_CHARACTERS, shakespearePath, tryLoadShakespeare } from "../src/shakespeare";
import { SMOLLM2_SHA256 } from "../src/smollm2/file";

const folder = join(__dirname, "..");
const cardOf = (name: string): string => readFileSync(join(folder, name, "card.md"), "utf8");

/** The rows of the tables in a Markdown text, cell by cell. */
function rowsOf(markdown: string): string[][] {
  return markdown
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** What stands behind a key in the card's tables. */
function entry(card: string, key: string): string {
  const row = rowsOf(card).find((cells) => cells[0] === key);
  assert.ok(row, `the card has "${key}"`);
  return row[1]!;
}

function assertCard(card: string, suffix: string, text: string): void {
  const characters = Number(/^([\d,]+) characters/.exec(entry(card, `size${suffix}`))![1]!.replaceAll(",", ""));
  assert.equal(characters, text.length);
  assert.equal(entry(card, `sha256${suffix}`), `\`${sha256(text)}\``);
}

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** The lines of the card's example, of which there are six, stand in the text. */
function assertLines(card: string, text: string): void {
  const lines = /```\n([^`]*)```/.exec(card)![1]!.trim().split("\n");
  assert.equal(lines.length, 6);
  for (const line of lines) assert.ok(text.includes(line), line);
}

test("almanac: size, checksum and lines are those of the default text", () => {
  const almanac = loadAlmanac();
  const card = cardOf("almanac");
  assertCard(card, "", almanac.text());
  assert.equal(almanac.sha256, sha256(almanac.text()));
  assertLines(card, almanac.text());
  assert.ok(entry(card, "size").includes(`${almanac.documents.length.toLocaleString("en")} documents`));
});

test("almanac: the card's registers have the shares of the default mix", () => {
  const card = cardOf("almanac");
  for (const [register, share] of Object.entries(DEFAULT_MIX)) {
    assert.equal(entry(card, register), `${Number((100 * share).toFixed(1))} %`);
  }
});

test("almanac: the card lists every kind of probe with its number of items and its chance level", () => {
  const { clozes, pairs, kinds } = loadAlmanac().probes;
  const rows = new Map(
    rowsOf(cardOf("almanac"))
      .filter((cells) => cells[1] === "cloze" || cells[1] === "pair")
      .map((cells) => [cells[0]!, cells.slice(1, 5)]),
  );
  assert.deepEqual([...rows.keys()].sort(), Object.keys(kinds).sort());
  for (const { kind, form, chance, guess } of Object.values(kinds)) {
    const items = [...clozes, ...pairs].filter((item) => item.kind === kind).length;
    assert.deepEqual(
      rows.get(kind),
      [form, `${items}`, `${100 * chance} %`, `${Number((100 * guess).toFixed(1))} %`],
      kind,
    );
  }
});

test("news: size, checksum, lines and number of items are those of the default news", () => {
  const news = loadNews();
  const card = cardOf("news");
  assertCard(card, "", news.text());
  assertLines(card, news.text());
  assert.ok(entry(card, "size").includes(`${news.documents.length} documents`));
  for (const part of ["items", "clozes", "unchanged", "questions", "bulletin"] as const) {
    assert.equal(entry(card, `\`${part}\``), String(news[part].length), part);
  }
});

test("books: size, checksum and lines are those of the two books", () => {
  const card = cardOf("books");
  const { mobyDick, stateOfTheUnion } = loadBooks();
  assertCard(card, " of `mobyDick`", mobyDick.text());
  assertCard(card, " of `stateOfTheUnion`", stateOfTheUnion.text());
  assertLines(card, `${mobyDick.text()}\n${stateOfTheUnion.text()}`);
});

test("shakespeare: the card has the checksum that a fetched text must have, and where it was fetched it has it", () => {
  const card = cardOf("shakespeare");
  assert.equal(entry(card, "sha256"), `\`${SHAKESPEARE_SHA256}\``);
  if (!existsSync(shakespearePath())) return; // nothing was fetched on this machine
  assertCard(card, "", tryLoadShakespeare()!.text());
  assertLines(card, tryLoadShakespeare()!.text());
  const small = tryLoadShakespeare({ characters: SMALL_CORPUS_CHARACTERS })!;
  assert.equal(entry(card, "sha256 of the first 1,115,394 characters"), `\`${sha256(small.text())}\``);
});

test("smollm2: the card has the checksum that a fetched file must have", () => {
  assert.equal(entry(cardOf("smollm2"), "sha256"), `\`${SMOLLM2_SHA256}\``);
});

test("every folder with a card is in the table of the README", () => {
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  const named = readdirSync(folder).filter((name) => existsSync(join(folder, name, "card.md")));
  assert.ok(["almanac", "books", "shakespeare"].every((name) => named.includes(name)));
  for (const name of named)
    assert.equal(rowsOf(readme).find((cells) => cells[0] === `\`${name}\``)?.[3], `[card](${name}/card.md)`);
});
