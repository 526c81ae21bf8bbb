/**
 * @file The registers that tell of the people and towns: facts, school, letters. Needed by the corpus.
 * A fact is told only in its seen wordings. Strangers are met in school: "Nobody knows", which is what the chat of
 * notebook 6 must be able to say.
 */

import type { Random } from "@course/lib/random";
import { ask, PERSON_RELATIONS, shortAnswer, tell, WORDINGS } from "../wordings";
import { COLOURS, OBJECTS, VERBS } from "../words";
import type { Fact, World } from "../world";

const SHARE_OF_PEOPLE = 0.78; // the rest is about towns, which have two facts each
const SHARE_OF_STRANGERS = 0.15;
const SHARE_OF_PRONOUNS = 0.08;
const SHARE_OF_TEACHERS = 0.3;

/** Facts: one to four sentences about one person or town, sometimes with a sentence that shows the gender. */
export function factsWriter(world: World, random: Random): () => string {
  const narrator = makeNarrator(world, random);
  const genders = new Map(world.people.map(({ name, gender }) => [name, gender]));
  return () => {
    const subject = narrator.subject();
    const gender = genders.get(subject);
    const told = narrator.tell(subject, 1 + random.integer(4));
    return told
      .flatMap((sentence) =>
        gender && random.uniform() < SHARE_OF_PRONOUNS
          ? [sentence, pronounSentence(gender === "woman", random)]
          : [sentence],
      )
      .join(" ");
  };
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
export function schoolWriter(world: World, random: Random): () => string {
  const narrator = makeNarrator(world, random);
  const questionAndAnswer = (): [string, string] => {
    if (random.uniform() < SHARE_OF_STRANGERS) {
      return [ask(random.pick(PERSON_RELATIONS), world.stranger(random).name, random), "Nobody knows."];
    }
    const { subject, relation, value } = narrator.fact(narrator.subject());
    return [ask(relation, subject, random), shortAnswer(relation, value)];
  };
  return () =>
    Array.from({ length: 1 + random.integer(3) }, () => {
      const [question, answer] = questionAndAnswer();
      return random.uniform() < SHARE_OF_TEACHERS
        ? `The teacher asked: ${question} The child said: ${answer}`
        : `${question} ${answer}`;
    }).join(" ");
}

/** Letters: facts about one person or town, between a greeting and a farewell. */
export function letterWriter(world: World, random: Random): () => string {
  const narrator = makeNarrator(world, random);
  return () => {
    const subject = narrator.subject();
    const others = world.people.filter(({ name }) => name !== subject);
    const [reader, writer] = random.sample(others, 2);
    const body = narrator.tell(subject, 2 + random.integer(3)).join(" ");
    return `Dear ${reader!.name}, I write to you of ${subject}. ${body} Your friend, ${writer!.name}.`;
  };
}

/** Chooses what is told next. Nobody, no fact and no wording is told much more often than another. */
interface Narrator {
  /** A person or a town. */
  subject(): string;
  /** A fact about the subject. */
  fact(subject: string): Fact;
  /** Some facts about the subject, each as a sentence in one of its seen wordings. */
  tell(subject: string, count: number): string[];
}

function makeNarrator(world: World, random: Random): Narrator {
  const person = dealer(
    world.people.map(({ name }) => name),
    random,
  );
  const town = dealer(world.towns, random);
  const facts = new Map(
    [...new Set(world.facts.map(({ subject }) => subject))].map((subject) => [
      subject,
      dealer(world.factsOf(subject), random),
    ]),
  );
  const wordings = new Map(world.facts.map((fact) => [fact, dealer(fact.seenWordings, random)]));
  const fact = (subject: string): Fact => facts.get(subject)!();
  return {
    subject: () => (random.uniform() < SHARE_OF_PEOPLE ? person() : town()),
    fact,
    tell(subject, count) {
      const told = new Set<Fact>();
      const most = Math.min(count, world.factsOf(subject).length);
      while (told.size < most) told.add(fact(subject));
      return [...told].map((each) => tell(WORDINGS[each.relation][wordings.get(each)!()]!, subject, each.value));
    },
  };
}

/** Deals the items like cards: each once, in random order, then all again in another order. */
function dealer<T>(items: readonly T[], random: Random): () => T {
  let cards: T[] = [];
  return () => {
    if (cards.length === 0) cards = random.shuffle(items);
    return cards.pop()!;
  };
}
