/**
 * @file A conversation in the form that SmolLM2 was taught, and asking it. The counterpart of chat.ts for the downloaded
 * model; notebooks 5 to 9. Each turn stands between two tokens that no text can contain:
 *
 *     <|im_start|>system
 *     You are a helpful AI assistant.<|im_end|>
 *     <|im_start|>user
 *     What is the capital of France?<|im_end|>
 *     <|im_start|>assistant
 *
 * Simplified: the file brings its template as a program in the language Jinja. It is not run: it is compared with the one
 * written out here ("ChatML"), of which only the first message differs from model to model.
 */

import type { AskOptions, ChatMessage, EncodedChat } from "./chat";
import { CourseError } from "./errors";
import type { Llama } from "./llama";
import { generate, generateBatch } from "./sample";
import type { Tokenizer } from "./tokenizer";

/** ChatML in Jinja. `SYSTEM` stands for the message that is put in front of a conversation without one. */
const CHATML =
  "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}" +
  "{{ '<|im_start|>system\nSYSTEM<|im_end|>\n' }}{% endif %}" +
  "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/** How a conversation is put to the model. */
export interface TurnOptions {
  /** What the model is told before the conversation. Default: a short sentence; the file's own is {@link systemMessageOf}. */
  system?: string;
}

/** Measured: with this sentence SmolLM2-135M answers plain questions a little better than with the longer one of its file. */
const SYSTEM_MESSAGE = "You are a helpful AI assistant.";

/**
 * The first message in a file's chat template: `systemMessageOf(loaded.chatTemplate)`. Throws if the template is not the
 * one that this module writes.
 */
export function systemMessageOf(template: string | undefined): string {
  const plain = template?.replaceAll("\\n", "\n") ?? "";
  const [before, after] = CHATML.split("SYSTEM") as [string, string];
  if (plain.startsWith(before) && plain.endsWith(after)) return plain.slice(before.length, -after.length);
  const received = template === undefined ? "none" : `${JSON.stringify(template.slice(0, 80))}...`;
  throw new CourseError({ what: "chat template", expected: "turns between <|im_start|> and <|im_end|>", received });
}

/**
 * A conversation in tokens, with the mask of what the model has to say itself: its answers, and the token that ends each.
 * What people write is spelled out: nobody speaks for the model by typing `<|im_start|>`.
 */
export function encodeTurns(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  options: TurnOptions = {},
): EncodedChat {
  const { system = SYSTEM_MESSAGE } = options;
  const { start, end } = turnTokens(tokenizer);
  const encoded: EncodedChat = { tokens: [], mask: [] };
  const add = (ids: readonly number[], learned: number): void => {
    encoded.tokens.push(...ids);
    encoded.mask.push(...ids.map(() => learned));
  };
  for (const { role, content } of [{ role: "system", content: system }, ...messages]) {
    const own = role === "bot";
    add([start], 0);
    if (own)
      // a prompt ends after the role, and answers are cut from there
      add(tokenizer.encode("assistant\n"), 0);
    add(tokenizer.encode(own ? content : `${role}\n${content}`), own ? 1 : 0);
    add([end], own ? 1 : 0);
    add(tokenizer.encode("\n"), 0);
  }
  return encoded;
}

/** What the model is given to answer: the conversation so far and the beginning of its turn. */
export function turnsPrompt(
  tokenizer: Tokenizer,
  conversation: string | readonly ChatMessage[],
  options: TurnOptions = {},
): number[] {
  const messages = typeof conversation === "string" ? [{ role: "user" as const, content: conversation }] : conversation;
  const { tokens } = encodeTurns(tokenizer, messages, options);
  return [...tokens, turnTokens(tokenizer).start, ...tokenizer.encode("assistant\n")];
}

/** An answer is greedy, short, and ends where the model ends its turn. */
const ANSWERING = { temperature: 0, maxTokens: 40, stop: ["<|im_end|>", "<|endoftext|>"] };

/**
 * The model's answer: `await askLlama(model, tokenizer, "What is the capital of France?")` is
 * `"The capital of France is Paris."` for SmolLM2. Greedy unless a temperature and `random` are given.
 */
export async function askLlama(
  model: Llama,
  tokenizer: Tokenizer,
  conversation: string | readonly ChatMessage[],
  options: AskOptions & TurnOptions & { onToken?: (text: string, id: number) => void } = {},
): Promise<string> {
  const prompt = turnsPrompt(tokenizer, conversation, options);
  const { text } = await generate(model, tokenizer, prompt, { ...ANSWERING, ...options });
  return text.trim();
}

/** The answers to many questions, several at a time: much faster than one after the other. */
export async function askAllLlama(
  model: Llama,
  tokenizer: Tokenizer,
  conversations: readonly (string | readonly ChatMessage[])[],
  options: AskOptions & TurnOptions & { batchSize?: number } = {},
): Promise<string[]> {
  const prompts = conversations.map((conversation) => turnsPrompt(tokenizer, conversation, options));
  const answers = await generateBatch(model, tokenizer, prompts, { ...ANSWERING, ...options });
  return answers.map(({ text }) => text.trim());
}

function turnTokens({ special }: Tokenizer): { start: number; end: number } {
  const [start, end] = [special["<|im_start|>"], special["<|im_end|>"]];
  if (start !== undefined && end !== undefined) return { start, end };
  const received = "one without them";
  throw new CourseError({ what: "tokenizer", expected: "the tokens <|im_start|> and <|im_end|>", received });
}
