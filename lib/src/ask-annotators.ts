/**
 * @file Asking people: a model writes several responses to each prompt, an annotator ranks them. Used by notebook 7.
 * The annotators are programs (datasets/preferences); where people rank by hand, ranking-file.ts reads what they said.
 */

import { encodeChat, promptTokens, questionAndAnswer } from "./chat";
import type { GPT } from "./gpt";
import {
  type Annotator,
  CUT_OFF,
  chanceToPrefer,
  noiseCeiling,
  type PreferencePair,
  pairsOf,
  type Ranking,
  rankBy,
} from "./preferences";
import type { Random } from "./random";
import { rollouts } from "./rollout";
import type { EncodeResponse } from "./token-pairs";
import type { Tokenizer } from "./tokenizer";

/** Who is asked, and about what. */
export interface Survey<P extends { question: string }> {
  tokenizer: Tokenizer;
  prompts: readonly P[];
  /** Some of them, drawn at random, rank the responses to a prompt. */
  annotators: readonly Annotator<P>[];
  /** How many. Default 1. */
  annotatorsPerPrompt?: number;
  random: Random;
}

/** What was said: the rankings, and the prompt of each. */
export interface Surveyed<P> {
  prompts: P[];
  rankings: Ranking[];
}

/**
 * Has `samplesPerPrompt` responses of a model to each prompt ranked. With more models than one, each writes so many, and
 * all are ranked together.
 *
 * `await rankResponses([tuned, policy], { samplesPerPrompt: 1, ... })` sets one against the other.
 */
export async function rankResponses<P extends { question: string }>(
  models: readonly GPT[],
  survey: Survey<P> & { samplesPerPrompt: number },
): Promise<Surveyed<P>> {
  const { tokenizer, prompts, annotators, annotatorsPerPrompt = 1, random, samplesPerPrompt } = survey;
  const tokens = prompts.map(({ question }) => promptTokens(tokenizer, question));
  const written: string[][] = prompts.map(() => []);
  for (const model of models) {
    const drawn = await rollouts(model, tokenizer, tokens, { samplesPerPrompt, random });
    drawn.forEach(({ text }, i) => {
      written[Math.floor(i / samplesPerPrompt)]!.push(text);
    });
  }
  const asked = prompts.flatMap((prompt, i) =>
    random.sample(annotators, annotatorsPerPrompt).map((annotator) => ({ prompt, responses: written[i]!, annotator })),
  );
  return {
    prompts: asked.map(({ prompt }) => prompt),
    rankings: asked.map(({ prompt, responses, annotator }) => rankBy(annotator, prompt, responses, random)),
  };
}

/** The same responses ranked once more, each time by another annotator: where two differ, the truth is less sure than one of them sounds. */
export function secondOpinion<P extends { question: string }>(
  { prompts, rankings }: Surveyed<P>,
  annotators: readonly Annotator<P>[],
  random: Random,
): Surveyed<P> {
  const again = rankings.map(({ responses, annotator }, i) => {
    const others = annotators.filter(({ name }) => name !== annotator);
    return rankBy(random.sample(others, 1)[0]!, prompts[i]!, responses, random);
  });
  return { prompts, rankings: again };
}

/** All pairs of some surveys. */
export function surveyedPairs(surveys: readonly Surveyed<unknown>[]): PreferencePair[] {
  return surveys.flatMap(({ rankings }) => rankings.flatMap(pairsOf));
}

/** The share of a survey's pairs that the best predictor would get right: {@link noiseCeiling}. */
export function surveyCeiling<P>({ prompts, rankings }: Surveyed<P>, annotators: readonly Annotator<P>[]): number {
  const chances = rankings.flatMap((ranking, i) =>
    pairsOf(ranking).map(({ chosen, rejected }) => chanceToPrefer(annotators, prompts[i]!, chosen, rejected)),
  );
  return noiseCeiling(chances);
}

/** How a prompt and a response become tokens, for {@link encodePairs}. A response that was cut off gets no `<end>`. */
export function responseEncoder(tokenizer: Tokenizer, contextLength: number): EncodeResponse {
  return (prompt, response) => {
    const ended = !response.endsWith(CUT_OFF);
    const text = ended ? response : response.slice(0, -CUT_OFF.length);
    const { tokens } = encodeChat(tokenizer, questionAndAnswer(prompt, text));
    const start = promptTokens(tokenizer, prompt).length;
    return { tokens: (ended ? tokens : tokens.slice(0, -1)).slice(0, contextLength), start };
  };
}
