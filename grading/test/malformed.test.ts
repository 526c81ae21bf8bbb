/** @file Run with: npx tsx --test grading/test/malformed.test.ts. A thousand files that nobody should hand in, made from a seed. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { createRandom } from "@course/lib/random";
import { zipSync } from "fflate";
import { collect } from "../src/class/collect";
import { openGrader } from "../src/class/grade";
import { parseIpynb } from "../src/class/ipynb";
import type { CollectedSubmission, SubmissionResult } from "../src/class/types";
import { courseFile } from "./submissions";

const COUNT = 1000;
const base = readFileSync(courseFile("01"));
const random = createRandom(8);
const folder = mkdtempSync(path.join(tmpdir(), "malformed-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const pick = <T>(items: readonly T[]): T => items[Math.floor(random.uniform() * items.length)]!;
const below = (n: number): number => Math.floor(random.uniform() * n);

/** Each takes a good notebook and returns the bytes of a bad one. */
const spoilers: Record<string, (bytes: Buffer) => Uint8Array> = {
  truncated: (bytes) => bytes.subarray(0, below(bytes.length)),
  "bytes changed": (bytes) => {
    const copy = Buffer.from(bytes);
    for (let i = 0; i < 1 + below(30); i++) copy[below(copy.length)] = below(256);
    return copy;
  },
  "bytes that are no UTF-8": (bytes) => {
    const at = below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff, 0xfe, 0xc0, 0x80]), bytes.subarray(at)]);
  },
  "another encoding": (bytes) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(bytes.toString(), "utf16le")]),
  "cut out": (bytes) => {
    const at = below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + below(5000))]);
  },
  noise: () => Buffer.from(Array.from({ length: below(3000) }, () => below(256))),
  empty: () => Buffer.from(pick(["", " ", "\n\n", "\ufeff", "\0"])),
  "another file": () =>
    Buffer.from(
      pick(["<!DOCTYPE html><html>", "PK\u0003\u0004", "%PDF-1.7", "[]", "null", "7", '"text"', "{}", "{} {}", "NaN"]),
    ),
  "nested deeply": () => Buffer.from(pick(["[", '{"a":', '{"cells":[', '{"cells":[{"source":[']).repeat(100_000)),
  "nested deeply, and closed": () => Buffer.from(`{"cells":${"[".repeat(50_000)}${"]".repeat(50_000)}}`),
  "values of other types": (bytes) => Buffer.from(JSON.stringify(retyped(JSON.parse(bytes.toString())))),
  "keys twice": (bytes) =>
    Buffer.from(
      bytes.toString().replaceAll('"source":', '"source": 7, "source":').replace('"cells":', '"cells": [], "cells":'),
    ),
  "names of prototypes": (bytes) =>
    Buffer.from(bytes.toString().replaceAll('"metadata":', `"${pick(["__proto__", "constructor", "toString"])}":`)),
  "cells that are none": () =>
    Buffer.from(JSON.stringify({ cells: Array.from({ length: 50 }, () => pick(odd)), nbformat: pick(odd) })),
  "old format": () => Buffer.from(JSON.stringify({ worksheets: [{ cells: [] }], nbformat: 3 })),
  "huge numbers and texts": () =>
    Buffer.from(`{"cells":[{"source":"${"x".repeat(300_000)}","id":${"9".repeat(5000)}}],"nbformat":1e400}`),
  "many cells": () =>
    Buffer.from(JSON.stringify({ cells: new Array(5000).fill({ source: "1", cell_type: "code", metadata: {} }) })),
};

const odd = [
  null,
  true,
  7,
  "text",
  [],
  {},
  [[]],
  { source: 7 },
  { source: [1, null, {}] },
  { source: { length: 1e9 } },
  { metadata: 7, source: "x" },
];

/** A copy in which some values have another type. */
function retyped(value: unknown): unknown {
  if (random.uniform() < 0.01) return pick(odd);
  if (Array.isArray(value)) return value.map(retyped);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, retyped(part)]));
}

