/** Cutting a text into GPT-2's tokens with one of three tokenizers that know its 50,000 merges, for bench/tokenizing.ts. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { BpeTokenizer } from "../../lib/src/tokenizer";
import { gpt2Tokenizer } from "../../lib/test/gpt2-tokenizer";
import { serve } from "./serve";

const { which, text: file, peers } = JSON.parse(process.argv[2]!);
const text = readFileSync(file, "utf8");
const fromPeers = createRequire(`${peers}/package.json`);

async function encoder(): Promise<(text: string) => ArrayLike<number>> {
  if (which === "js-tiktoken") {
    const { Tiktoken } = fromPeers("js-tiktoken/lite");
    const tiktoken = new Tiktoken(fromPeers("js-tiktoken/ranks/gpt2"));
    return (t) => tiktoken.encode(t);
  }
  if (which === "gpt-tokenizer") {
    const { encode, clearMergeCache } = require("gpt-tokenizer/encoding/r50k_base");
    return (t) => {
      clearMergeCache(); // every turn begins without what it has seen, as ours does
      return encode(t);
    };
  }
  const json = gpt2Tokenizer().tokenizer.toJSON();
  return (t) => new BpeTokenizer(json).encode(t);
}

async function main(): Promise<void> {
  const encode = await encoder();
  for (let i = 0; i < 3; i++) encode(text);
  serve(() => encode(text).length);
}

void main();
