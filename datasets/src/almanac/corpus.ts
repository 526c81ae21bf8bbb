/**
 * @file The text of the almanac: registers mixed by their share of characters. Needed by notebook 1 (data mixes, loss
 * by register) and by everything that trains.
 *
 * Each register draws from its own stream, so a different mix takes more or fewer documents from the same streams, and
 * two mixes can be compared. A few documents of every register are kept apart to measure the loss on.
 */

import { CourseError } from "@course/lib/errors";
import type { Random } from "@course/lib/random";
import { writeGrammar } from "./registers/grammar";
import { writeMoral } from "./registers/morals";
import { factsWriter, letterWriter, schoolWriter } from "./registers/people";
import { writeRules } from "./registers/rules";
import { writeTale } from "./registers/tales";
import { writeLedger, writeProgram, writeRecipe } from "./registers/work";
import type { World } from "./world";

export type Register =
  | "facts"
  | "school"
  | "letters"
  | "grammar"
  | "tales"
  | "rules"
  | "morals"
  | "recipes"
  | "programs"
  | "ledger";

/** A text with the register it belongs to. */
export interface LabelledText {
  text: string;
  register: Register;
}

/** The share of each register, by characters. Registers left out get none; the shares need not sum to 1. */
export type Mix = Partial<Record<Register, number>>;

/** Starts a register: every call of what it returns writes the next document. */
type Writer = (world: World, random: Random) => () => string;

const independent =
  (write: (world: World, random: Random) => string): Writer =>
  (world, random) =>
  () =>
    write(world, random);

const WRITERS: Record<Register, Writer> = {
  facts: factsWriter,
  school: schoolWriter,
  letters: letterWriter,
  grammar: independent(writeGrammar),
  tales: independent(writeTale),
  rules: independent(writeRules),
  morals: independent(writeMoral),
  recipes: independent(writeRecipe),
  programs: independent(writeProgram),
  ledger: independent(writeLedger),
};

export const REGISTERS: readonly Register[] = Object.keys(WRITERS) as Register[];

/** The mix that a GPT of 0.9 million weights learns in 2,200 steps: facts need half of all characters. */
export const DEFAULT_MIX: Readonly<Record<Register, number>> = {
  facts: 0.33,
  school: 0.145,
  letters: 0.055,
  grammar: 0.135,
  tales: 0.1,
  rules: 0.145,
  morals: 0.045,
  recipes: 0.02,
  programs: 0.015,
  ledger: 0.01,
};

/** Characters of each register kept out of the text, to measure the loss on. */
const HELD_OUT_CHARACTERS = 6_000;

/** The documents of the text, in random order; together with line ends they have at least `characters` characters. */
export function writeDocuments(world: World, mix: Mix, characters: number, random: Random): LabelledText[] {
  const registers = checkMix(mix);
  const writers = new Map(registers.map((register) => [register, WRITERS[register](world, random.fork(register))]));
  const written = new Map(registers.map((register) => [register, 0]));
  const documents: LabelledText[] = [];
  for (let total = 0; total < characters; ) {
    const register = furthestBehind(registers, written, mix);
    const text = writers.get(register)!();
    documents.push({ text, register });
    written.set(register, written.get(register)! + text.length);
    total += text.length + 1;
  }
  return random.fork("order").shuffle(documents);
}

/** Documents of every register that the text does not contain. */
export function writeHeldOutDocuments(world: World, written: readonly LabelledText[], random: Random): LabelledText[] {
  const known = new Set(written.map(({ text }) => text));
  return REGISTERS.flatMap((register) => {
    const write = WRITERS[register](world, random.fork(register));
    const documents: LabelledText[] = [];
    for (let total = 0, misses = 0; total < HELD_OUT_CHARACTERS && misses < 10_000; ) {
      const text = write();
      if (known.has(text)) {
        misses++; // a very long text may have used up all that a register can say
        continue;
      }
      known.add(text);
      documents.push({ text, register });
      total += text.length + 1;
    }
    return documents;
  });
}

/** The register that has written least of its share. */
function furthestBehind(registers: readonly Register[], written: ReadonlyMap<Register, number>, mix: Mix): Register {
  let best = registers[0]!;
  for (const register of registers) {
    if (written.get(register)! / mix[register]! < written.get(best)! / mix[best]!) best = register;
  }
  return best;
}

function checkMix(mix: Mix): Register[] {
  for (const [register, share] of Object.entries(mix)) {
    if (!(register in WRITERS)) {
      throw new CourseError({ what: "mix", expected: `registers among ${REGISTERS.join(", ")}`, received: register });
    }
    if (!(share >= 0 && share < Infinity)) {
      throw new CourseError({ what: `mix.${register}`, expected: "a number of at least 0", received: String(share) });
    }
  }
  const registers = REGISTERS.filter((register) => (mix[register] ?? 0) > 0);
  if (registers.length === 0) {
    throw new CourseError({ what: "mix", expected: "at least one register with a share above 0", received: "none" });
  }
  return registers;
}
