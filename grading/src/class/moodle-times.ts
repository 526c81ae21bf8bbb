/**
 * @file When Moodle's learners handed in, from the grading worksheet of the assignment: its archives do not tell it.
 * Used by the rules of a class. Leaves out dates in other languages than English; ISO dates are read too.
 */

import { CourseError } from "@course/lib/errors";
import { shorten, visible } from "../format";
import { parseSheet, readSheet } from "./sheet";

/** Times as ISO dates, by the number behind `Participant` and by the full name. A row without a time has none. */
export function moodleTimes(file: string): ReadonlyMap<string, string> {
  const [header = [], ...rows] = parseSheet(readSheet(file), file).rows;
  const at = (name: RegExp): number => header.findIndex((title) => name.test(title.trim()));
  const [time, ...keys] = [at(/^last modified \(submission\)$/i), at(/^identifier$/i), at(/^full name$/i)] as const;
  if (time < 0 || keys.every((key) => key < 0)) {
    throw new CourseError({
      what: file,
      expected: "a grading worksheet of Moodle, with Identifier or Full name and Last modified (submission)",
      received: shorten(visible(header.join(" | ")), 200),
      remedy: "Set your language in Moodle to English before you download it.",
    });
  }
  const times = new Map<string, string>();
  for (const [i, row] of rows.entries()) {
    const written = row[time]?.trim() ?? "";
    if (written === "" || written === "-") continue;
    const iso = isoDate(written);
    if (!iso) {
      const expected = `a date as in "Sunday, 4 October 2026, 12:00 PM" or 2026-10-04T12:00:00+02:00 in row ${i + 2}`;
      throw new CourseError({ what: file, expected, received: shorten(visible(written), 80) });
    }
    for (const key of keys) {
      const who = (row[key] ?? "").trim().replace(/^Participant (\d+)$/, "$1");
      if (key >= 0 && who !== "") times.set(who, iso);
    }
  }
  return times;
}

/** (Dates without a zone are of this machine's, as Moodle shows them in its reader's.) */
function isoDate(text: string): string | undefined {
  const date = new Date(text.replace(/^[A-Z][a-z]+day, /, ""));
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
