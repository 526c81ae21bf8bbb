/**
 * @file Rankings in a file, one a line as JSON (JSONL), so that more can be appended at any time. Used by notebook 7 for what
 * a learner ranks by hand; `npx course` never deletes it. Leaves out several writers at the same moment.
 */

import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { CourseError } from "./errors";
import { assertRanking, type Ranking } from "./preferences";

/** Adds rankings at the end of a file, which is made if need be. */
export function appendRankings(file: string, rankings: readonly Ranking[]): void {
  rankings.forEach(assertRanking);
  mkdirSync(path.dirname(file), { recursive: true });
  appendFileSync(file, toJsonLines(rankings));
}

/** `{"prompt":"Where does Brena live?","responses":["In Oxley.","Oxley."],"ranks":[2,1],"annotator":"fair"}`, one a line. */
export function toJsonLines(rankings: readonly Ranking[]): string {
  return rankings
    .map(({ prompt, responses, ranks, annotator }) => `${JSON.stringify({ prompt, responses, ranks, annotator })}\n`)
    .join("");
}

/**
 * Reads rankings from a file; none if there is no such file. Whoever ranked the same responses twice changed their mind: the
 * later line counts.
 */
export function readRankings(file: string): Ranking[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  const latest = new Map<string, Ranking>();
  lines.forEach((line, i) => {
    if (line.trim() === "") return;
    const ranking = parse(line, `${file}, line ${i + 1}`);
    const key = JSON.stringify([ranking.annotator, ranking.prompt, [...ranking.responses].sort()]);
    latest.delete(key);
    latest.set(key, ranking);
  });
  return [...latest.values()];
}

function parse(line: string, what: string): Ranking {
  let value: Partial<Ranking> | undefined;
  try {
    value = JSON.parse(line) as Partial<Ranking>;
  } catch {
    value = undefined; // judged with everything else that is wrong
  }
  const { prompt, responses, ranks, annotator } = value ?? {};
  const isText = (x: unknown): x is string => typeof x === "string";
  const right =
    isText(prompt) && isText(annotator) && Array.isArray(responses) && responses.every(isText) && Array.isArray(ranks);
  if (right) {
    const ranking = { prompt, responses, ranks, annotator } as Ranking;
    assertRanking(ranking);
    return ranking;
  }
  throw new CourseError({
    what,
    expected: "a ranking as JSON: prompt, responses, ranks and annotator",
    received: line.length > 60 ? `${line.slice(0, 60)} ...` : line,
    remedy: "Mend or delete that line; the others stay as they are.",
  });
}
