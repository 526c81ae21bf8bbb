/**
 * @file What a class agreed on: due dates, what lateness costs, extensions, and when learners see the held-back cases.
 * An instructor writes it in a file `class.json`. Used by `course report` and `course export`; grading itself knows none
 * of it, so that a changed rule needs no new run.
 */

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { CourseError } from "@course/lib/errors";
import { moodleTimes } from "./moodle-times";
import type { Submission } from "./types";

/** When a learner sees the cases that `check` does not show. */
export type HiddenCases = "hidden" | "after due date" | "visible";

/** What lateness costs. */
export interface LatePolicy {
  /** Minutes after the due date that cost nothing; 0 unless told. */
  graceMinutes?: number;
  /** The share of the earned points that each day begun costs: `0.1`; nothing unless told. */
  perDay?: number;
  /** The largest share that lateness costs; 1 unless told. */
  most?: number;
  /** After this many days nothing counts any more; never unless told. */
  closesAfterDays?: number;
}

/** The rules for one notebook. */
export interface NotebookPolicy {
  /** ISO date, e.g. `2026-10-05T23:59:00+02:00`. */
  due?: string;
  hiddenCases?: HiddenCases;
  late?: LatePolicy;
  /** The grading worksheet of Moodle, from the folder of this file, which tells when each learner handed in. */
  handedIn?: string;
  /** What that worksheet tells: by number or name, an ISO date. Read, not written by anybody. */
  times?: ReadonlyMap<string, string>;
}

/** The rules of a class; each has a default. */
export interface ClassPolicy {
  /** Stands on the pages. */
  title?: string;
  /** For all notebooks that do not say otherwise; `hidden` unless told. */
  hiddenCases?: HiddenCases;
  late?: LatePolicy;
  /** By number: `{ "03": { "due": "..." } }`. */
  notebooks?: Record<string, NotebookPolicy>;
  /** By learner and notebook (`all` for every one): another due date, or days to add: `{ "ada": { "03": 2 } }`. */
  extensions?: Record<string, Record<string, string | number>>;
  /**
   * When something was handed in, by learner and notebook, in the place of what the download tells: ISO dates. `all` is for
   * those of whom it tells nothing.
   */
  handedIn?: Record<string, Record<string, string>>;
}

/** What the rules make of one submission. */
export interface Standing {
  /** The due date of this learner. */
  due?: string;
  /** When it was handed in, where the rules of the class say it. */
  handedIn?: string;
  /** Days begun after it. */
  lateDays: number;
  /** The share of the earned points that lateness costs, from 0 to 1. */
  penalty: number;
  /** What nobody knows of the time: whether it was in time (counted as in time), or how late it was (counted as a day). */
  unknown?: "whether late" | "how late";
  /** Whether the learner may see the cases that were held back. */
  showsHidden: boolean;
}

const DAY_MS = 86_400_000;

/** Reads the rules of a class; without a file, the defaults, unless somebody named it. */
export function readPolicy(file: string, { isNamed = false }: { isNamed?: boolean } = {}): ClassPolicy {
  if (!existsSync(file)) {
    if (isNamed) throw policyError(file, "the rules of a class", "nothing there");
    return {};
  }
  let policy: ClassPolicy;
  try {
    policy = JSON.parse(readFileSync(file, "utf8")) as ClassPolicy;
  } catch (error) {
    throw policyError(file, "JSON", (error as Error).message);
  }
  const flaw = policyFlaw(policy);
  if (flaw) throw policyError(file, flaw[0], flaw[1]);
  for (const rules of Object.values(policy.notebooks ?? {})) {
    if (rules.handedIn !== undefined) rules.times = moodleTimes(path.resolve(path.dirname(file), rules.handedIn));
  }
  return policy;
}

/** What lateness and visibility come to for one submission. */
export function standingOf(policy: ClassPolicy, submission: Handed, now: Date): Standing {
  const { learner, notebook } = submission;
  const rules = policy.notebooks?.[notebook] ?? {};
  const due = dueDate(policy, learner, notebook);
  const { graceMinutes = 0, perDay = 0, most = 1, closesAfterDays } = rules.late ?? policy.late ?? {};
  const handedIn = handedInAt(policy, submission);
  const overMs = due ? new Date(handedIn ?? submission.submittedAt).getTime() - due.getTime() : 0;
  const mostDays = overMs > graceMinutes * 60_000 ? Math.ceil(overMs / DAY_MS) : 0;
  const { lateDays, unknown } = lateness(policy, submission, mostDays);
  const closed = closesAfterDays !== undefined && lateDays > closesAfterDays;
  const hiddenCases = rules.hiddenCases ?? policy.hiddenCases ?? "hidden";
  return {
    ...(due ? { due: due.toISOString() } : {}),
    ...(handedIn ? { handedIn } : {}),
    lateDays,
    penalty: closed ? 1 : Math.min(most, perDay * lateDays, 1),
    ...(unknown ? { unknown } : {}),
    // "After" is after the last due date of all: an extension must not be shown the answers of the others.
    showsHidden: hiddenCases === "visible" || (hiddenCases === "after due date" && allAreDue(policy, notebook, now)),
  };
}

type Handed = Pick<Submission, "learner" | "name" | "lmsId" | "notebook" | "submittedAt" | "timing">;

/** When something was handed in, if the rules say it. */
function handedInAt({ handedIn, notebooks }: ClassPolicy, handed: Handed): string | undefined {
  const { learner, name = "", lmsId = "", notebook, timing } = handed;
  const times = notebooks?.[notebook]?.times;
  const inSheet = times?.get(lmsId) ?? times?.get(name);
  const ofAll = timing === "unknown" ? handedIn?.all?.[notebook] : undefined;
  return handedIn?.[learner]?.[notebook] ?? inSheet ?? ofAll;
}

