/**
 * @file A tokenizer that somebody else has trained: byte-pair encoding with the tokens and merges of a file, as GPT-2 and
 * SmolLM2 have them. Used with downloaded models from notebook 2 on. The course's own tokenizers are in tokenizer.ts.
 *
 * Such files write each byte as a printable character, so that a token is a text: a space is `Ġ`, a line end `Ċ`
 * (Radford et al. 2019, "GPT-2", `bytes_to_unicode`).
 */

import { createWordEncoder, type Pair, WORD_PATTERNS, type WordEncoder, type WordPattern } from "./bpe";
import { CourseError } from "./errors";
import type { GgufValue } from "./gguf";
import { assertId, decodeBytes, readableBytes, specialSplitter } from "./special-tokens";
import type { EncodeOptions, Tokenizer } from "./tokenizer";

/** The saved form, and what a tokenizer is made of. */
export interface VocabularyTokenizerJSON {
  kind: "vocabulary";
  /** How texts are cut into words, within which merges happen. */
  pattern: WordPattern;
  /** All tokens in the order of their ids, bytes written as printable characters: `Ġthe`. */
  tokens: string[];
  /** Which two tokens become one, the first learned first: `Ġ t`. */
  merges: string[];
  /** Those of the tokens that stand for themselves and are never made by merging, such as `<|im_start|>`. */
  specialTokens: string[];
  /** What stands for a byte that is not among the tokens. Default: such a byte is an error. */
  unknownToken?: string;
}

/**
 * Byte-pair encoding with given tokens.
 *
 * With the tokens `["l", "o", "w", "lo", "low"]` and the merges `["l o", "lo w"]`, `encode("low")` is `[4]` and
 * `encode("owl")` is `[1, 2, 0]`.
 */
export class VocabularyTokenizer implements Tokenizer {
  readonly kind = "bpe";
  readonly vocabSize: number;
  readonly special: Readonly<Record<string, number>>;
  private readonly json: VocabularyTokenizerJSON;
  private readonly idOf: ReadonlyMap<string, number>;
  private readonly encodeWord: WordEncoder;
  /** The id for each number of the word encoder: the 256 bytes, then the merges in their order. -1: no such token. */
  private readonly idOfPart: Int32Array;
  private readonly unknownId: number | undefined;
  private readonly split: (text: string, allowSpecial?: boolean) => string[];

  constructor(parts: Omit<VocabularyTokenizerJSON, "kind">) {
    this.json = { kind: "vocabulary", ...parts };
    const { tokens, merges, specialTokens, unknownToken } = parts;
    this.vocabSize = tokens.length;
    this.idOf = new Map(tokens.map((token, id) => [token, id]));
    this.special = Object.fromEntries(specialTokens.map((name) => [name, this.known(name)]));
    this.split = specialSplitter(specialTokens);
    this.unknownId = unknownToken === undefined ? undefined : this.known(unknownToken);

    const partOf = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));
    const pairs = merges.map((merge, k): Pair => {
      const [left, right] = merge.split(" ") as [string, string];
      const pair = [partOf.get(left), partOf.get(right)];
      const made = `${left}${right}`;
      if (pair.includes(undefined) || partOf.has(made)) {
        const expected = "two parts that are there already, to a token that is not";
        throw new CourseError({ what: `merges[${k}]`, expected, received: JSON.stringify(merge) });
      }
      partOf.set(made, 256 + k);
      return pair as [number, number];
    });
    this.encodeWord = createWordEncoder(pairs);
    this.idOfPart = Int32Array.from(partOf.keys(), (part, i) =>
      i < 256 ? (this.idOf.get(part) ?? -1) : this.known(part),
    );
  }

  encode(text: string, options: EncodeOptions = {}): number[] {
    const ids: number[] = [];
    for (const part of this.split(text, options.allowSpecial)) {
      if (options.allowSpecial && Object.hasOwn(this.special, part)) {
        ids.push(this.special[part]!);
        continue;
      }
      for (const word of part.match(WORD_PATTERNS[this.json.pattern]) ?? []) {
        for (const part of this.encodeWord(word)) {
          const id = this.idOfPart[part]!;
          ids.push(id >= 0 ? id : this.unknown(word));
        }
      }
    }
    return ids;
  }

  decode(ids: ArrayLike<number>): string {
    return decodeBytes(Array.from(ids, (id) => this.bytesOf(id)));
  }

  token(id: number): string {
    return readableBytes(this.bytesOf(id));
  }

  /** The bytes that a token stands for. */
  bytesOf(id: number): Uint8Array {
    assertId(id, this.vocabSize);
    const token = this.json.tokens[id]!;
    if (Object.hasOwn(this.special, token)) return new TextEncoder().encode(token);
    return Uint8Array.from(token, (character) => BYTE_OF.get(character) ?? this.noByte(token));
  }

  toJSON(): VocabularyTokenizerJSON {
    return structuredClone(this.json);
  }

  private known(token: string): number {
    const id = this.idOf.get(token);
    if (id !== undefined) return id;
    throw new CourseError({
      what: "tokens",
      expected: `to have ${JSON.stringify(token)}`,
      received: "a list without it",
    });
  }

  private unknown(word: string): number {
    if (this.unknownId !== undefined) return this.unknownId;
    throw new CourseError({
      what: "text",
      expected: "bytes that are among the tokens",
      received: JSON.stringify(word),
    });
  }

  private noByte(token: string): never {
    throw new CourseError({
      what: "token",
      expected: "characters that stand for bytes",
      received: JSON.stringify(token),
    });
  }
}

/** The characters that stand for the bytes 0 to 255: printable ones for themselves, the others for what comes after 255. */
const BYTE_CHARACTERS: readonly string[] = byteCharacters();
const BYTE_OF: ReadonlyMap<string, number> = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));

function byteCharacters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCodePoint(printable ? byte : next++);
  });
}

/** How the names that llama.cpp has for ways to cut words are called here. */
const PATTERNS: Readonly<Record<string, WordPattern>> = { "gpt-2": "gpt2", smollm: "smollm" };

/** The kinds of tokens in a GGUF file that stand for themselves: control tokens, and those a user has added. */
const SPECIAL_KINDS = [3, 4];

/** The tokenizer in a GGUF file: `tokenizerFromGguf(openGguf("model.gguf").metadata)`. */
export function tokenizerFromGguf(metadata: Readonly<Record<string, GgufValue>>): VocabularyTokenizer {
  const setting = <T extends GgufValue>(name: string): T => {
    const value = metadata[`tokenizer.ggml.${name}`];
    if (value !== undefined) return value as T;
    throw new CourseError({ what: "GGUF file", expected: `the setting tokenizer.ggml.${name}`, received: "none" });
  };
  const [model, pre] = [setting<string>("model"), setting<string>("pre")];
  const pattern = PATTERNS[pre];
  if (model !== "gpt2" || pattern === undefined) {
    const expected = `byte-pair encoding ("gpt2") with words cut as in ${Object.keys(PATTERNS).join(" or ")}`;
    throw new CourseError({ what: "tokenizer of the file", expected, received: `"${model}", ${pre}` });
  }
  const tokens = setting<string[]>("tokens");
  const kinds = setting<number[]>("token_type");
  const unknownId = metadata["tokenizer.ggml.unknown_token_id"] as number | undefined;
  return new VocabularyTokenizer({
    pattern,
    tokens,
    merges: setting<string[]>("merges"),
    specialTokens: tokens.filter((_, id) => SPECIAL_KINDS.includes(kinds[id]!)),
    ...(unknownId !== undefined && { unknownToken: tokens[unknownId]! }),
  });
}