/** Archives, and things that are no files. `dir` exists. */
const others: Record<string, (dir: string) => void> = {
  "an archive that is damaged": (dir) => {
    const zip = Buffer.from(zipSync({ "a.ipynb": base, "b.ipynb": base }));
    for (let i = 0; i < 1 + below(20); i++) zip[below(zip.length)] = below(256);
    writeFileSync(`${dir}/x.zip`, zip);
  },
  "an archive that is cut off": (dir) => {
    const zip = zipSync({ "a.ipynb": base });
    writeFileSync(`${dir}/x.zip`, zip.subarray(0, below(zip.length)));
  },
  "paths that lead out of an archive": (dir) => {
    writeFileSync(
      `${dir}/x.zip`,
      zipSync({ [`${"../".repeat(1 + below(9))}etc/x.ipynb`]: base, "/x/y.ipynb": base.subarray(0, 9) }),
    );
  },
  "a bomb": (dir) => writeFileSync(`${dir}/x.zip`, bomb),
  "an archive without notebooks": (dir) => writeFileSync(`${dir}/x.zip`, zipSync({ "a.txt": base })),
  "a link": (dir) =>
    symlinkSync(pick(["/etc/passwd", "..", "x.ipynb", "/dev/zero", courseFile("01")]), `${dir}/x.ipynb`),
  "a pipe": (dir) => void execFileSync("mkfifo", [`${dir}/x.ipynb`]),
  "500 MB": (dir) => {
    writeFileSync(`${dir}/x.ipynb`, "{");
    truncateSync(`${dir}/x.ipynb`, 500 * 2 ** 20);
  },
  "a folder with the name of a notebook": (dir) => mkdirSync(`${dir}/x.ipynb`),
  "a name that cannot be shown": (dir) =>
    writeFileSync(`${dir}/\u202e\u0007x\n.ipynb`, base.subarray(0, below(base.length))),
};
const bomb = zipSync({ "x.ipynb": new Uint8Array(30 * 2 ** 20) }, { level: 9 });

/** What was made, by the learner's name. */
const made = new Map<string, string>();
const kinds = [...Object.keys(spoilers), ...Object.keys(spoilers), ...Object.keys(others)];
for (let i = 0; i < COUNT; i++) {
  const learner = `learner-${String(i).padStart(4, "0")}`;
  const kind = kinds[i % kinds.length]!;
  made.set(learner, kind);
  mkdirSync(path.join(folder, learner));
  const spoil = spoilers[kind];
  if (spoil) writeFileSync(path.join(folder, learner, "01.ipynb"), spoil(base));
  else others[kind]!(path.join(folder, learner));
}

async function gradeAll(): Promise<{ collected: CollectedSubmission; result: SubmissionResult }[]> {
  const grader = openGrader({ caseSeconds: 1 });
  const graded: { collected: CollectedSubmission; result: SubmissionResult }[] = [];
  try {
    for await (const collected of collect([folder])) graded.push({ collected, result: await grader.grade(collected) });
  } finally {
    await grader.close();
  }
  return graded;
}
const graded = gradeAll();

test("a thousand malformed files are graded one after the other, and none ends the run or fails the grader", async () => {
  const results = (await graded).map(({ result }) => result);
  assert.deepEqual(
    results.flatMap(({ findings }) => findings.filter(({ id }) => id === "grader-failed")),
    [],
  );
  for (const result of results) assert.ok(result.points >= 0 && result.points <= result.maxPoints);
});

test("each learner whose file could not be read as a notebook gets the reason as a sentence", async () => {
  const unreadable = (await graded).filter(
    ({ collected: { content } }) => !content || parseIpynb(content).cells.length === 0,
  );
  assert.ok(unreadable.length > 400, `${unreadable.length}`);
  for (const { result } of unreadable) {
    const reasons = result.findings.filter(({ level }) => level !== "note");
    assert.ok(reasons.length > 0, `${made.get(result.submission.learner)}: ${JSON.stringify(result.submission)}`);
  }
});

test("every sentence can be read: no control characters, no stack of calls, nothing undefined", async () => {
  for (const { result } of await graded) {
    for (const { says } of [...result.findings, ...result.exercises.flatMap((exercise) => exercise.findings)]) {
      assert.match(says, /^[A-Z0-9`].{15,}[.)]$/s, says);
      assert.doesNotMatch(says, /\p{Cc}|(?<!')undefined|\[object|\n\s+at /u, says);
    }
  }
});

test("no learner is lost: who handed in a file that may be a notebook has a result", async () => {
  const found = new Set((await graded).map(({ result }) => result.submission.learner));
  const lost = [...made].filter(
    ([learner, kind]) => !found.has(learner) && kind !== "a folder with the name of a notebook",
  );
  // (An archive of which nothing is left to see has no learner inside: its own name stands for one.)
  assert.deepEqual(lost, []);
});
