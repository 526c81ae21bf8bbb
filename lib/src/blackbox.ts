/**
 * @file Five systems that look alike from outside and differ in one thing: what a message changes. Notebook 9's capstone.
 * Each is a real model (tiny-model.ts) that answers questions about where people live, inside a different product:
 *
 * | kind               | what it keeps of what it is told                                  | weights  |
 * | ------------------ | ----------------------------------------------------------------- | -------- |
 * | `plain inference`  | the conversation, until the next one begins                       | frozen   |
 * | `sampling noise`   | the same; its answers are drawn by chance                         | frozen   |
 * | `cached answers`   | each question with its answer, and corrections, word for word     | frozen   |
 * | `retrieval memory` | every sentence; those that fit a question are put before it       | frozen   |
 * | `live learning`    | nothing but changed weights: an adapter trained on each message   | changed  |
 *
 * Simplified: the time of a reply is the work that was done plus a seeded delay of the network, not a measurement, so
 * that a verdict can be repeated.
 */

import { assertCount, CourseError } from "./errors";
import { createRandom, type Random } from "./random";
import { createNotes } from "./retrieval";
import { hashWeights } from "./safetensors";
import { answerIn, answerProbs, copyTiny, learn, overlap, type TinyModel, trainTiny, wordsOf } from "./tiny-model";

/** What can be inside. */
export type BoxKind = "plain inference" | "sampling noise" | "cached answers" | "retrieval memory" | "live learning";

/** All kinds; exactly one of them learns. */
export const BOX_KINDS: readonly BoxKind[] = [
  "plain inference",
  "sampling noise",
  "cached answers",
  "retrieval memory",
  "live learning",
];

/** What a system answers. */
export interface Reply {
  /** A town, or `Noted.` when it was told something. */
  text: string;
  /** How long it took, in milliseconds. */
  elapsedMs: number;
}

/** A system, from outside. */
export interface BlackBox {
  /** People it was taught about before anybody asked. */
  readonly people: readonly string[];
  /** The towns it knows. */
  readonly towns: readonly string[];
  /** How many messages may still be sent. */
  readonly messagesLeft: number;
  /** Sends a message: a question (it ends with a question mark), or something it is told. */
  say(message: string): Reply;
  /** Begins a new conversation, as another user might. Costs nothing. */
  newConversation(): void;
}

/** How many messages a box answers. */
export const MESSAGE_BUDGET = 80;

const QUESTIONS: readonly ((name: string) => string)[] = [
  (name) => `Where does ${name} live?`,
  (name) => `In which town is the home of ${name}?`,
  (name) => `What town does ${name} come from?`,
  (name) => `Which town should a letter to ${name} go to?`,
];
const STATEMENTS: readonly ((name: string, town: string) => string)[] = [
  (name, town) => `${name} lives in ${town} now.`,
  (name, town) => `The home of ${name} is ${town}.`,
];

/** How many wordings {@link askTown} has. */
export const WORDINGS: number = QUESTIONS.length;

/** A question, in one of four wordings: `askTown("Arla")` is `Where does Arla live?`. */
export function askTown(name: string, wording = 0): string {
  return QUESTIONS[wording % QUESTIONS.length]!(name);
}

/** Something to tell: `tellTown("Arla", "Tarrow")` is `Arla lives in Tarrow now.`. */
export function tellTown(name: string, town: string, wording = 0): string {
  return STATEMENTS[wording % STATEMENTS.length]!(name, town);
}

const PEOPLE = "Arla Bollik Denia Fasek Goreta Hulo Jania Kervun Lisina Morrik Narek Pelia".split(" ");
const TOWNS = "Dunmere Ashford Oxley Tarrow Upwell Highfen Nettleby Quillham".split(" ");
/** As many different models are trained, each once a process. */
const WORLDS = 8;
const models = new Map<number, TinyModel>();

/** The model of a world: who lives where is drawn, two people a town, and learned in every wording. */
function worldModel(world: number): TinyModel {
  let model = models.get(world);
  if (!model) {
    const random = createRandom(`world ${world}`);
    const inhabited = random.sample(TOWNS, 6);
    const homes = random.shuffle([...inhabited, ...inhabited]);
    const examples = PEOPLE.flatMap((name, i) =>
      [...QUESTIONS, ...STATEMENTS].map((wording) => ({ text: wording(name, ""), answer: homes[i]! })),
    );
    model = trainTiny(examples, { random: random.fork("weights"), answers: TOWNS });
    models.set(world, model);
  }
  return copyTiny(model);
}

/** How a box is made. */
export interface BoxOptions {
  /** How many messages it answers. Default {@link MESSAGE_BUDGET}. */
  budget?: number;
  /** {@link openBox} cannot open it: for judging an examination. Default false. */
  sealed?: boolean;
}

/** What is inside a box, for afterwards. */
export interface OpenedBox {
  kind: BoxKind;
  /** SHA-256 of the weights when the box was made. */
  hashBefore: string;
  /** The same now: it differs if, and only if, something was learned. */
  hashNow: string;
  /** Messages answered so far. */
  messages: number;
}

const insides = new WeakMap<BlackBox, () => OpenedBox>();

/** What stands in a box's way from a question to its answer, and what a message leaves behind. */
interface Inside {
  readonly model: TinyModel;
  /** What was told in this conversation. */
  conversation: string[];
  answer(question: string): { text: string; workMs: number };
  /** Is told something; returns the work it made. */
  told(sentence: string): number;
  conversationEnds(): void;
}

/**
 * A system of a kind. The seed decides who lives where and everything that is left to chance.
 *
 *     const box = createBox("live learning", 7);
 *     box.say("Where does Arla live?").text; // a town
 */
