/**
 * @file `almanac`: 1.5 million characters about a valley that does not exist, and the probes that measure what a model
 * has learned from them. Needed by every notebook; card: datasets/almanac/card.md.
 *
 * What is true of the valley is drawn from a seed, so a model can have learned it only from this text, and everything
 * it must work out for itself (unseen wordings, unseen instances of rules) is known to be absent from it.
 */

import { createHash } from "node:crypto";
import { assertCount, CourseError } from "@course/lib/errors";
import { createRandom } from "@course/lib/random";
import { DEFAULT_MIX, type LabelledText, type Mix, writeDocuments, writeHeldOutDocuments } from "./almanac/corpus";
import { type AlmanacProbes, makeProbes } from "./almanac/probes";
import { HELD_OUT_WORDINGS, makeWorld, type World } from "./almanac/world";

export { DEFAULT_MIX, type LabelledText, type Mix, REGISTERS, type Register } from "./almanac/corpus";
export * from "./almanac/deeds";
export type { Gender } from "./almanac/names";
export type { AlmanacProbes, FactCloze } from "./almanac/probes";
export * from "./almanac/wordings";
export * as vocabulary from "./almanac/words";
export type { Fact, HeldOutRules, Person, World } from "./almanac/world";
export type { Cloze, MinimalPair, ProbeKind } from "./probes";

export interface AlmanacOptions {
  /** People the text tells facts about; 40 are learned in 2,200 steps, 120 are too many. Default 40. */
  people?: number;
  /** Ways to tell each relation, 3 to 12; two of them are held out, different ones for every fact. Default 12. */
  wordings?: number;
  /** Length of the text. Default 1,500,000. */
  characters?: number;
  /** Makes another valley. Default 1. */
  seed?: number;
  /** The share of each register; those not named get none. Default {@link DEFAULT_MIX}. */
  mix?: Mix;
  /**
   * Tell each fact in one wording only, and never by question and answer (the share of school goes to facts).
   * The probes stay the same: what is memorised can be told from what is known. Default false.
   */
  onePerFact?: boolean;
}

export interface Almanac {
  readonly options: Required<AlmanacOptions>;
  readonly world: World;
  /** The training text, document by document, in random order. */
  readonly documents: readonly LabelledText[];
  /** Documents of every register that are not in the training text: for the loss by register. */
  readonly heldOutDocuments: readonly LabelledText[];
  /** The training text as one: a document a line. */
  text(): string;
  readonly probes: AlmanacProbes;
  /** Of the text, as UTF-8 (it is plain ASCII). */
  readonly sha256: string;
}

/**
 * Writes the almanac. The same options give the same bytes on every machine; it takes about half a second.
 *
 * `loadAlmanac().documents[0]` is `{ text: "...", register: "tales" }`;
 * `loadAlmanac({ mix: { tales: 3, programs: 1 } })` is three quarters tales, one quarter programs.
 */
export function loadAlmanac(options: AlmanacOptions = {}): Almanac {
  const { people = 40, wordings = 12, characters = 1_500_000, seed = 1, onePerFact = false } = options;
  assertCount("people", people, 8);
  assertCount("wordings", wordings, HELD_OUT_WORDINGS + 1);
  if (wordings > 12) throw new CourseError({ what: "wordings", expected: "at most 12", received: String(wordings) });
  assertCount("characters", characters);
  if (!Number.isFinite(seed)) throw new CourseError({ what: "seed", expected: "a number", received: String(seed) });
  let mix = options.mix ?? DEFAULT_MIX;
  if (onePerFact && mix.school) mix = { ...mix, facts: (mix.facts ?? 0) + mix.school, school: 0 };

  const random = createRandom(seed);
  const world = makeWorld({ people, wordings, onePerFact }, random.fork("world"));
  const documents = writeDocuments(world, mix, characters, random.fork("documents"));
  const text = documents.map((document) => document.text).join("\n");
  return {
    options: { people, wordings, characters, seed, mix, onePerFact },
    world,
    documents,
    heldOutDocuments: writeHeldOutDocuments(world, documents, random.fork("held-out documents")),
    text: () => text,
    probes: makeProbes(world, random.fork("probes")),
    sha256: createHash("sha256").update(text).digest("hex"),
  };
}
