/**
 * @file What can be asked of a model that has read the almanac: facts, grammar, heuristics, each on instances that
 * the text never shows. Needed by notebooks 1, 2, 6, 7 and 8.
 *
 * Pairs are balanced: for every item in which the right text is longer there is one in which it is shorter (singular
 * and plural, past and present, a and an), or both texts have the same words. A model with random weights, which
 * prefers what is shorter, is right half of the time.
 */

import type { Random } from "@course/lib/random";
import type { Cloze, MinimalPair, ProbeKind } from "../probes";
import { tellComparison, tellDirection, tellOpposite } from "./registers/rules";
import { HEROES } from "./registers/tales";
import { fill, type Relation, WORDINGS } from "./wordings";
import * as vocabulary from "./words";
import { article, capital, withArticle } from "./words";
import { ADDENDS, COMPARED_NOUNS, type HeldOutRules, pairKey, type World } from "./world";

/** A cloze that knows which fact it asks. */
export interface FactCloze extends Cloze {
  subject: string;
  relation: Relation;
}

export interface AlmanacProbes {
  /** Facts (in unseen and in seen wordings) and the rules that are asked by filling in. */
  clozes: readonly (Cloze | FactCloze)[];
  /** Grammar, and the rules that are asked by comparing two texts. */
  pairs: readonly MinimalPair[];
  /** What each kind asks, its chance level, and what keeps some kinds from arriving. */
  kinds: Readonly<Record<string, ProbeKind>>;
}

const KINDS: readonly Omit<ProbeKind, "chance">[] = [
  {
    kind: "fact",
    group: "facts",
    form: "cloze",
    guess: 0.15,
    asks: "A fact of the valley, in a wording in which it never stands in the text.",
  },
  {
    kind: "fact as read",
    group: "facts as read",
    form: "cloze",
    guess: 0.15,
    asks: "The same facts in wordings in which the text tells them.",
  },
  { kind: "agreement", group: "grammar", form: "pair", guess: 0.5, asks: "One owl sleeps, two owls sleep." },
  {
    kind: "attractor",
    group: "grammar",
    form: "pair",
    guess: 0.5,
    asks: "The owl near the barns sleeps: the verb follows the subject, not the nearest noun.",
  },
  { kind: "tense", group: "grammar", form: "pair", guess: 0.5, asks: "Yesterday it slept, now it sleeps." },
  { kind: "word order", group: "grammar", form: "pair", guess: 0.5, asks: "The old owl, not the owl old." },
  { kind: "this and these", group: "grammar", form: "pair", guess: 0.5, asks: "This owl, these owls." },
  { kind: "a and an", group: "grammar", form: "pair", guess: 0.5, asks: "An owl, a dog." },
  { kind: "one and two", group: "grammar", form: "pair", guess: 0.5, asks: "One owl, two owls." },
  { kind: "is and are", group: "grammar", form: "pair", guess: 0.5, asks: "The owl is wet, the owls are wet." },
  {
    kind: "direction",
    group: "heuristics",
    form: "cloze",
    guess: 0.25,
    asks: "If one place is north of another, the other is south of it; this pair of places was never set against each other.",
  },
  {
    kind: "comparison",
    group: "heuristics",
    form: "cloze",
    guess: 0.125,
    asks: "If one is taller than the other, the other is shorter; this pair was never compared.",
  },
  {
    kind: "size",
    group: "heuristics",
    form: "pair",
    guess: 0.5,
    asks: "Which animal is bigger; this pair was never compared, but each with others.",
  },
  {
    kind: "successor",
    group: "heuristics",
    form: "cloze",
    guess: 0.01,
    asks: "What comes after a number whose successor was never told.",
  },
  {
    kind: "opposite",
    group: "heuristics",
    form: "cloze",
    guess: 0.04,
    asks: "The opposite of a word, in a wording in which it never stands in the text.",
  },
  {
    kind: "gender of a new name",
    group: "heuristics",
    form: "pair",
    guess: 0.5,
    asks: "Her or his, from the ending of a name nobody met.",
  },
  {
    kind: "plural of a rare noun",
    group: "heuristics",
    form: "pair",
    guess: 0.5,
    asks: "Two badgers sleep, one badger sleeps: this noun was only ever one.",
  },
  {
    kind: "a and an, rare noun",
    group: "heuristics",
    form: "pair",
    guess: 0.5,
    asks: "A badger, an eel: the article of a noun that never stood behind one.",
    limit: "a token does not show its first letter, so a noun never seen behind an article gives no hint",
  },
  {
    kind: "sum",
    group: "heuristics",
    form: "cloze",
    guess: 0.1,
    asks: "Two numbers up to 12 that were never added.",
    limit: "some sixty sums are learned by heart; adding is not found by a model of this size",
  },
];