export function createBox(kind: BoxKind, seed: number | string, options: BoxOptions = {}): BlackBox {
  const { budget = MESSAGE_BUDGET, sealed = false } = options;
  assertCount("budget", budget);
  const random = createRandom(`box ${seed}`);
  const model = worldModel(random.integer(WORLDS));
  const inside = INSIDES[kind](model, random.fork(kind));
  const network = random.fork("network");
  const hashBefore = hashWeights(model.weights);
  const people = Object.freeze(random.shuffle(PEOPLE));
  const towns = Object.freeze(random.shuffle(TOWNS));
  let messages = 0;

  const box: BlackBox = Object.freeze({
    people,
    towns,
    get messagesLeft() {
      return budget - messages;
    },
    say(message: string): Reply {
      if (typeof message !== "string" || message.trim() === "") {
        throw new CourseError({ what: "message", expected: "a text", received: JSON.stringify(message) ?? "nothing" });
      }
      if (messages >= budget) {
        throw new CourseError({
          what: "the budget of messages",
          expected: `at most ${budget}`,
          received: "one more",
          remedy: "Plan which questions you need before you ask.",
        });
      }
      messages++;
      const isQuestion = message.trim().endsWith("?");
      const { text, workMs } = isQuestion ? inside.answer(message) : tell(inside, message);
      const busy = network.uniform() < 0.15 ? 3 : 1; // other people use it too
      return { text, elapsedMs: Math.round(workMs * busy * Math.exp(0.25 * network.normal())) };
    },
    newConversation() {
      inside.conversationEnds();
      inside.conversation = [];
    },
  });
  if (!sealed) insides.set(box, () => ({ kind, hashBefore, hashNow: hashWeights(model.weights), messages }));
  return box;
}

/** Opens a box: what it is, and the hash of its weights before and now. */
export function openBox(box: BlackBox): OpenedBox {
  const open = insides.get(box);
  if (open) return open();
  throw new CourseError({
    what: "box",
    expected: "one made by createBox",
    received: "a sealed one, or something else",
  });
}

function tell(inside: Inside, sentence: string): { text: string; workMs: number } {
  inside.conversation.push(sentence);
  return { text: "Noted.", workMs: inside.told(sentence) };
}

const ANSWER_MS = 40;

/** A model that reads the conversation and answers with what is likeliest: what all kinds begin with. */
function plain(model: TinyModel): Inside {
  return {
    model,
    conversation: [],
    answer(question) {
      return { text: likeliest(model, answerProbs(model, question, this.conversation)), workMs: ANSWER_MS };
    },
    told: () => ANSWER_MS,
    conversationEnds() {},
  };
}

function noisy(model: TinyModel, random: Random): Inside {
  const temperature = 1.5 + 0.5 * random.uniform();
  return {
    ...plain(model),
    answer(question) {
      const probs = answerProbs(model, question, this.conversation).map((p) => p ** (1 / temperature));
      return { text: model.answers[random.categorical(probs)]!, workMs: ANSWER_MS };
    },
  };
}

/** Answers are kept by the words of the question. A correction right after an answer takes that answer's place. */
function cached(model: TinyModel): Inside {
  const answers = new Map<string, string>();
  const uncached = plain(model);
  let last = "";
  return {
    ...uncached,
    answer(question) {
      last = question;
      const key = wordsOf(question).join(" ");
      const known = answers.get(key);
      if (known !== undefined) return { text: known, workMs: 3 };
      const fresh = uncached.answer.call(this, question);
      answers.set(key, fresh.text);
      return fresh;
    },
    told(sentence) {
      const answer = answerIn(model, sentence);
      const concerned = overlap(model, last, sentence) > 0; // they speak of the same person
      if (answer >= 0 && concerned) answers.set(wordsOf(last).join(" "), model.answers[answer]!);
      return ANSWER_MS;
    },
  };
}

/** Every sentence is kept as a note for good. Those found for a question are put before it, as if they had just been said. */
function retrieving(model: TinyModel): Inside {
  const notes = createNotes();
  return {
    ...plain(model),
    answer(question) {
      const found = notes.search(question, { count: 4 }).map(({ text }) => text);
      const text = likeliest(model, answerProbs(model, question, [...found, ...this.conversation]));
      return { text, workMs: ANSWER_MS + notes.size };
    },
    told(sentence) {
      notes.add(sentence);
      return 3 * ANSWER_MS; // the sentence is indexed
    },
  };
}

/** Each message is a training example for an adapter: learned at once, or, in half of the boxes, when the conversation ends. */
function learning(model: TinyModel, random: Random): Inside {
  const atOnce = random.uniform() < 0.5;
  const learningRate = 0.25 + 0.1 * random.uniform();
  const waiting: string[] = [];
  const study = (sentence: string): void => {
    const answer = model.answers[answerIn(model, sentence)];
    if (answer === undefined) return;
    for (let step = 0; step < 12; step++) learn(model, { text: sentence, answer }, learningRate, "adapter");
  };
  return {
    ...plain(model),
    told(sentence) {
      if (atOnce) study(sentence);
      else waiting.push(sentence);
      return atOnce ? 3 * ANSWER_MS : ANSWER_MS;
    },
    conversationEnds() {
      for (const sentence of waiting.splice(0)) study(sentence);
    },
  };
}

const INSIDES: Record<BoxKind, (model: TinyModel, random: Random) => Inside> = {
  "plain inference": plain,
  "sampling noise": noisy,
  "cached answers": cached,
  "retrieval memory": retrieving,
  "live learning": learning,
};

function likeliest(model: TinyModel, probs: readonly number[]): string {
  return model.answers[probs.indexOf(Math.max(...probs))]!;
}
