/** What counts: lateness, extensions, marks by hand, who may see the cases that are held back. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { gradesOf } from "../src/class/gradebook";
import { marksSheet, readMarks } from "../src/class/marks";
import { type ClassPolicy, readPolicy, standingOf } from "../src/class/policy";
import { parseSheet } from "../src/class/sheet";
import type { Timing } from "../src/class/types";
import { exerciseOf, resultOf, submissionOf } from "./store-fixture";

const DUE = "2026-10-05T22:00:00.000Z";
const NOW = new Date("2026-11-01T00:00:00Z");
const late = (hours: number): string => new Date(new Date(DUE).getTime() + hours * 3_600_000).toISOString();

function standing(policy: ClassPolicy, submittedAt: string, learner = "ada", now = NOW) {
  return standingOf(policy, { learner, notebook: "03", submittedAt }, now);
}

test("of a download that tells only its own time, nobody is late for when it was made: the LMS or class.json says it", () => {
  const policy: ClassPolicy = {
    notebooks: { "03": { due: DUE } },
    late: { perDay: 0.1 },
    extensions: { eve: { "03": 2 } },
    handedIn: { ada: { "03": late(49) }, all: { "03": late(-1) } },
  };
  const of = (learner: string, timing: Timing, rules: ClassPolicy = policy, hours = 24 * 9) => {
    const { lateDays, penalty, unknown } = standingOf(
      rules,
      { learner, notebook: "03", submittedAt: late(hours), timing },
      NOW,
    );
    return [lateDays, Math.round(penalty * 10) / 10, unknown];
  };
  const { handedIn: _, ...silent } = policy;
  assert.deepEqual(of("ben", "in time", silent), [0, 0, undefined], "Canvas does not mark it");
  assert.deepEqual(of("ben", "late", silent), [1, 0.1, "how late"], "Canvas marks it LATE");
  assert.deepEqual(of("ben", "late", silent, 20), [1, 0.1, undefined], "it can have been one day only");
  assert.deepEqual(of("eve", "late", silent), [0, 0, "whether late"], "Canvas may not know of the extension");
  assert.deepEqual(of("ben", "unknown", silent), [0, 0, "whether late"], "Moodle");
  assert.deepEqual(of("ben", "unknown", silent, -2), [0, 0, undefined], "downloaded before the due date");
  assert.deepEqual(of("ada", "unknown"), [3, 0.3, undefined], "class.json says when");
  assert.deepEqual(of("ben", "unknown"), [0, 0, undefined], "class.json says it of all others");
});

test("lateness costs its share for each day begun, after the grace and up to the most", () => {
  const policy = {
    notebooks: { "03": { due: DUE } },
    late: { graceMinutes: 30, perDay: 0.1, most: 0.5, closesAfterDays: 10 },
  };
  const costs = [-1, 0.4, 0.6, 24, 25, 24 * 7, 24 * 11].map((hours) => standing(policy, late(hours)).penalty);
  assert.deepEqual(
    costs.map((cost) => Math.round(cost * 10) / 10),
    [0, 0, 0.1, 0.1, 0.2, 0.5, 1],
  );
  assert.equal(standing(policy, late(25)).lateDays, 2);
});

test("without a due date nothing is late", () => {
  assert.deepEqual(standing({ late: { perDay: 1 } }, late(1000)), { lateDays: 0, penalty: 0, showsHidden: false });
});

test("an extension moves the due date of one learner, by days or to a date, for one notebook or all", () => {
  const policy: ClassPolicy = {
    notebooks: { "03": { due: DUE } },
    late: { perDay: 0.1 },
    extensions: { ada: { "03": 2 }, ben: { all: "2026-10-20T00:00:00Z" }, eve: { "04": 9 } },
  };
  const days = ["ada", "ben", "eve", "zoe"].map((learner) => standing(policy, late(71), learner).lateDays);
  assert.deepEqual(days, [1, 0, 3, 3]);
});

test("held-back cases are shown after the last due date of all, extensions included", () => {
  const policy: ClassPolicy = {
    hiddenCases: "after due date",
    notebooks: { "03": { due: DUE } },
    extensions: { ben: { "03": 3 } },
  };
  const shows = [-1, 1, 71, 73].map((hours) => standing(policy, DUE, "ada", new Date(late(hours))).showsHidden);
  assert.deepEqual(shows, [false, false, false, true]);
  assert.equal(standing({ hiddenCases: "visible" }, DUE).showsHidden, true);
  assert.equal(standing({ hiddenCases: "after due date" }, DUE).showsHidden, false, "no due date, no day after it");
});

test("Moodle's grading worksheet tells when each learner handed in; what class.json says of one learner goes before it", (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "course-times-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const sheet = (time: string): string =>
    'Identifier,"Full name",Status,Grade,"Last modified (submission)"\r\n' +
    `"Participant 501","Ada Lovelace",Submitted,,"${time}"\r\n` +
    '"Participant 502","Ben Roe",Submitted,,2026-10-06T23:00:00Z\r\n"Participant 503","Zoe Doe","No submission",,-\r\n';
  const rules = {
    notebooks: { "03": { due: DUE, handedIn: "moodle-03.csv" } },
    late: { perDay: 0.1 },
    handedIn: { carl: { "03": late(1) } },
  };
  writeFileSync(path.join(folder, "class.json"), JSON.stringify(rules));
  writeFileSync(path.join(folder, "moodle-03.csv"), sheet("Friday, 9 October 2026, 11:00 PM"));
  const policy = readPolicy(path.join(folder, "class.json"));
  const days = (learner: string, who: { name?: string; lmsId?: string }): unknown[] => {
    const handed = { learner, notebook: "03", submittedAt: late(500), timing: "unknown" as const, ...who };
    const { lateDays, unknown } = standingOf(policy, handed, NOW);
    return [lateDays, unknown];
  };
  const [ada] = days("ada", { lmsId: "501" }); // 11 PM where this machine is, which may be half a day away from UTC
  assert.ok(ada === 4 || ada === 5, `${ada} days`);
  assert.deepEqual(days("Ben Roe", { name: "Ben Roe" }), [2, undefined]);
  assert.deepEqual(days("zoe", { lmsId: "503" }), [0, "whether late"]);
  assert.deepEqual(days("carl", { lmsId: "502" }), [1, undefined]);
  writeFileSync(path.join(folder, "moodle-03.csv"), sheet("Freitag, 9. Oktober 2026"));
  assert.throws(() => readPolicy(path.join(folder, "class.json")), /in row 2, received Freitag/);
  writeFileSync(path.join(folder, "moodle-03.csv"), "Name;Abgabe\nAda;heute\n");
  assert.throws(() => readPolicy(path.join(folder, "class.json")), /a grading worksheet of Moodle.*English/);
});

test("rules that cannot be meant are refused with what was expected", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "course-policy-"));
  const file = path.join(folder, "class.json");
  const wrong: [unknown, RegExp][] = [
    ["{", /JSON/],
    [{ notebooks: { "3": {} } }, /notebooks by number/],
    [{ notebooks: { "03": { due: "next week" } } }, /an ISO date for 03.*next week/],
    [{ hiddenCases: "sometimes" }, /after due date/],
    [{ late: { perDay: 10 } }, /perDay: a share from 0 to 1/],
    [{ late: { perday: 0.1 } }, /graceMinutes/],
    [{ extension: {} }, /extensions/],
    [{ extensions: { ada: { "03": "soon" } } }, /days or an ISO date for ada/],
    [{ notebooks: { "03": { deu: DUE } } }, /due, hiddenCases, late, handedIn for 03, received deu/],
    [{ notebooks: { "03": { handedIn: 3 } } }, /the name of a worksheet for 03/],
    [{ notebooks: { "03": { times: {} } } }, /received times/],
    [{ handedIn: { ada: { "3": DUE } } }, /a notebook for ada in handedIn/],
    [{ handedIn: { ada: { "03": 2 } } }, /an ISO date for ada in handedIn/],
  ];
  for (const [policy, says] of wrong) {
    writeFileSync(file, typeof policy === "string" ? policy : JSON.stringify(policy));
    assert.throws(() => readPolicy(file), says);
  }
  assert.deepEqual(readPolicy(path.join(folder, "none.json")), {});
  assert.throws(() => readPolicy(path.join(folder, "none.json"), { isNamed: true }), /nothing there/);
  rmSync(folder, { recursive: true });
});

const written = exerciseOf("3.7", 0, 3, { kind: "written", status: "to be marked", source: "Because\nof =1+1" });
const results = [
  resultOf(submissionOf("=ada", "03", "a", DUE), [exerciseOf("3.1", 1), written]),
  resultOf(submissionOf("ben", "03", "b", DUE), [exerciseOf("3.1", 2), { ...written, source: "=2+2" }]),
];

test("the sheet of marks comes back filled: marks count, what is empty stays open", () => {
  const grades = gradesOf(results, []);
  assert.deepEqual(
    grades.map(({ points, open }) => [points, open]),
    [
      [1, 1],
      [2, 1],
    ],
  );
  const sheet = parseSheet(marksSheet(grades), "sheet");
  assert.deepEqual(sheet.rows[1], ["'=ada", "03", "3.7", "Exercise 3.7", "Because\nof =1+1", "", "3", ""]);
  assert.equal(sheet.rows[2]![4], "'=2+2", "no spreadsheet takes an answer for a formula");
  assert.ok(sheet.bom, "Excel reads it as UTF-8");
  const filled = marksSheet(grades).replace('",,3,\n', '","2,5",3,"Good, but why?"\n');
  const marks = readMarks(filled, grades, DUE);
  assert.equal(marks.length, 1);
  const [marked, open] = gradesOf(results, marks);
  assert.deepEqual([marked!.points, marked!.open, open!.open], [3.5, 0, 1]);
  assert.equal(marked!.exercises[1]!.mark?.comment, "Good, but why?");
});

test("a mark for an answer that was changed since still counts, and is told", () => {
  const grades = gradesOf(results, []);
  const filled = marksSheet(grades).replace('",,3,', '",2,3,');
  const marks = readMarks(filled, grades, DUE);
  const changed = [
    { ...results[0]!, exercises: [results[0]!.exercises[0]!, { ...written, source: "Another answer" }] },
  ];
  const [grade] = gradesOf(changed, marks);
  assert.deepEqual([grade!.points, grade!.exercises[1]!.markIsOld], [3, true]);
});

test("marks that fit no answer are refused together, and none is taken over", () => {
  const grades = gradesOf(results, []);
  const text = "learner,notebook,exercise,points\nben,03,3.7,4\nnobody,03,3.7,1\nben,03,9.9,1\nben,3,3.7,\n";
  assert.throws(
    () => readMarks(text, grades, DUE),
    /row 2: 4 is not between 0 and 3[\s\S]*row 3: nobody[\s\S]*row 4: ben has no exercise 9\.9/,
  );
  assert.throws(() => readMarks("learner,points\n", grades, DUE), /no column notebook, exercise/);
});

test("a mark by hand counts in the place of the points from the cases", () => {
  const mark = { learner: "ben", notebook: "03", exercise: "3.1", points: 0.5, comment: "", markedAt: DUE, sha256: "" };
  const [, ben] = gradesOf(results, [mark], {
    late: { perDay: 0.5 },
    notebooks: { "03": { due: "2026-10-05T00:00:00Z" } },
  });
  assert.deepEqual([ben!.earned, ben!.points], [0.5, 0.25]);
});
