/**
 * @file The register grammar: plain sentences, three to a document. Needed by the corpus.
 * They carry number, tense, word order, "this" and "these", "a" and "an", and subjects that other nouns part from
 * their verb. Subject and verb are never a held-out combination.
 */

import type { Random } from "@course/lib/random";
import { ADJECTIVES, article, COLOURS, capital, NOUNS, PLACES, RARE_NOUNS, VERBS } from "../words";
import type { World } from "../world";

const SINGULAR_DETERMINERS = ["the", "this", "that", "one", "a", "a"];
const PLURAL_DETERMINERS = ["the", "these", "those", "two", "three", "some"];

export function writeGrammar(world: World, random: Random): string {
  return Array.from({ length: 3 }, () => {
    const kind = random.uniform();
    if (kind < 0.08) return rareSentence(random);
    if (kind < 0.16) return numberRule(world, random);
    if (kind < 0.24) return quality(world, random);
    return action(world, random);
  }).join(" ");
}

/** A noun and a verb that may stand together. */
function pickNounVerb(world: World, random: Random): { noun: string; verb: (typeof VERBS)[number] } {
  for (;;) {
    const noun = random.pick(NOUNS);
    const verb = random.pick(VERBS);
    if (!world.heldOut.nounVerbs.has(`${noun} ${verb.singular}`)) return { noun, verb };
  }
}

/** "The old owl near the barns sleeps now.", "Yesterday two goats ran." */
function action(world: World, random: Random): string {
  const { noun, verb } = pickNounVerb(world, random);
  const plural = random.uniform() < 0.5;
  const subject = subjectPhrase(noun, plural, random);
  const now = plural ? verb.plural : verb.singular;
  if (random.uniform() < 0.45) return `${capital(subject)} ${besidePlace(random)} ${now}${when(random)}.`;
  if (random.uniform() < 0.5) return `${random.pick(["Yesterday", "Last night", "Long ago"])} ${subject} ${verb.past}.`;
  return `${capital(subject)} ${now}${when(random)}.`;
}

/** A noun with its determiner, and perhaps an adjective. */
function subjectPhrase(noun: string, plural: boolean, random: Random): string {
  const adjective = random.uniform() < 0.4 ? `${random.pick(ADJECTIVES)} ` : "";
  const rest = `${adjective}${noun}${plural ? "s" : ""}`;
  const picked = random.pick(plural ? PLURAL_DETERMINERS : SINGULAR_DETERMINERS);
  return `${picked === "a" ? article(rest) : picked} ${rest}`;
}

/** What parts a subject from its verb, with a number of its own: the "attractor". */
function besidePlace(random: Random): string {
  return `${random.pick(["near", "by", "behind"])} the ${random.pick(PLACES)}${random.uniform() < 0.5 ? "s" : ""}`;
}

function when(random: Random): string {
  return random.pick(["", " now", " every day", ` in the ${random.pick(PLACES)}`]);
}

/** "If one owl sleeps, then many owls sleep." */
function numberRule(world: World, random: Random): string {
  const { noun, verb } = pickNounVerb(world, random);
  return `If one ${noun} ${verb.singular}, then many ${noun}s ${verb.plural}.`;
}

/** "The owls are wet.", "This king is rich." */
function quality(world: World, random: Random): string {
  for (;;) {
    const noun = random.pick(NOUNS);
    const adjective = random.pick(ADJECTIVES);
    if (world.heldOut.nounAdjectives.has(`${noun} ${adjective}`)) continue;
    const plural = random.uniform() < 0.5;
    const subject = plural
      ? `${random.pick(["The", "These", "Two"])} ${noun}s`
      : `${random.pick(["The", "This", "One"])} ${noun}`;
    return `${subject} ${plural ? "are" : "is"} ${adjective}.`;
  }
}

/** Rare nouns: in the singular only, and never behind "a" or "an". */
function rareSentence(random: Random): string {
  const noun = random.pick(RARE_NOUNS);
  return random.pick([
    `The ${noun} ${random.pick(VERBS).singular}.`,
    `I saw the ${noun} by the ${random.pick(PLACES)}.`,
    `This ${noun} is ${random.pick(ADJECTIVES)}.`,
    `The ${random.pick(COLOURS)} ${noun} ${random.pick(VERBS).singular} near the ${random.pick(PLACES)}.`,
  ]);
}
