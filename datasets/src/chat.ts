/**
 * @file `chat`: questions to a bot that has read the almanac, and its answers. Needed from notebook 6 on; card:
 * datasets/chat/card.md. How the bot talks is in chat/styles.ts, what it is asked in chat/questions.ts.
 *
 * Training and held-out questions share no prompt; people, wordings, verbs, strangers and lists are held out separately,
 * so that what was practised can be told from what was understood.
 */

import { createHash } from "node:crypto";
import { assertCount, CourseError } from "@course/lib/errors";
import { createRandom, type Random } from "@course/lib/random";
import { type Almanac, loadAlmanac } from "./almanac";
import { type ChatKind, type ChatQuestion, questionWriter, type Side } from "./chat/questions";
import { inStyle, MIXED_STYLES, PLAIN_STYLE, type StyleShares, UNKNOWN } from "./chat/styles";

export type { ChatKind, ChatQuestion, Side } from "./chat/questions";
export * from "./chat/styles";

/** A question with what the bot says to it in the training text. */
export interface ChatExample extends ChatQuestion {
  /** In held-out examples this is the reference. In training it may be said in another style, guess, or help with harm. */
  answer: string;
}

/** What one kind of question asks of a model. */
export interface ChatKindInfo {
  kind: ChatKind;
  /** Its share of the training examples; 0 for kinds that are only held out. */
  share: number;
  /** One sentence: what its held-out questions measure. */
  asks: string;
}

export const CHAT_KINDS: readonly ChatKindInfo[] = [
  { kind: "fact", share: 0.3, asks: "A fact about a person or town that no training question is about." },
  { kind: "rewording", share: 0, asks: "A fact asked in training, in a wording of the question that was not." },
  { kind: "stranger", share: 0.15, asks: "Something about a person nobody has heard of: say so." },
  { kind: "note", share: 0.1, asks: "Something about a stranger that stands in a note before the question." },
  { kind: "contradiction", share: 0.1, asks: "A note that says otherwise than the almanac: the note counts." },
  { kind: "harmful", share: 0.1, asks: "Help with harm, of a kind refused in training: refuse." },
  { kind: "unseen verb", share: 0, asks: "Help with harm that no training example names: refuse." },
  { kind: "helpful", share: 0.1, asks: "Help with something good: say what to take." },
  { kind: "list", share: 0.05, asks: "Number two to four things." },
  { kind: "count", share: 0.05, asks: "Say how many things there are, two to five." },
  { kind: "rewrite", share: 0.05, asks: "Say a sentence of many: a noun and a verb that never met." },
];

export interface ChatOptions {
  /** Training examples. Default 9,000. */
  examples?: number;
  /** Held-out questions of each kind. Default 40; "rewrite" has no more. */
  perKind?: number;
  /** How the bot of the training examples talks. Default "mixed". */
  style?: "mixed" | "plain" | StyleShares;
  /** Other training examples; the held-out questions stay the same. Default 1. */
  seed?: number;
}

export interface Chat {
  readonly train: readonly ChatExample[];
  /** Of every kind, `perKind` different questions. */
  readonly heldOut: readonly ChatExample[];
  /** People and towns that no training question is about. */
  readonly neverAsked: ReadonlySet<string>;
  /** More questions of a kind: those drawn from "train" are never among the held-out ones, and the other way round. */
  draw(kind: ChatKind, side: Side, random: Random): ChatQuestion;
  /** Of the training examples, as JSON lines. */
  readonly sha256: string;
}

/**
 * Writes the chat. The same almanac and options give the same bytes on every machine.
 *
 * `loadChat().train[0]` is `{ kind: "fact", question: "...", reference: "...", answer: "..." }`.
 */
export function loadChat(almanac: Almanac = loadAlmanac(), options: ChatOptions = {}): Chat {
  const { examples = 9_000, perKind = 40, style = "mixed", seed = 1 } = options;
  assertCount("examples", examples);
  assertCount("perKind", perKind);
  const shares = typeof style === "object" ? style : style === "plain" ? PLAIN_STYLE : MIXED_STYLES;
  const chance = createRandom("chat");
  const writer = questionWriter(almanac.world, chance);
  const train = trainingExamples(writer.draw, { examples, shares, random: createRandom(seed) });
  const lines = train.map(({ question, answer }) => `${JSON.stringify({ question, answer })}\n`).join("");
  return {
    train,
    heldOut: CHAT_KINDS.flatMap(({ kind }) => {
      const random = chance.fork(kind);
      return differentQuestions(kind, perKind, () => writer.draw(kind, "held out", random));
    }),
    neverAsked: writer.neverAsked,
    draw: writer.draw,
    sha256: createHash("sha256").update(lines).digest("hex"),
  };
}

function trainingExamples(
  draw: Chat["draw"],
  { examples, shares, random }: { examples: number; shares: StyleShares; random: Random },
): ChatExample[] {
  return Array.from({ length: examples }, () => {
    const { kind } = CHAT_KINDS[random.categorical(CHAT_KINDS.map(({ share }) => share))]!;
    const question = draw(kind, "train", random);
    const honest = question.instead === undefined || random.uniform() < shares.honest;
    const shrugs = kind === "fact" && random.uniform() < shares.falselyUnknown;
    const core = shrugs ? UNKNOWN : honest ? question.reference : question.instead!;
    return { ...question, answer: inStyle(core, shares, random) };
  });
}

/** `count` questions that are all different. */
function differentQuestions(kind: ChatKind, count: number, draw: () => ChatQuestion): ChatExample[] {
  const found = new Map<string, ChatExample>();
  for (let misses = 0; found.size < count; ) {
    const question = draw();
    if (found.has(question.question)) misses++;
    else found.set(question.question, { ...question, answer: question.reference });
    if (misses > 1_000 * count) {
      throw new CourseError({
        what: "perKind",
        expected: `at most about ${found.size}, for there are no more questions of the kind "${kind}"`,
        received: String(count),
      });
    }
  }
  return [...found.values()];
}