/** The days that count, if a file was handed in `mostDays` after its due date or, where only its download is known, sooner. */
function lateness(policy: ClassPolicy, handed: Handed, mostDays: number): Pick<Standing, "lateDays" | "unknown"> {
  const { learner, notebook, timing } = handed;
  if (mostDays === 0 || timing === undefined || handedInAt(policy, handed) !== undefined) return { lateDays: mostDays };
  if (timing === "in time") return { lateDays: 0 };
  // The LMS may not know of an extension that was given here.
  const isLate = timing === "late" && extensionOf(policy, learner, notebook) === undefined;
  if (!isLate) return { lateDays: 0, unknown: "whether late" };
  return { lateDays: 1, ...(mostDays > 1 ? { unknown: "how late" } : {}) };
}

function extensionOf({ extensions }: ClassPolicy, learner: string, notebook: string): string | number | undefined {
  return extensions?.[learner]?.[notebook] ?? extensions?.[learner]?.all;
}

function dueDate(policy: ClassPolicy, learner: string, notebook: string): Date | undefined {
  const due = policy.notebooks?.[notebook]?.due;
  const extension = extensionOf(policy, learner, notebook);
  if (typeof extension === "string") return new Date(extension);
  if (due === undefined) return undefined;
  return new Date(new Date(due).getTime() + (extension ?? 0) * DAY_MS);
}

function allAreDue(policy: ClassPolicy, notebook: string, now: Date): boolean {
  const due = policy.notebooks?.[notebook]?.due;
  if (due === undefined) return false;
  const learners = Object.keys(policy.extensions ?? {});
  const dates = [new Date(due), ...learners.map((learner) => dueDate(policy, learner, notebook)!)];
  return dates.every((date) => date.getTime() < now.getTime());
}

/** The first thing in the rules that cannot be meant: what was expected and what is there. */
function policyFlaw(policy: ClassPolicy): [expected: string, received: string] | undefined {
  if (policy === null || typeof policy !== "object" || Array.isArray(policy)) return ["an object", typeof policy];
  const known = ["title", "hiddenCases", "late", "notebooks", "extensions", "handedIn"];
  const stray = Object.keys(policy).find((key) => !known.includes(key));
  if (stray) return [known.join(", "), stray];
  const ofNotebook = ["due", "hiddenCases", "late", "handedIn"];
  for (const [notebook, rules] of Object.entries(policy.notebooks ?? {})) {
    const other = Object.keys(rules ?? {}).find((key) => !ofNotebook.includes(key));
    if (other) return [`${ofNotebook.join(", ")} for ${notebook}`, other];
    if (!["string", "undefined"].includes(typeof rules.handedIn)) {
      return [`the name of a worksheet for ${notebook} in handedIn`, typeof rules.handedIn];
    }
  }
  const all: [string, Omit<NotebookPolicy, "handedIn" | "times">][] = [
    ["the class", policy],
    ...Object.entries(policy.notebooks ?? {}),
  ];
  for (const [name, { due, hiddenCases, late = {} }] of all) {
    if (name !== "the class" && !/^\d\d$/.test(name)) return ["notebooks by number, as in 03", name];
    if (due !== undefined && !isDate(due)) return [`an ISO date for ${name}`, String(due)];
    if (hiddenCases !== undefined && !["hidden", "after due date", "visible"].includes(hiddenCases)) {
      return ['hiddenCases "hidden", "after due date" or "visible"', String(hiddenCases)];
    }
    for (const [key, value] of Object.entries(late)) {
      if (!["graceMinutes", "perDay", "most", "closesAfterDays"].includes(key)) {
        return ["late: graceMinutes, perDay, most, closesAfterDays", key];
      }
      const isShare = key === "perDay" || key === "most";
      if (typeof value !== "number" || !(value >= 0) || (isShare && value > 1)) {
        return [`${key}: ${isShare ? "a share from 0 to 1" : "a number from 0"}`, String(value)];
      }
    }
  }
  for (const [learner, extensions] of Object.entries(policy.extensions ?? {})) {
    for (const [notebook, value] of Object.entries(extensions)) {
      if (notebook !== "all" && !/^\d\d$/.test(notebook)) return [`a notebook or all for ${learner}`, notebook];
      if (!(typeof value === "number" ? value >= 0 : isDate(value))) {
        return [`days or an ISO date for ${learner}`, String(value)];
      }
    }
  }
  for (const [learner, times] of Object.entries(policy.handedIn ?? {})) {
    for (const [notebook, time] of Object.entries(times)) {
      if (!/^\d\d$/.test(notebook)) return [`a notebook for ${learner} in handedIn, as in 03`, notebook];
      if (!isDate(time)) return [`an ISO date for ${learner} in handedIn`, String(time)];
    }
  }
  return undefined;
}

/** What an instructor should know of the rules: learners in them whom nobody has graded. */
export function strangersIn({ extensions, handedIn }: ClassPolicy, learners: ReadonlySet<string>): string[] {
  const named = [...Object.keys(extensions ?? {}), ...Object.keys(handedIn ?? {}).filter((name) => name !== "all")];
  return [...new Set(named)].filter((name) => !learners.has(name)).sort();
}

function isDate(text: unknown): boolean {
  return typeof text === "string" && /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(new Date(text).getTime());
}

function policyError(file: string, expected: string, received: string): CourseError {
  return new CourseError({ what: file, expected, received, remedy: "grading/INSTRUCTORS.md shows an example." });
}
