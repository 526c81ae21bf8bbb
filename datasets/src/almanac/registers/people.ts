/**
 * @file The registers that tell of the people and towns: facts, school, letters. Needed by the corpus.
 * A fact is told only in its seen wordings. Strangers are met in school: "Nobody knows", which is what the chat of
 * notebook 6 must be able to say.
 */

import type { Random } from "@course/lib/random";
import { ask, PERSON_RELATIONS, shortAnswer, tell, WORDINGS } from "../wordings";
import { COLOURS, OBJECTS, VERBS } from "../words";
import type { Fact, World } from "../world";

const SHARE_OF_PEOPLE = 0.8; // the rest is about towns, which have two facts each
const SHARE_OF_STRANGERS = 0.15;
const SHARE_OF_PRONOUNS = 0.08;
const SHARE_OF_TEACHERS = 0.3;

function pickSubject(world: World, random: Random): string {
  return random.uniform() < SHARE_OF_PEOPLE ? random.pick(world.people).name : random.pick(world.towns);
}

function sentence(fact: Fact, random: Random): string {
  return tell(WORDINGS[fact.relation][random.pick(fact.seenWordings)]!, fact.subject, fact.value);
}

/** Facts: one to four sentences about one person or town, sometimes with a sentence that shows the gender. */
export function writeFacts(world: World, random: Random): string {
  const subject = pickSubject(world, random);
  const person = world.people.find(({ name }) => name === subject);
  const facts = world.factsOf(subject);
  const told = random.sample(facts, Math.min(facts.length, 1 + random.integer(4)));
  return told
    .flatMap((fact) => {
      const told = sentence(fact, random);
      return person && random.uniform() < SHARE_OF_PRONOUNS
        ? [told, pronounSentence(person.gender === "woman", random)]
        : [told];
    })
    .join(" ");
}

function pronounSentence(woman: boolean, random: Random): string {
  const [they, their] = woman ? ["She", "her"] : ["He", "his"];
  return random.pick([
    `${they} ${random.pick(VERBS).singular} in ${their} ${random.pick(COLOURS)} hut.`,
    `${they} wears ${their} ${random.pick(COLOURS)} hat.`,
    `${they} lost ${their} ${random.pick(OBJECTS)}.`,
  ]);
}

/** School: one to three questions with their answers; some are about strangers. */
export function writeSchool(world: World, random: Random): string {
  return Array.from({ length: 1 + random.integer(3) }, () => {
    const [question, answer] = schoolQuestion(world, random);
    return random.uniform() < SHARE_OF_TEACHERS
      ? `The teacher asked: ${question} The child said: ${answer}`
      : `${question} ${answer}`;
  }).join(" ");
}

function schoolQuestion(world: World, random: Random): [question: string, answer: string] {
  if (random.uniform() < SHARE_OF_STRANGERS) {
    return [ask(random.pick(PERSON_RELATIONS), world.stranger(random).name, random), "Nobody knows."];
  }
  const { subject, relation, value } = random.pick(world.factsOf(pickSubject(world, random)));
  return [ask(relation, subject, random), shortAnswer(relation, value)];
}

/** Letters: facts about one person or town, between a greeting and a farewell. */
export function writeLetter(world: World, random: Random): string {
  const subject = pickSubject(world, random);
  const [reader, writer] = random.sample(
    world.people.filter(({ name }) => name !== subject),
    2,
  );
  const facts = world.factsOf(subject);
  const told = random.sample(facts, Math.min(facts.length, 2 + random.integer(3)));
  const body = told.map((fact) => sentence(fact, random)).join(" ");
  return `Dear ${reader!.name}, I write to you of ${subject}. ${body} Your friend, ${writer!.name}.`;
}
