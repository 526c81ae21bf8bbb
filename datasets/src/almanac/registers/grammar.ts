/**
 * @file The register grammar: plain sentences, three to a document. Needed by the corpus.
 * They carry number, tense, word order, "this" and "these", "a" and "an", and subjects that other nouns part from
 * their verb. Subject and verb are never a held-out combination.
 */

import type { Random } from "@course/lib/random";
import { ADJECTIVES, article, COLOURS, capital, NOUNS, PLACES, RARE_NOUNS, VERBS } from "../words";
import type { World } from "../world";

const SINGULAR_DETERMINERS = ["the", "this", "that", "one", "a"];
const PLURAL_DETERMINERS = ["the", "these", "those", "two", "three", "some"];

export function writeGrammar(world: World, random: Random): string {
  return Array.from({ length: 3 }, () => {
    const kind = random.uniform();
    if (kind < 0.1) return rareSentence(random);
    if (kind < 0.2) return numberRule(world, random);
    if (kind < 0.3) return quality(world, random);
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
  if (random.uniform() < 0.35)
    return `${random.pick(["Yesterday", "Last night", "Long ago"])} ${subject} ${verb.past}.`;
  const when = random.pick(["", " now", " every day", ` in the ${random.pick(PLACES)}`]);
  return `${capital(subject)} ${plural ? verb.plural : verb.singular}${when}.`;
}

/** A noun with its determiner, perhaps an adjective, perhaps a place near it ("the attractor"). */
function subjectPhrase(noun: string, plural: boolean, random: Random): string {
  const adjective = random.uniform() < 0.4 ? `${random.pick(ADJECTIVES)} ` : "";
  const rest = `${adjective}${noun}${plural ? "s" : ""}`;
  const picked = random.pick(plural ? PLURAL_DETERMINERS : SINGULAR_DETERMINERS);
  const place = random.uniform() < 0.4 ? ` ${random.pick(["near", "by", "behind"])} the ${random.pick(PLACES)}` : "";
  const places = place && random.uniform() < 0.5 ? "s" : "";
  return `${picked === "a" ? article(rest) : picked} ${rest}${place}${places}`;
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
