/**
 * @file A conversation as a text that a model can continue: the template, the mask that says what is learned from it,
 * and asking. Used from notebook 6 on. Leaves out system messages and tools.
 *
 *     <doc><user> Where does Brena live?<bot> Oxley.<end><user> And what pet does she keep?<bot>
 *
 * `<doc>`, `<user>`, `<bot>` and `<end>` are single tokens that no text can contain: what a person writes is spelled out,
 * so that nobody speaks for the bot by typing `<bot>`.
 */

import { CourseError } from "./errors";
import type { GPT } from "./gpt";
import type { Random } from "./random";
import { type GenerateBatchOptions, generate, generateBatch } from "./sample";
import type { Tokenizer } from "./tokenizer";

/** What a person or the bot says. */
export interface ChatMessage {
  role: "user" | "bot";
  content: string;
}

/** A conversation in tokens; `mask` is 1 for those that the bot has to say itself: its answers, and each `<end>`. */
export interface EncodedChat {
  tokens: number[];
  mask: number[];
}

/** A question and its answer as a conversation. */
export function questionAndAnswer(question: string, answer: string): ChatMessage[] {
  return [
    { role: "user", content: question },
    { role: "bot", content: answer },
  ];
}

/**
 * A conversation in the form that the model reads. If the last message is the user's, it ends with `<bot>`, where the
 * model goes on.
 *
 * `renderChat(questionAndAnswer("Where does Brena live?", "Oxley."))` is `"<doc><user> Where does Brena live?<bot> Oxley.<end>"`.
 */
export function renderChat(messages: readonly ChatMessage[]): string {
  const turns = messages.map(({ role, content }) => `<${role}> ${content}${role === "bot" ? "<end>" : ""}`);
  return `<doc>${turns.join("")}${messages.at(-1)?.role === "user" ? "<bot>" : ""}`;
}

/**
 * A conversation in tokens, with the mask of what is learned from it.
 *
 *     <doc> <user>  Where  does  Brena  live  ?  <bot>  Oxley  .  <end>
 *       0     0       0     0      0      0   0    0      1    1    1
 */
export function encodeChat(tokenizer: Tokenizer, messages: readonly ChatMessage[]): EncodedChat {
  assertTurns(messages);
  const special = roleTokens(tokenizer);
  const tokens = [special.doc];
  const mask = [0];
  const add = (ids: readonly number[], learned: number): void => {
    tokens.push(...ids);
    mask.push(...ids.map(() => learned));
  };
  for (const { role, content } of messages) {
    add([special[role]], 0);
    add(tokenizer.encode(` ${content}`), role === "bot" ? 1 : 0);
    if (role === "bot") add([special.end], 1);
  }
  return { tokens, mask };
}

/** What the model is given to answer: the conversation so far, and `<bot>`. A text is a conversation of one question. */
export function promptTokens(tokenizer: Tokenizer, conversation: string | readonly ChatMessage[]): number[] {
  const messages = typeof conversation === "string" ? [{ role: "user" as const, content: conversation }] : conversation;
  if (messages.at(-1)?.role !== "user") {
    const received = messages.length === 0 ? "no message" : "one of the bot";
    throw new CourseError({ what: "last message", expected: "one of the user, to be answered", received });
  }
  return [...encodeChat(tokenizer, messages).tokens, roleTokens(tokenizer).bot];
}

/** How the bot is asked. */
export interface AskOptions extends GenerateBatchOptions {
  /** Default 0: greedy, always the likeliest token. */
  temperature?: number;
  /** The most tokens to answer with. Default 40. */
  maxTokens?: number;
  /** Needed when the temperature is not 0. */
  random?: Random;
}

/**
 * The bot's answer, without the space before it and the `<end>` behind it.
 *
 * `await ask(model, tokenizer, "Where does Brena live?")` is `"Oxley."` for a model that was taught to chat.
 */
export async function ask(
  model: GPT,
  tokenizer: Tokenizer,
  conversation: string | readonly ChatMessage[],
  options: AskOptions = {},
): Promise<string> {
  const { text } = await generate(model, tokenizer, promptTokens(tokenizer, conversation), asked(options));
  return text.trim();
}

/** The answers to many questions, several at a time: much faster than one after the other. */
export async function askAll(
  model: GPT,
  tokenizer: Tokenizer,
  conversations: readonly (string | readonly ChatMessage[])[],
  options: AskOptions & { batchSize?: number } = {},
): Promise<string[]> {
  const prompts = conversations.map((conversation) => promptTokens(tokenizer, conversation));
  const answers = await generateBatch(model, tokenizer, prompts, asked(options));
  return answers.map(({ text }) => text.trim());
}

function asked<T extends AskOptions>(options: T): T {
  return { temperature: 0, maxTokens: 40, stop: ["<end>"], ...options };
}

/** The ids of the special tokens of the template. */
export function roleTokens(tokenizer: Tokenizer): { doc: number; user: number; bot: number; end: number } {
  const idOf = (name: string): number => {
    const id = tokenizer.special[name];
    if (id !== undefined) return id;
    throw new CourseError({
      what: "tokenizer",
      expected: "the special tokens <doc> <user> <bot> <end>",
      received: `one without ${name}`,
      remedy: "Use the tokenizer that belongs to the model: `pretrained` returns it.",
    });
  };
  return { doc: idOf("<doc>"), user: idOf("<user>"), bot: idOf("<bot>"), end: idOf("<end>") };
}

function assertTurns(messages: readonly ChatMessage[]): void {
  messages.forEach(({ role }, i) => {
    const expected = i % 2 === 0 ? "user" : "bot";
    if (role === expected) return;
    throw new CourseError({
      what: `messages[${i}].role`,
      expected: `"${expected}": the two take turns, and the user begins`,
      received: JSON.stringify(role),
    });
  });
}
