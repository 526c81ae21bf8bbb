/**
 * @file The same snapshot in another process: does it answer the same, bit by bit? Notebook 8.
 * A fresh process shares nothing with this one but the file: what it answers can only come from there. It may be run by
 * another Node.js, too. Not promised: the same bits on another processor or another version of TensorFlow, which may add
 * the same numbers in another order.
 */

import { spawn } from "node:child_process";
import { loadCheckpoint } from "./checkpoint";
import { CourseError } from "./errors";
import { createGPT, type GPT } from "./gpt";
import { hashWeights, sha256 } from "./safetensors";
import { generate, nextLogits } from "./sample";
import { backend, ready } from "./tf";
import type { Tokenizer } from "./tokenizer";

/** What a model made of a prompt. */
export interface ExactAnswer {
  /** The likeliest continuation, up to the first `<end>` or `maxTokens`. */
  text: string;
  tokens: number[];
  /** SHA-256 of the logits for the first of these tokens: all V numbers, bit by bit. */
  logitsHash: string;
}

/** What a fresh process says. */
export interface FreshAnswers {
  /** Its version of Node.js and what did the arithmetic. */
  node: string;
  backend: string;
  /** The hash of the weights that it loaded. */
  weightsHash: string;
  answers: ExactAnswer[];
}

/** A prompt: a text that is to be continued, or token ids, such as those of a question. */
export type Prompt = string | readonly number[];

/** Answers prompts in this process, with nothing left to chance. */
export async function exactAnswers(
  model: GPT,
  tokenizer: Tokenizer,
  prompts: readonly Prompt[],
  options: { maxTokens?: number } = {},
): Promise<ExactAnswer[]> {
  const { maxTokens = 24 } = options;
  const answers: ExactAnswer[] = [];
  for (const prompt of prompts) {
    const written = await generate(model, tokenizer, prompt, { maxTokens, temperature: 0, stop: ["<end>"] });
    const logits = nextLogits(model, written.promptTokens); // (V)
    const bytes = new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength);
    answers.push({ text: written.text, tokens: written.tokens, logitsHash: sha256(bytes) });
  }
  return answers;
}

/**
 * Loads a checkpoint in a fresh process and answers prompts there. `node` names another Node.js than this one.
 *
 *     const here = await exactAnswers(model, tokenizer, ["The owl lives in"]);
 *     const there = await answerInFreshProcess(checkpointFolder("01-pretrained"), ["The owl lives in"]);
 *     there.answers[0].logitsHash === here[0].logitsHash; // true
 */
export async function answerInFreshProcess(
  folder: string,
  prompts: readonly Prompt[],
  options: { maxTokens?: number; node?: string } = {},
): Promise<FreshAnswers> {
  const { node = process.execPath, maxTokens = 24 } = options;
  const loader = __filename.endsWith(".ts") ? ["--import", "tsx"] : []; // in the course's own tests
  const child = spawn(node, [...loader, __filename], { stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  let complaint = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  child.stdin.end(JSON.stringify({ folder, prompts, maxTokens }));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  if (code === 0) return JSON.parse(output.trim().split("\n").at(-1)!) as FreshAnswers;
  throw new CourseError({
    what: `answers of a fresh process (${node})`,
    expected: "that it ends well",
    received: complaint.trim().split("\n").slice(-3).join(" ") || `exit code ${code}`,
  });
}

/** What the fresh process does. */
async function main(): Promise<void> {
  let input = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) input += chunk;
  const { folder, prompts, maxTokens } = JSON.parse(input) as { folder: string; prompts: Prompt[]; maxTokens: number };
  const { manifest, weights, tokenizer } = loadCheckpoint(folder);
  await ready();
  const answers = await exactAnswers(createGPT(manifest.config, { weights }), tokenizer, prompts, { maxTokens });
  const { name } = backend();
  console.log(JSON.stringify({ node: process.version, backend: name, weightsHash: hashWeights(weights), answers }));
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
