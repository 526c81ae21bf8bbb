/**
 * @file Writes the pages: one feedback page per learner and notebook, in a folder per learner, and the class page.
 * Used by `course report`.
 */

import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { classPage } from "./class-page";
import { feedbackPage } from "./feedback-page";
import type { Grade } from "./gradebook";

/** What was written. */
export interface ReportFiles {
  classPage: string;
  feedback: { grade: Grade; file: string }[];
}

/** Writes all pages into a folder; what was there from an earlier report is replaced. */
export function writeReport(
  grades: readonly Grade[],
  folder: string,
  { title, now = new Date() }: { title?: string; now?: Date } = {},
): ReportFiles {
  const options = title === undefined ? {} : { title };
  rmSync(path.join(folder, "feedback"), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const feedback = grades.map((grade) => ({ grade, file: path.join(folder, feedbackPath(grade)) }));
  for (const { grade, file } of feedback) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, feedbackPage(grade, options));
  }
  const file = path.join(folder, "class.html");
  writeFileSync(file, classPage(grades, { ...options, feedback: feedbackPath, now }));
  return { classPage: file, feedback };
}

/** Where the feedback page of a grade is: `feedback/ada/03.html`. */
function feedbackPath({ learner, notebook, result }: Grade): string {
  return `feedback/${fileName(learner)}/${fileName(notebook || result.submission.file)}.html`;
}

/** A file name that every system takes and that leads nowhere else; a changed one is told apart by a hash. */
export function fileName(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9@._-]/g, "_").slice(0, 60);
  const reserved = /^(\.|con|prn|aux|nul|com\d|lpt\d)/i.test(plain) || /\.$/.test(plain);
  if (plain === text && plain !== "" && !reserved && !/[A-Z]/.test(plain)) return plain;
  return `${plain.replace(/^\.+/, "_")}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}
