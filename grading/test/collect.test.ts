/** @file Run with: npx tsx --test grading/test/collect.test.ts */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { zipSync } from "fflate";
import { type CollectOptions, collect } from "../src/class/collect";
import { courseNotebook } from "../src/class/course-copy";
import type { CollectedSubmission } from "../src/class/types";
import { courseFile, filledIn, right } from "./submissions";

const notebook = (exercise: string): Buffer =>
  Buffer.from(JSON.stringify(filledIn(exercise.padStart(4, "0").slice(0, 2), { [exercise]: right(exercise) })));
const first = notebook("1.1");
const third = notebook("3.2");
const names = { "01": `${courseNotebook("01").name}.ipynb`, "03": `${courseNotebook("03").name}.ipynb` };

/** A folder with these files; a text or bytes each. */
function folder(t: TestContext, files: Record<string, string | Uint8Array>): string {
  const dir = mkdtempSync(path.join(tmpdir(), "collect-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), content);
  }
  return dir;
}

async function all(dir: string | string[], options: CollectOptions = {}): Promise<CollectedSubmission[]> {
  const found: CollectedSubmission[] = [];
  for await (const one of collect([dir].flat(), options)) found.push(one);
  return found;
}

const brief = (found: CollectedSubmission[]): string[] =>
  found.map(({ submission, content, findings }) =>
    [
      submission.learner,
      submission.notebook || "?",
      content ? "read" : "not read",
      ...findings.map(({ id }) => id),
    ].join(" "),
  );

test("a folder for each learner: names are the folders', notebooks are told by their cells", async (t) => {
  const dir = folder(t, {
    [`alice/${names["01"]}`]: first,
    "alice/any.ipynb": third,
    "bob/work/x.ipynb": first,
    "README.md": "x",
  });
  assert.deepEqual(brief(await all(dir)), ["alice 01 read", "alice 03 read", "bob 01 read"]);
});

test("files side by side: the learner is what the file's name says besides the notebook", async (t) => {
  const dir = folder(t, {
    [`alice_${names["01"]}`]: first,
    [`bob ${names["01"].replace(".", " (1).")}`]: first,
    "01_carol.ipynb": first,
  });
  assert.deepEqual(brief(await all(dir)), ["alice 01 read", "bob 01 read", "carol 01 read"]);
});

test("downloads of Canvas and Moodle: the time of their files is the download's, so only what the names tell is kept", async (t) => {
  const dir = folder(t, {
    "doealice_12345_67890_03-gradient-descent-1.ipynb": third,
    "oneilzo\u00eb_LATE_12346_67891_mine.ipynb": third,
    "anon_aB3xZ_67892_mine.ipynb": third,
    "LATE_anon_q9ZzY_67893_mine.ipynb": third,
    "Alice Doe_501_assignsubmission_file/03.ipynb": third,
    "Bob Roe_502_assignsubmission_file_03.ipynb": third,
    "carol/03.ipynb": third,
    "smithbob_LATE_12347_67894_work.zip": zipSync({ "work/03.ipynb": third }),
  });
  const found = (await all(dir)).map(({ submission }) => [submission.learner, submission.lmsId, submission.timing]);
  assert.deepEqual(found, [
    ["Alice Doe", "501", "unknown"],
    ["Bob Roe", "502", "unknown"],
    ["anon_aB3xZ", undefined, "in time"],
    ["anon_q9ZzY", undefined, "late"],
    ["carol", undefined, undefined],
    ["doealice", "12345", "in time"],
    ["oneilzo\u00eb", "12346", "late"],
    ["smithbob", "12347", "late"],
  ]);
});

test("archives side by side: one learner's is called as the learner is, a class's has folders", async (t) => {
  const dir = folder(t, {
    "alice.zip": zipSync({ "03.ipynb": third }),
    "bob.zip": zipSync({ "work/03.ipynb": third, "__MACOSX/work/._03.ipynb": first }),
    "carol.zip": zipSync({ "work/03.ipynb": third, "work/01.ipynb": first }),
    "class.zip": zipSync({ "dan/03.ipynb": third, "eve/03.ipynb": third }),
    "more.zip": zipSync({ "frank.zip": zipSync({ "03.ipynb": third }) }),
  });
  const found = (await all(dir)).map(({ submission }) => `${submission.learner} ${submission.notebook}`);
  assert.deepEqual(found, ["alice 03", "bob 03", "carol 01", "carol 03", "dan 03", "eve 03", "frank 03"]);
});

test("nbgrader's tree: the learner below `submitted`, the date from timestamp.txt", async (t) => {
  const dir = folder(t, {
    [`submitted/alice/ps1/${names["01"]}`]: first,
    "submitted/alice/ps1/timestamp.txt": "2026-10-01 12:00:00.123456 UTC\n",
  });
  for (const given of [dir, path.join(dir, "submitted")]) {
    const [found] = await all(given);
    assert.equal(found!.submission.learner, "alice");
    assert.equal(found!.submission.submittedAt, "2026-10-01T12:00:00.000Z");
  }
});

test("downloads of Moodle, Canvas, Brightspace and Blackboard tell the learner, the number in the LMS and the date", async (t) => {
  const dir = folder(t, {
    "moodle/Alice Doe_12345_assignsubmission_file_/01.ipynb": first,
    "canvas/doebob_LATE_777_99_01-pretraining-1.ipynb": first,
    "d2l/4711-99 - Carol Poe - Oct 1, 2026 1200 PM/a.ipynb": first,
    "bb/Homework_ddoe_attempt_2026-10-01-12-30-00_a.ipynb": first,
  });
  const of = async (name: string): Promise<CollectedSubmission["submission"]> =>
    (await all(path.join(dir, name)))[0]!.submission;
  assert.deepEqual([(await of("moodle")).learner, (await of("moodle")).lmsId], ["Alice Doe", "12345"]);
  assert.deepEqual([(await of("canvas")).learner, (await of("canvas")).lmsId], ["doebob", "777"]);
  assert.deepEqual([(await of("d2l")).learner, (await of("d2l")).lmsId], ["Carol Poe", "99"]);
  assert.deepEqual([(await of("bb")).learner, (await of("bb")).submittedAt], ["ddoe", "2026-10-01T12:30:00.000Z"]);
});

test("two people of one name stay two", async (t) => {
  const dir = folder(t, {
    "Ann Lee_1_assignsubmission_file_/a.ipynb": first,
    "Ann Lee_2_assignsubmission_file_/a.ipynb": third,
  });
  assert.deepEqual(brief(await all(dir)), ["Ann Lee (1) 01 read", "Ann Lee (2) 03 read"]);
});

test("an archive of archives is read like a folder, and nothing is written anywhere", async (t) => {
  const inner = zipSync({ "work/a.ipynb": first });
  const dir = folder(t, {
    "class.zip": zipSync({ "alice/a.ipynb": first, "bob/b.zip": inner, "__MACOSX/alice/._a.ipynb": first }),
  });
  assert.deepEqual(brief(await all(path.join(dir, "class.zip"))), ["alice 01 read", "bob 01 read"]);
});

test("of several files for one notebook the newest counts, and a note names the others", async (t) => {
  const dir = folder(t, { "alice/new.ipynb": notebook("1.6"), "alice/old.ipynb": first });
  utimesSync(path.join(dir, "alice/old.ipynb"), 1e9, 1e9);
  const [found, ...others] = await all(dir);
  assert.equal(others.length, 0);
  assert.equal(found!.submission.file, "alice/new.ipynb");
  assert.match(found!.findings[0]!.says, /alice\/old\.ipynb/);
});

test("row 23: wrong names, odd names and names that are formulas keep their learners apart", async (t) => {
  const dir = folder(t, {
    "=cmd|calc/homework final FINAL.ipynb": first,
    "Zoë 王/ノート.ipynb": first,
    "back\\slash/x.ipynb": first,
    "dan/notebook.ipynb.txt": first,
    "eve/notebook.json": first,
    "fay/answers.docx": "PK not a notebook",
    "gus/folder.ipynb/x.ipynb": first,
  });
  assert.deepEqual(brief(await all(dir)), [
    "=cmd|calc 01 read",
    "Zoë 王 01 read",
    "back\\slash 01 read",
    "dan 01 read",
    "eve 01 read",
    "fay ? not read no-notebook",
    "gus 01 read",
  ]);
});

test("row 24: links, pipes and folders in the place of a notebook are named and not opened", async (t) => {
  const dir = folder(t, {
    "alice/ok.ipynb": first,
    "secret.txt": "secret",
    "bob/x": "",
    "carol/x": "",
    "dan/x.ipynb/y": "",
  });
  symlinkSync(path.join(dir, "secret.txt"), path.join(dir, "bob/01.ipynb"));
  symlinkSync("/etc/hostname", path.join(dir, "carol/02.ipynb"));
  execFileSync("mkfifo", [path.join(dir, "erin.ipynb")]);
  mkdirSync(path.join(dir, "loop"));
  symlinkSync("..", path.join(dir, "loop/up"));
  const found = brief(await all(dir));
  assert.ok(found.includes("alice 01 read"));
  assert.ok(found.includes("bob 01 not read link"));
  assert.ok(found.includes("carol 02 not read link"));
  assert.ok(
    found.some((line) => /^erin .* not-a-file$/.test(line)),
    found.join("\n"),
  );
});

test("row 25: members that lead out of the archive are read under a safe name, links in it are not followed", async (t) => {
  const dir = folder(t, {
    "a.zip": zipSync({
      "../../alice/x.ipynb": first,
      "/abs/bob.ipynb": first,
      "C:\\carol\\x.ipynb": first,
      "dan/x.ipynb": [Buffer.from("/etc/passwd"), { os: 3, attrs: (0o120777 << 16) >>> 0 }],
    }),
  });
  assert.deepEqual(brief(await all(path.join(dir, "a.zip"))), [
    "abs 01 read unsafe-path",
    "alice 01 read unsafe-path",
    "carol 01 read unsafe-path",
    "dan ? not read link",
  ]);
});

test("row 25: a bomb is stopped by what comes out of it, not by what it says; the others are read", async (t) => {
  const bomb = zipSync({ "bob/x.ipynb": new Uint8Array(60 * 2 ** 20) }, { level: 9 });
  const lying = Buffer.from(bomb);
  // The size that the directory of the archive tells: at 24 bytes behind its mark.
  lying.writeUInt32LE(1000, lying.indexOf(Buffer.from("PK\u0001\u0002")) + 24);
  let nested = zipSync({ "x.ipynb": first });
  for (let i = 0; i < 5; i++) nested = zipSync({ "deeper.zip": nested });
  const dir = folder(t, {
    "a.zip": zipSync({
      "alice/x.ipynb": first,
      "bob/bomb.zip": bomb,
      "carol/lying.zip": new Uint8Array(lying),
      "dan/n.zip": nested,
    }),
  });
  const found = brief(await all(path.join(dir, "a.zip")));
  assert.equal(found[0], "alice 01 read");
  assert.match(found[1]!, /^bob \? not read too-large/);
  assert.match(found[2]!, /^carol \? not read (too-large|damaged-archive)/);
  assert.match(found[3]!, /^dan \? not read nested-archive/);
});

test("row 22: a file of 500 MB is named and not read", async (t) => {
  const dir = folder(t, { "alice/01.ipynb": "", "bob/01.ipynb": first });
  truncateSync(path.join(dir, "alice/01.ipynb"), 500 * 2 ** 20);
  const before = process.memoryUsage().rss;
  assert.deepEqual(brief(await all(dir)), ["alice 01 not read too-large", "bob 01 read"]);
  assert.ok(process.memoryUsage().rss - before < 200 * 2 ** 20);
});

test("only the learners and the notebook that are wanted", async (t) => {
  const dir = folder(t, { "alice/a.ipynb": first, "alice/b.ipynb": third, "bob/a.ipynb": first });
  assert.deepEqual(brief(await all(dir, { learners: ["alice"], notebook: "3" })), ["alice 03 read"]);
});

test("a path that is not there is said to be so", async () => {
  await assert.rejects(all("/nowhere/at/all"), /expected a file or a folder/);
});

test("a single notebook is a submission, whatever its name", async (t) => {
  const dir = folder(t, { x: "" });
  copyFileSync(courseFile("01"), path.join(dir, "mine.ipynb"));
  assert.equal((await all(path.join(dir, "mine.ipynb")))[0]!.submission.notebook, "01");
});
