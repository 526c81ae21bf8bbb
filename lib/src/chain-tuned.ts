/**
 * @file The second link of the chain: the pretrained model after it was taught to answer. Notebook 6 makes it; later
 * notebooks call {@link tuned}, which makes it again when it is missing.
 */

import { type Corpus, loadStage, pretrained, type Stage, saveStage, sheetOf } from "./chain";
import { exactMatch, type ReferenceQuestion } from "./chat-evaluation";
import { encodeDocuments } from "./dataset";
import type { GPT } from "./gpt";
import type { EvaluationSheet } from "./scores";
import { fineTune } from "./sft";
import type { Tokenizer } from "./tokenizer";
import type { TrainHistory, TrainOptions } from "./train";

/** Conversations to learn from and questions to measure with: what `loadChat()` returns. */
export interface ChatCorpus {
  readonly train: readonly { question: string; answer: string }[];
  readonly heldOut: readonly ReferenceQuestion[];
  readonly sha256: string;
}

/** The name of the tuned model in `.course/checkpoints`. */
export const TUNED_STAGE = "06-tuned";

/**
 * The tuned model: the one that notebook 6 saved, or a new one, made the same way in about a minute.
 *
 * `const { model, tokenizer } = await tuned(loadAlmanac(), loadChat());`
 */
export async function tuned(
  corpus: Corpus,
  chat: ChatCorpus,
  options: { steps?: number; pretrainingSteps?: number } = {},
): Promise<Stage> {
  const kept = loadStage(TUNED_STAGE);
  if (kept) return kept;
  const parent = await pretrained(corpus, { steps: options.pretrainingSteps });
  const { model, tokenizer } = parent;
  const history = await tuneForChat(model, tokenizer, corpus, chat, { steps: options.steps });
  const manifest = await saveTuned({ model, tokenizer, history }, corpus, chat, parent);
  return { model, tokenizer, manifest };
}

/** Tunes a pretrained model on the chat, with rehearsal of the text it was pretrained on. Its weights change. */
export function tuneForChat<E extends object = object>(
  model: GPT,
  tokenizer: Tokenizer,
  corpus: Corpus,
  chat: Pick<ChatCorpus, "train">,
  options: Partial<TrainOptions<E>> = {},
): Promise<TrainHistory<E>> {
  const tokens = encodeDocuments(
    tokenizer,
    corpus.documents.map(({ text }) => text),
  );
  const { steps, tokens: _, batches: __, ...rest } = options;
  return fineTune(model, { ...rest, ...(steps && { steps }), tokenizer, examples: chat.train, rehearsal: { tokens } });
}

/** Keeps a tuned model as the second link of the chain, with its evaluation sheet and its parent's hash. */
export async function saveTuned(
  made: { model: GPT; tokenizer: Tokenizer; history: TrainHistory },
  corpus: Corpus,
  chat: ChatCorpus,
  parent: Stage,
): Promise<Stage["manifest"]> {
  const evaluation = await chatSheetOf(made.model, made.tokenizer, corpus, chat);
  return saveStage(TUNED_STAGE, { ...made, seed: 1, dataHash: chat.sha256, evaluation, parent: parent.manifest });
}

/** The evaluation sheet with one group more, `instructions`: the chat's questions, by kind as `chat: stranger`. */
export async function chatSheetOf(
  model: GPT,
  tokenizer: Tokenizer,
  corpus: Corpus,
  chat: Pick<ChatCorpus, "heldOut">,
): Promise<EvaluationSheet> {
  const sheet = await sheetOf(model, tokenizer, corpus);
  const { kinds, all } = await exactMatch(model, tokenizer, chat.heldOut);
  const named = Object.fromEntries(Object.entries(kinds).map(([kind, score]) => [`chat: ${kind}`, score]));
  return { ...sheet, kinds: { ...sheet.kinds, ...named }, groups: { ...sheet.groups, instructions: all } };
}