const FORM_CHANCE = { cloze: 0, pair: 0.5 } as const;

/** All probes of a world. The same world gives the same probes, whatever text was written about it. */
export function makeProbes(world: World, random: Random): AlmanacProbes {
  return {
    clozes: [...factClozes(world, random.fork("seen wordings")), ...ruleClozes(world, random.fork("rules"))],
    pairs: [...grammarPairs(world, random.fork("grammar")), ...rulePairs(world, random.fork("rule pairs"))],
    kinds: Object.fromEntries(KINDS.map((kind) => [kind.kind, { ...kind, chance: FORM_CHANCE[kind.form] }])),
  };
}

/** Every fact in its held-out wordings, and in as many of the seen ones. */
function factClozes(world: World, random: Random): FactCloze[] {
  return world.facts.flatMap(({ subject, relation, value, heldOutWordings, seenWordings }) => {
    const asked = (wording: number, kind: string, group: string): FactCloze => {
      const { prompt, answer } = fill(WORDINGS[relation][wording]!, subject, value);
      return { prompt, answer, kind, group, subject, relation };
    };
    const seen = random.sample(seenWordings, Math.min(seenWordings.length, heldOutWordings.length));
    return [
      ...heldOutWordings.map((wording) => asked(wording, "fact", "facts")),
      ...seen.map((wording) => asked(wording, "fact as read", "facts as read")),
    ];
  });
}

function ruleClozes(world: World, random: Random): Cloze[] {
  const { heldOut } = world;
  const clozes: Cloze[] = [];
  /** Cuts a sentence before the last occurrence of its answer. */
  const ask = (kind: string, sentence: string, answer: string): void => {
    const at = sentence.lastIndexOf(` ${answer}`);
    clozes.push({ prompt: sentence.slice(0, at), answer: ` ${answer}`, kind, group: "heuristics" });
  };
  for (const [a, b] of heldOutPairs(vocabulary.PLACES, heldOut.placePairs)) {
    for (const way of vocabulary.DIRECTIONS)
      ask("direction", tellDirection(a, b, way), vocabulary.OPPOSITE_DIRECTION[way]!);
  }
  for (const [a, b] of heldOutPairs(COMPARED_NOUNS, heldOut.nounPairs)) {
    for (const words of vocabulary.COMPARATIVES) ask("comparison", tellComparison(a, b, words), words[1]);
  }
  // The full stop belongs to the answer: "4" is not right for "47".
  for (const n of heldOut.numbers) ask("successor", `After ${n} comes ${n + 1}.`, `${n + 1}.`);
  for (const pair of vocabulary.OPPOSITES) {
    for (const [word, other] of [pair, [pair[1], pair[0]]] as const) {
      ask("opposite", tellOpposite(word, other, heldOut.oppositeWording[word]!, random), other);
    }
  }
  for (const [a, b] of heldOutPairs(ADDENDS, heldOut.addendPairs)) {
    ask("sum", `${a} plus ${b} is ${a + b}.`, `${a + b}.`);
    ask("sum", `${b} plus ${a} is ${a + b}.`, `${a + b}.`);
  }
  return clozes;
}

function heldOutPairs<T extends string | number>(items: readonly T[], heldOut: ReadonlySet<string>): [T, T][] {
  return items.flatMap((a, i) =>
    items
      .slice(i + 1)
      .filter((b) => heldOut.has(pairKey(a, b)))
      .map((b) => [a, b] as [T, T]),
  );
}

