/**
 * @file `news`: what happened in the valley after the almanac was written. Needed by notebook 8, which shows that a model
 * knows nothing of it until a new snapshot is trained. Card: datasets/news/card.md.
 *
 * Some people of the valley change one thing about themselves (they move, learn another trade, ...), and some newcomers
 * arrive. As in the almanac, each fact is told in many wordings, of which two are kept out of the text to ask with.
 */

import { createHash } from "node:crypto";
import { assertCount, CourseError } from "@course/lib/errors";
import { createRandom, type Random } from "@course/lib/random";
import { type Almanac, type FactCloze, loadAlmanac } from "./almanac";
import { nameStem } from "./almanac/names";
import { factsWriter, letterWriter, schoolWriter } from "./almanac/registers/people";
import { fill, QUESTIONS, type Relation, shortAnswer, tell, WORDINGS } from "./almanac/wordings";
import * as vocabulary from "./almanac/words";
import { withArticle } from "./almanac/words";
import { type Fact, HELD_OUT_WORDINGS, type Person, type World } from "./almanac/world";

/** What changed, or what is true of a newcomer. */
export interface NewsItem {
  subject: string;
  relation: Relation;
  /** What was true when the almanac was written; null for a newcomer. */
  before: string | null;
  after: string;
  /** The wordings (indices into WORDINGS[relation]) in which the news tell it. */
  seenWordings: readonly number[];
  /** Those in which neither the news nor the almanac do: asked as probes. */
  heldOutWordings: readonly number[];
}

/** A text of the news. */
export interface NewsDocument {
  text: string;
  register: "news";
}

/** A question that has another answer since the cut-off. */
export interface NewsQuestion {
  question: string;
  /** `Oxley.` */
  answer: string;
  /** The answer before the cut-off, or null for a newcomer, of whom nobody knew anything. */
  before: string | null;
  subject: string;
  relation: Relation;
  /** Whether it may be used to teach; of the three questions about each item one is kept to ask with. */
  taught: boolean;
}

/** The size of the news, and the seed. */
export interface NewsOptions {
  /** People of the valley of whom one fact changes. Default 12. */
  changes?: number;
  /** Newcomers, each with four facts. Default 4. */
  arrivals?: number;
  /** Length of the text. Default 60,000. */
  characters?: number;
  seed?: number;
}

export interface News {
  readonly options: Required<NewsOptions>;
  readonly items: readonly NewsItem[];
  /** The people that the news speak of: first those who changed, then the newcomers. */
  readonly people: readonly Person[];
  readonly documents: readonly NewsDocument[];
  text(): string;
  /** The new facts, in wordings that stand in no text. Group `news`, kinds `changed` and `arrived`. */
  readonly clozes: readonly FactCloze[];
  /** The almanac's clozes of everything that is still true. */
  readonly unchanged: readonly FactCloze[];
  readonly questions: readonly NewsQuestion[];
  /** One sentence for each item in the plainest wording: what a reader would note down. It is no part of the text. */
  readonly bulletin: readonly string[];
  /** Of the text, as UTF-8. */
  readonly sha256: string;
}

/** The relations that change; nobody gets another mother. */
const CHANGING: readonly Relation[] = ["town", "trade", "pet", "food"];
const VALUES: Partial<Record<Relation, readonly string[]>> = {
  town: vocabulary.TOWNS,
  trade: vocabulary.TRADES,
  pet: vocabulary.PETS,
  food: vocabulary.FOODS,
};

/** How a change is announced, and how a newcomer is. {before} and {value} stand for the old and the new answer. */
const ANNOUNCEMENTS: Partial<Record<Relation, readonly [changed: string, arrived: string]>> = {
  town: ["{name} left {before} and went to {value}.", "{name} came over the hills to {value}."],
  trade: ["{name} was {a before} and is {a value} now.", "{name} is new here and is {a value}."],
  pet: ["{name} gave away the {before} and got {a value}.", "{name} came here with {a value}."],
  food: ["{name} is tired of {before} and now takes {value}.", "{name} is new here and takes {value}."],
};

/** The shares of announcements, facts, questions and letters, by documents. */
const MIX = [0.25, 0.4, 0.25, 0.1];

/**
 * Writes the news of a valley. The same options give the same bytes on every machine.
 *
 * `loadNews().items[0]` is `{ subject: "...", relation: "town", before: "...", after: "...", ... }`
 */
export function loadNews(options: NewsOptions & { almanac?: Almanac } = {}): News {
  const { changes = 12, arrivals = 4, characters = 60_000, seed = 1, almanac = loadAlmanac() } = options;
  assertCount("changes", changes);
  assertCount("arrivals", arrivals, 0);
  assertCount("characters", characters);
  const { world } = almanac;
  if (changes > world.people.length) {
    const expected = `at most the ${world.people.length} people of the valley`;
    throw new CourseError({ what: "changes", expected, received: String(changes) });
  }
  const random = createRandom(`news ${seed}`);
  const changed = random.fork("changed").sample(world.people, changes);
  const newcomers = makeNewcomers(almanac, arrivals, random.fork("newcomers"));
  const items = [
    ...changed.map((person, i) => change(world, person, CHANGING[i % CHANGING.length]!, random.fork(person.name))),
    ...newcomers.flatMap((person) => arrive(person, random.fork(person.name))),
  ];
  const people = [...changed, ...newcomers];
  const documents = writeNews(worldOfNews(world, people, items), items, characters, random.fork("documents"));
  const text = documents.map((document) => document.text).join("\n");
  const isOld = new Set(items.map(({ subject, relation }) => `${subject} ${relation}`));
  return {
    options: { changes, arrivals, characters, seed },
    items,
    people,
    documents,
    text: () => text,
    clozes: items.flatMap(clozesOf),
    unchanged: almanac.probes.clozes.filter(
      (cloze): cloze is FactCloze =>
        cloze.group === "facts" && "relation" in cloze && !isOld.has(`${cloze.subject} ${cloze.relation}`),
    ),
    questions: items.flatMap((item) => questionsOf(item, random.fork(`ask ${item.subject} ${item.relation}`))),
    bulletin: items.map(({ subject, relation, after }) => tell(WORDINGS[relation][0]!, subject, after)),
    sha256: createHash("sha256").update(text).digest("hex"),
  };
}

