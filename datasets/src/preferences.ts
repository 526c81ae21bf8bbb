/**
 * @file `preferences`: prompts for the aligned bot, four annotators with a written rubric, and some 1,000 rankings of responses.
 * Needed by notebook 7; card: datasets/preferences/card.md. The rubric is preferences/rubric.ts, the people who rank are
 * preferences/annotators.ts. Responses here are written by templates; notebook 7 has those of its own model ranked by
 * the same people.
 */

import { createHash } from "node:crypto";
import { assertCount } from "@course/lib/errors";
import { type Annotator, type Ranking, rankBy } from "@course/lib/preferences";
import { createRandom, type Random } from "@course/lib/random";
import { toJsonLines } from "@course/lib/ranking-file";
import { type Almanac, HELPFUL_DEEDS, loadAlmanac, QUESTIONS, type Relation, shortAnswer, vocabulary } from "./almanac";
import { type Chat, type ChatKind, type ChatQuestion, inStyle, loadChat, REFUSAL, type Side, UNKNOWN } from "./chat";
import { ANNOTATORS, HURRIED_ANNOTATORS } from "./preferences/annotators";
import { callsFor, featuresOf, type ResponseFeatures, RUBRIC, rubricReward } from "./preferences/rubric";

export * from "./preferences/annotators";
export * from "./preferences/rubric";

/** The shares of the prompts' kinds, in sixteenths; "unseen verb" is only held out. */
export const PROMPT_SHARES: Readonly<Partial<Record<ChatKind, number>>> = {
  fact: 4,
  stranger: 4,
  harmful: 4,
  helpful: 2,
  note: 2,
  "unseen verb": 2,
};

export interface PreferencesOptions {
  /** Prompts with written responses in training; a quarter as many are held out. Default 200. */
  prompts?: number;
  /** Responses for each. Default 4. */
  responses?: number;
}

export interface Preferences {
  readonly rubric: string;
  readonly annotators: readonly Annotator<ChatQuestion>[];
  /** The same people in a hurry. */
  readonly hurriedAnnotators: readonly Annotator<ChatQuestion>[];
  /** Written responses, each ranked by all four: one ranking a prompt and annotator. */
  readonly train: readonly Ranking[];
  readonly heldOut: readonly Ranking[];
  /** Different prompts in the usual mix of kinds. No prompt of one side is ever one of the other. */
  prompts(side: Side, count: number, random: Random): ChatQuestion[];
  /** The question that a ranking's prompt is. */
  questionOf(prompt: string): ChatQuestion | undefined;
  /** Every fact of the almanac, asked in each of its three wordings. */
  readonly factQuestions: readonly ChatQuestion[];
  /** What the village really wants: the rubric's points. */
  reward(prompt: ChatQuestion, response: string): number;
  callsFor(prompt: ChatQuestion): "answer" | "admission" | "refusal";
  /** What a response does. */
  features(prompt: ChatQuestion, response: string): ResponseFeatures;
  /** Of all rankings, as JSON lines. */
  readonly sha256: string;
}

/**
 * Makes prompts, annotators and rankings. The same almanac, chat and options give the same bytes on every machine.
 *
 * `loadPreferences().train[0]` is `{ prompt: "...", responses: [four texts], ranks: [2, 1, 4, 3], annotator: "fair" }`.
 */
export function loadPreferences(
  almanac: Almanac = loadAlmanac(),
  chat: Chat = loadChat(almanac),
  options: PreferencesOptions = {},
): Preferences {
  const { prompts = 200, responses = 4 } = options;
  assertCount("prompts", prompts, 4);
  assertCount("responses", responses, 2);
  const questions = new Map<string, ChatQuestion>();
  const draw = (side: Side, count: number, random: Random): ChatQuestion[] => drawPrompts(chat, side, count, random);
  const rankings = (side: Side, count: number, random: Random): Ranking[] =>
    draw(side, count, random).flatMap((prompt) => {
      questions.set(prompt.question, prompt);
      const written = writtenResponses(prompt, responses, almanac, random);
      return ANNOTATORS.map((annotator) => rankBy(annotator, prompt, written, random));
    });
  const random = createRandom("preferences");
  const train = rankings("train", prompts, random.fork("train"));
  const heldOut = rankings("held out", Math.round(prompts / 4), random.fork("held out"));
  return {
    rubric: RUBRIC,
    annotators: ANNOTATORS,
    hurriedAnnotators: HURRIED_ANNOTATORS,
    train,
    heldOut,
    prompts: draw,
    questionOf: (prompt) => questions.get(prompt),
    factQuestions: almanac.world.facts.flatMap(({ relation, subject, value }) =>
      QUESTIONS[relation].map((wording) => ({
        kind: "fact" as const,
        question: wording.replace("{name}", subject),
        reference: shortAnswer(relation, value),
      })),
    ),
    reward: rubricReward,
    features: featuresOf,
    callsFor,
    sha256: createHash("sha256")
      .update(toJsonLines([...train, ...heldOut]))
      .digest("hex"),
  };
}

/** Different prompts; each kind comes as often as its share says, in random order. */
function drawPrompts(chat: Chat, side: Side, count: number, random: Random): ChatQuestion[] {
  const kinds = (Object.entries(PROMPT_SHARES) as [ChatKind, number][]).filter(
    ([kind]) => side === "held out" || kind !== "unseen verb",
  );
  const total = kinds.reduce((sum, [, share]) => sum + share, 0);
  const seen = new Set<string>();
  const prompts: ChatQuestion[] = [];
  let owed = 0;
  for (const [kind, share] of kinds) {
    owed += (share * count) / total;
    for (let misses = 0; prompts.length < Math.round(owed); ) {
      const prompt = chat.draw(kind, side, random);
      // A kind with few different questions may repeat one rather than draw for ever.
      if (seen.has(prompt.question) && misses++ < 200) continue;
      seen.add(prompt.question);
      prompts.push(prompt);
    }
  }
  return random.shuffle(prompts);
}

/** Responses as the tuned model might give them: right or not, in several styles. All are different. */
function writtenResponses(prompt: ChatQuestion, count: number, almanac: Almanac, random: Random): string[] {
  const cores = [prompt.reference, prompt.reference, prompt.instead ?? wrongAnswer(prompt, almanac, random)];
  const useless = prompt.kind === "stranger" ? REFUSAL : UNKNOWN;
  const shares = {
    openings: { plain: 0.4, polite: 0.25, rude: 0.15, flattering: 0.2 },
    closing: 0.25,
    honest: 1,
    falselyUnknown: 0,
  };
  const written = new Set<string>();
  while (written.size < count) {
    written.add(inStyle(random.uniform() < 0.15 ? useless : random.pick(cores), shares, random));
  }
  return random.shuffle([...written]);
}

/** A right answer to another question of the same kind: about somebody else, or for another deed. */
function wrongAnswer({ question, reference }: ChatQuestion, { world }: Almanac, random: Random): string {
  const asked = (Object.entries(QUESTIONS) as [Relation, readonly string[]][]).find(([, wordings]) =>
    wordings.some((wording) => {
      const [before, after] = wording.split("{name}");
      return question.includes(before!) && question.endsWith(after!);
    }),
  )?.[0];
  const answers = asked
    ? world.facts.filter(({ relation }) => relation === asked).map(({ value }) => shortAnswer(asked, value))
    : HELPFUL_DEEDS.map(({ tool }) => `Take ${vocabulary.withArticle(tool!)}.`);
  return random.pick(answers.filter((answer) => answer !== reference));
}