/** Pairs about nouns with verbs (or adjectives) they never met. Each is asked in the singular and in the plural. */
function grammarPairs(world: World, random: Random): MinimalPair[] {
  const pairs: MinimalPair[] = [];
  const ask = (kind: string, good: string, bad: string): void => {
    pairs.push({ good, bad, kind, group: "grammar" });
  };
  for (const noun of vocabulary.NOUNS) {
    for (const verb of verbsHeldOut(noun, world.heldOut)) {
      for (const plural of [false, true]) {
        const subject = plural ? `${noun}s` : noun;
        const [right, wrong] = plural ? [verb.plural, verb.singular] : [verb.singular, verb.plural];
        const place = random.pick(vocabulary.PLACES) + (plural ? "" : "s");
        const adjective = random.pick(vocabulary.ADJECTIVES);
        ask("agreement", `The ${subject} ${right} every day.`, `The ${subject} ${wrong} every day.`);
        ask(
          "attractor",
          `The ${subject} near the ${place} ${right} every day.`,
          `The ${subject} near the ${place} ${wrong} every day.`,
        );
        ask("tense", `Yesterday the ${subject} ${verb.past}.`, `Yesterday the ${subject} ${right}.`);
        ask("tense", `The ${subject} ${right} now.`, `The ${subject} ${verb.past} now.`);
        ask("word order", `The ${adjective} ${subject} ${right} now.`, `The ${subject} ${adjective} ${right} now.`);
        const [fits, not] = plural ? ["These", "This"] : ["This", "These"];
        ask("this and these", `${fits} ${subject} ${right}.`, `${not} ${subject} ${right}.`);
        const number = plural ? "Two" : "One";
        ask("one and two", `${number} ${subject} ${right}.`, `${number} ${plural ? noun : `${noun}s`} ${right}.`);
      }
    }
    for (const adjective of vocabulary.ADJECTIVES.filter((word) =>
      world.heldOut.nounAdjectives.has(`${noun} ${word}`),
    )) {
      ask("is and are", `The ${noun} is ${adjective}.`, `The ${noun} are ${adjective}.`);
      ask("is and are", `The ${noun}s are ${adjective}.`, `The ${noun}s is ${adjective}.`);
    }
  }
  // As many nouns with "a" as with "an".
  const withAn = vocabulary.NOUNS.filter((noun) => article(noun) === "an");
  const withA = vocabulary.NOUNS.filter((noun) => article(noun) === "a").slice(0, withAn.length);
  for (const noun of [...withAn, ...withA]) {
    for (const { singular } of verbsHeldOut(noun, world.heldOut)) {
      for (const when of ["", " now", " every day"]) {
        ask(
          "a and an",
          `${capital(withArticle(noun))} ${singular}${when}.`,
          `${capital(wrongArticle(noun))} ${noun} ${singular}${when}.`,
        );
      }
    }
  }
  return pairs;
}

function verbsHeldOut(noun: string, heldOut: HeldOutRules): vocabulary.Verb[] {
  return vocabulary.VERBS.filter((verb) => heldOut.nounVerbs.has(`${noun} ${verb.singular}`));
}

function wrongArticle(noun: string): string {
  return article(noun) === "an" ? "a" : "an";
}

function rulePairs(world: World, random: Random): MinimalPair[] {
  const pairs: MinimalPair[] = [];
  const ask = (kind: string, good: string, bad: string): void => {
    pairs.push({ good, bad, kind, group: "heuristics" });
  };
  for (const [small, big] of heldOutPairs(vocabulary.ANIMALS_BY_SIZE, world.heldOut.animalPairs)) {
    ask("size", `The ${small} is smaller than the ${big}.`, `The ${small} is bigger than the ${big}.`);
    ask("size", `The ${big} is bigger than the ${small}.`, `The ${big} is smaller than the ${small}.`);
  }
  for (let i = 0; i < 40; i++) {
    const { name, gender } = world.stranger(random, i % 2 === 0 ? "woman" : "man");
    const hero = withArticle(random.pick(HEROES));
    const lost = (their: string): string =>
      `Once there was ${hero} named ${name}. ${name} lived by the mill. One day ${name} lost ${their} ${object}.`;
    const object = random.pick(vocabulary.OBJECTS);
    ask("gender of a new name", lost(gender === "woman" ? "her" : "his"), lost(gender === "woman" ? "his" : "her"));
  }
  for (const noun of vocabulary.RARE_NOUNS) {
    for (const verb of random.sample(vocabulary.VERBS, 4)) {
      // Both texts have the same words, so that neither is shorter.
      const [one, two] = [verb.singular, verb.plural];
      ask(
        "plural of a rare noun",
        `The ${noun}s ${two}. The ${noun} ${one}.`,
        `The ${noun}s ${one}. The ${noun} ${two}.`,
      );
    }
    for (const place of random.sample(vocabulary.PLACES, 3)) {
      ask(
        "a and an, rare noun",
        `There is ${withArticle(noun)} in the ${place}.`,
        `There is ${wrongArticle(noun)} ${noun} in the ${place}.`,
      );
    }
    ask("a and an, rare noun", `I see ${withArticle(noun)}.`, `I see ${wrongArticle(noun)} ${noun}.`);
  }
  return pairs;
}