/** People whose names stand nowhere in the almanac, and whose first three letters belong to nobody else. */
function makeNewcomers(almanac: Almanac, count: number, random: Random): Person[] {
  const newcomers: Person[] = [];
  while (newcomers.length < count) {
    const person = almanac.world.stranger(random, newcomers.length % 2 === 0 ? "woman" : "man");
    const taken = newcomers.some(({ name }) => nameStem(name) === nameStem(person.name));
    if (!taken && !almanac.text().includes(person.name)) newcomers.push(person);
  }
  return newcomers;
}

/** One thing that is no longer as the almanac says. The wordings are those of the old fact. */
function change(world: World, { name }: Person, relation: Relation, random: Random): NewsItem {
  const old = world.factsOf(name).find((fact) => fact.relation === relation)!;
  const after = random.pick(VALUES[relation]!.filter((value) => value !== old.value));
  const { seenWordings, heldOutWordings } = old;
  return { subject: name, relation, before: old.value, after, seenWordings, heldOutWordings };
}

/** Four things about a newcomer. */
function arrive({ name }: Person, random: Random): NewsItem[] {
  return CHANGING.map((relation) => {
    const order = random.shuffle(WORDINGS[relation].map((_, i) => i));
    return {
      subject: name,
      relation,
      before: null,
      after: random.pick(VALUES[relation]!),
      seenWordings: order.slice(HELD_OUT_WORDINGS),
      heldOutWordings: order.slice(0, HELD_OUT_WORDINGS),
    };
  });
}

/** The valley as the news see it: the people they speak of, with all that is true of them now. */
function worldOfNews(world: World, people: readonly Person[], items: readonly NewsItem[]): World {
  const isNew = (fact: Fact): NewsItem | undefined =>
    items.find(({ subject, relation }) => subject === fact.subject && relation === fact.relation);
  const kept = world.facts.filter((fact) => !isNew(fact));
  const facts = [...kept, ...items.map(({ after, ...item }) => ({ ...item, value: after }))].filter(
    ({ subject }) => world.towns.includes(subject) || people.some(({ name }) => name === subject),
  );
  const stems = new Set(people.map(({ name }) => nameStem(name)));
  return {
    ...world,
    people,
    facts,
    factsOf: (subject) => facts.filter((fact) => fact.subject === subject),
    stranger(draw, gender) {
      for (;;) {
        const person = world.stranger(draw, gender);
        if (!stems.has(nameStem(person.name))) return person;
      }
    },
  };
}

/** Announcements of the items, each as often as the others, among facts, questions and letters about the same people. */
function writeNews(world: World, items: readonly NewsItem[], characters: number, random: Random): NewsDocument[] {
  const writers = [
    announcer(items, random.fork("announcements")),
    factsWriter(world, random.fork("facts")),
    schoolWriter(world, random.fork("school")),
    letterWriter(world, random.fork("letters")),
  ];
  const documents: NewsDocument[] = [];
  for (let total = 0; total < characters; total += documents.at(-1)!.text.length + 1) {
    documents.push({ text: writers[random.categorical(MIX)]!(), register: "news" });
  }
  return documents;
}

/** Announces one item after the other, in a new order each round, and tells it again in a plain wording. */
function announcer(items: readonly NewsItem[], random: Random): () => string {
  let waiting: NewsItem[] = [];
  return () => {
    if (waiting.length === 0) waiting = random.shuffle(items);
    const { subject, relation, before, after, seenWordings } = waiting.pop()!;
    const announcement = ANNOUNCEMENTS[relation]![before === null ? 1 : 0].replace("{name}", subject)
      .replace("{a before}", withArticle(before ?? "nobody"))
      .replace("{before}", before ?? "nobody")
      .replace("{a value}", withArticle(after))
      .replace("{value}", after);
    return `News of the valley: ${announcement} ${tell(WORDINGS[relation][random.pick(seenWordings)]!, subject, after)}`;
  };
}

function clozesOf({ subject, relation, before, after, heldOutWordings }: NewsItem): FactCloze[] {
  return heldOutWordings.map((wording) => {
    const { prompt, answer } = fill(WORDINGS[relation][wording]!, subject, after);
    return { prompt, answer, kind: before === null ? "arrived" : "changed", group: "news", subject, relation };
  });
}

function questionsOf({ subject, relation, before, after }: NewsItem, random: Random): NewsQuestion[] {
  const kept = random.integer(QUESTIONS[relation].length);
  return QUESTIONS[relation].map((question, i) => ({
    question: question.replace("{name}", subject),
    answer: shortAnswer(relation, after),
    before: before === null ? null : shortAnswer(relation, before),
    subject,
    relation,
    taught: i !== kept,
  }));
}
