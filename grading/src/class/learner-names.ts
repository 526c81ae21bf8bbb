/**
 * @file Who handed in a file, from its path: the ways in which LMSs, nbgrader and people name what they download. Path
 * parts are text of strangers: they are cut and made visible, and never used as a path again.
 */

import { shorten, visible } from "../format";
import { courseNotebook, notebookNumbers } from "./course-copy";
import type { Submission, Timing } from "./types";

/** What a path tells. */
export type Handed = Pick<Submission, "learner" | "name" | "lmsId"> & { submittedAt?: string; timing?: Timing };

/** An id longer than this is cut. */
const LONGEST_ID = 100;

/**
 * Reads a path, relative to the folder or archive that was given.
 *
 * - nbgrader: `submitted/alice/ps3/03-gradient-descent.ipynb`
 * - Moodle: `Alice Doe_12345_assignsubmission_file/03.ipynb`, or all of it in the file's name
 * - Canvas: `doealice_12345_67890_03-gradient-descent-1.ipynb` (with `_LATE` behind the name when it was late), and
 *   `anon_aB3xZ_67890_03-gradient-descent.ipynb` where names are hidden
 * - Blackboard: `Homework_adoe_attempt_2026-10-01-12-00-00_03.ipynb`
 * - Brightspace: `4711-12345 - Alice Doe - Oct 1, 2026 1200 PM/03.ipynb`
 * - everything else: the first folder, else the file's name without the notebook's
 *
 * `given` is the name of the folder or archive itself.
 */
export function whoHanded(path: string, given: string): Handed {
  const parts = path.split("/").filter(Boolean);
  const file = parts.at(-1) ?? "";
  const folders = parts.slice(0, -1);
  const submitted = [given, ...folders].lastIndexOf("submitted");
  if (submitted >= 0 && folders.length > submitted) return handed(folders[submitted]!);
  for (const folder of folders) {
    const moodle = /^(.+)_(\d+)_assignsubmission_\w+?_?$/.exec(folder);
    if (moodle) return { ...handed(moodle[1]!), name: clean(moodle[1]!), lmsId: moodle[2]!, timing: "unknown" };
    const brightspace = /^\d+-(\d+) - (.+?) - .*\d{4}/.exec(folder);
    if (brightspace) return { ...handed(brightspace[2]!), name: clean(brightspace[2]!), lmsId: brightspace[1]! };
  }
  const flat = /^(.+)_(\d+)_assignsubmission_[a-z]+_.+\./.exec(file);
  if (flat) return { ...handed(flat[1]!), name: clean(flat[1]!), lmsId: flat[2]!, timing: "unknown" };
  // What a learner packed into an archive lies in a folder that is called as the archive was.
  for (const name of [file, ...folders.map((folder) => `${folder}.zip`)]) {
    const uploaded = blackboardName(name) ?? canvasName(name);
    if (uploaded) return uploaded;
  }
  const folder = folders.find((name) => !isNotebook(name));
  if (folder) return handed(folder);
  return handed(nameInFile(file) ?? given);
}

/** Whether an archive that lies among others is one learner's, and so is called as the learner is: `alice.zip`. */
export function isOfOneLearner(members: readonly { path: string }[], name: string): boolean {
  if (members.some(({ path }) => /\.zip$/i.test(path))) return false;
  const notebooks = members.filter(({ path }) => /\.ipynb$/i.test(path) && !path.startsWith("__MACOSX/"));
  return new Set(notebooks.map(({ path }) => whoHanded(path, name).learner)).size === 1;
}

/** What the notebooks are called. Read once, as it is asked of every part of every path. */
let notebookNames: ReadonlySet<string> | undefined;

/** Whether a folder, or a part of a file's name, is called after a notebook. */
function isNotebook(name: string): boolean {
  notebookNames ??= new Set(notebookNumbers().flatMap((number) => [number, courseNotebook(number).name]));
  return notebookNames.has(name) || /^(notebook|lesson|exercise|assignment)?[ _-]?\d\d?$/i.test(name);
}

function blackboardName(file: string): Handed | undefined {
  const match = /^.+?_([^_]+)_attempt_(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)_/.exec(file);
  if (!match) return undefined;
  const [, learner, day, hour, minute, second] = match;
  return { ...handed(learner!), submittedAt: `${day}T${hour}:${minute}:${second}.000Z` };
}

function canvasName(file: string): Handed | undefined {
  const named = /^([^_]+)(_LATE)?_(\d+)_(\d+)_.+\./.exec(file);
  if (named) {
    const [, name, late, lmsId] = named;
    return { ...handed(name!), name: clean(name!), lmsId: lmsId!, timing: late ? "late" : "in time" };
  }
  const hidden = /^(LATE_)?(anon_[A-Za-z0-9]+)_\d+_.+\./.exec(file);
  return hidden ? { ...handed(hidden[2]!), timing: hidden[1] ? "late" : "in time" } : undefined;
}

/** What is left of a file's name without the notebook's: `03-gradient-descent_alice (1).ipynb` is `alice`. */
function nameInFile(file: string): string | undefined {
  const base = file.replace(/\.ipynb.*$|\.json$/i, "").replace(/\s*\(\d+\)$|-\d$/, "");
  const parts = base.split(/[_ ]+/).filter((part) => part !== "" && !isNotebook(part) && !/^\d\d?$/.test(part));
  return parts.length > 0 ? parts.join("_") : undefined;
}

function handed(learner: string): Handed {
  return { learner: clean(learner) || "unknown" };
}

function clean(text: string): string {
  return shorten(
    visible(text.normalize("NFC"))
      .replace(/[\n\t]/g, " ")
      .trim(),
    LONGEST_ID,
  );
}

/** The date of nbgrader's `timestamp.txt`: `2026-10-01 12:00:00.123456 UTC`. */
export function parseTimestamp(text: string): string | undefined {
  const match = /^\s*(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?\s*(UTC|Z|[+-]\d\d:?\d\d)?/.exec(text);
  if (!match) return undefined;
  const zone = !match[3] || match[3] === "UTC" ? "Z" : match[3];
  const date = new Date(`${match[1]}T${match[2]}${zone}`);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
