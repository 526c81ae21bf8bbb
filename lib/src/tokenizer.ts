/**
 * @file Tokenizers: text to token ids and back. One by characters, one by byte-pair encoding (its algorithm is `bpe.ts`).
 * Used by every notebook; 1 explains them. Those of downloaded models are in
 * vocabulary-tokenizer.ts. Leaves out normalisation (texts come back exactly as they were) and dropout.
 */

import {
  countWords,
  createWordEncoder,
  learnMerges,
  type Pair,
  WORD_PATTERNS,
  type WordEncoder,
  type WordPattern,
} from "./bpe";
import { assertCount, CourseError } from "./errors";
import { assertId, decodeBytes, readableBytes, specialSplitter } from "./special-tokens";
import { VocabularyTokenizer, type VocabularyTokenizerJSON } from "./vocabulary-tokenizer";

/** The special tokens of the course: a document begins; a person speaks; the model speaks; the model has finished. */
export const SPECIAL_TOKENS: readonly string[] = ["<doc>", "<user>", "<bot>", "<end>"];

/** How a text is encoded. */
export interface EncodeOptions {
  /**
   * Whether `<doc>` and the like in the text become special tokens. Default false: they are spelled out like any other
   * text, so that nobody can end a document or speak for the model by writing a token's name.
   */
  allowSpecial?: boolean;
}

/** Text to ids and back. */
export interface Tokenizer {
  readonly kind: "char" | "bpe";
  /** The number of different tokens; ids run from 0 to `vocabSize - 1`. */
  readonly vocabSize: number;
  /** The ids of the special tokens by name: `special["<doc>"]`. */
  readonly special: Readonly<Record<string, number>>;
  encode(text: string, options?: EncodeOptions): number[];
  /** The text of the ids. Bytes that are no whole character become U+FFFD, the replacement character. */
  decode(ids: ArrayLike<number>): string;
  /** One token, to be read by people: its text, or its bytes such as `\xC3` where they are no whole character. */
  token(id: number): string;
  toJSON(): TokenizerJSON;
}

/** The saved form of a character tokenizer. */
export interface CharTokenizerJSON {
  kind: "char";
  characters: string[];
  specialTokens: string[];
}

/** The saved form of a byte-pair tokenizer. */
export interface BpeTokenizerJSON {
  kind: "bpe";
  pattern: WordPattern;
  specialTokens: string[];
  merges: Pair[];
}

/** The saved form of a tokenizer, as it stands in a checkpoint. */
export type TokenizerJSON = CharTokenizerJSON | BpeTokenizerJSON | VocabularyTokenizerJSON;

/** The tokenizer that {@link Tokenizer.toJSON} described. */
export function tokenizerFromJSON(json: TokenizerJSON): Tokenizer {
  if (json?.kind === "char") return new CharTokenizer(json);
  if (json?.kind === "bpe") return new BpeTokenizer(json);
  if (json?.kind === "vocabulary") return new VocabularyTokenizer(json);
  const received = JSON.stringify((json as { kind?: unknown } | null)?.kind) ?? "undefined";
  throw new CourseError({ what: "tokenizer.kind", expected: '"char", "bpe" or "vocabulary"', received });
}

/**
 * What stands in front of a document: the ids of its start token, one or none. By default `<doc>`, if the tokenizer has
 * it; `null` means nothing; another special token may be named.
 */
export function startIds(tokenizer: Tokenizer, startToken?: string | null): number[] {
  if (startToken === null) return [];
  const id = tokenizer.special[startToken ?? "<doc>"];
  if (id !== undefined) return [id];
  if (startToken === undefined) return [];
  throw new CourseError({
    what: "startToken",
    expected: `a special token of the tokenizer (${Object.keys(tokenizer.special).join(" ") || "it has none"})`,
    received: startToken,
    remedy: "With startToken: null nothing is put in front.",
  });
}

/**
 * One token a character. Special tokens, if any, have the ids after the characters.
 *
 * `CharTokenizer.train("hello").encode("hole")` is `[1, 3, 2, 0]`: the characters in order are `e`, `h`, `l`, `o`.
 */
export class CharTokenizer implements Tokenizer {
  readonly kind = "char";
  readonly vocabSize: number;
  readonly special: Readonly<Record<string, number>>;
  private readonly characters: readonly string[];
  private readonly idOf: ReadonlyMap<string, number>;
  private readonly split: (text: string, allowSpecial?: boolean) => string[];

  constructor(parts: { characters: readonly string[]; specialTokens?: readonly string[] }) {
    const { characters, specialTokens = [] } = parts;
    this.characters = [...characters];
    this.idOf = new Map(characters.map((character, id) => [character, id]));
    if (this.idOf.size !== characters.length || characters.some((character) => [...character].length !== 1)) {
      throw new CourseError({
        what: "characters",
        expected: "different single characters",
        received: JSON.stringify(characters.slice(0, 20)),
      });
    }
    this.special = numberSpecialTokens(specialTokens, characters.length);
    this.split = specialSplitter(specialTokens);
    this.vocabSize = characters.length + specialTokens.length;
  }

  /** The tokenizer of all characters that occur in the text, in the order of their code points. */
  static train(text: string, options: { specialTokens?: readonly string[] } = {}): CharTokenizer {
    assertNotEmpty(text.length);
    const characters = [...new Set(text)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
    return new CharTokenizer({ characters, specialTokens: options.specialTokens ?? [] });
  }

  encode(text: string, options: EncodeOptions = {}): number[] {
    const ids: number[] = [];
    for (const part of this.split(text, options.allowSpecial)) {
      const specialId = options.allowSpecial ? this.special[part] : undefined;
      if (specialId !== undefined) ids.push(specialId);
      else for (const character of part) ids.push(this.idOf.get(character) ?? this.unknown(character));
    }
    return ids;
  }

  decode(ids: ArrayLike<number>): string {
    let text = "";
    for (let i = 0; i < ids.length; i++) text += this.token(ids[i]!);
    return text;
  }

  token(id: number): string {
    assertId(id, this.vocabSize);
    return this.characters[id] ?? Object.keys(this.special)[id - this.characters.length]!;
  }

  toJSON(): CharTokenizerJSON {
    return { kind: "char", characters: [...this.characters], specialTokens: Object.keys(this.special) };
  }

  private unknown(character: string): never {
    throw new CourseError({
      what: "text",
      expected: `only the ${this.characters.length} characters of the vocabulary`,
      received: JSON.stringify(character),
      remedy: "Train the tokenizer on a text that has this character, or use BpeTokenizer, which can write any text.",
    });
  }
}

/** How a byte-pair tokenizer is trained. */
export interface BpeTrainOptions {
  /** How many tokens to have in the end: 256 bytes, the special tokens, and as many merges as still fit. */
  vocabSize: number;
  /** Default {@link SPECIAL_TOKENS}. */
  specialTokens?: readonly string[];
  /** How texts are cut into words, within which merges happen. Default `course`. */
  pattern?: WordPattern;
}

/**
 * Byte-pair encoding on UTF-8 bytes: ids 0 to 255 are the bytes, then come the special tokens, then the merges in the
 * order in which they were learned. Every text can be encoded and comes back unchanged. (Half a surrogate pair is no
 * text: it becomes U+FFFD.)
 *
 * `BpeTokenizer.train("low lower lowest", { vocabSize: 262 })` learns `l` + `o` and `lo` + `w`, the ids 260 and 261;
 * its `encode("lower")` is `[261, 101, 114]`.
 */
export class BpeTokenizer implements Tokenizer {
  readonly kind = "bpe";
  readonly vocabSize: number;
  readonly special: Readonly<Record<string, number>>;
  /** The learned merges in their order; the k-th has the id `vocabSize - merges.length + k`. */
  readonly merges: readonly Pair[];
  readonly pattern: WordPattern;
  /** The bytes of each token; those of a merge stand here once somebody has asked for them. */
  private readonly bytes: (Uint8Array | undefined)[];
  private readonly encodeWord: WordEncoder;
  private readonly split: (text: string, allowSpecial?: boolean) => string[];

  constructor(parts: { merges: readonly Pair[]; specialTokens?: readonly string[]; pattern?: WordPattern }) {
    const { merges, specialTokens = SPECIAL_TOKENS, pattern = "course" } = parts;
    assertPattern(pattern);
    this.merges = merges;
    this.pattern = pattern;
    this.special = numberSpecialTokens(specialTokens, 256);
    this.split = specialSplitter(specialTokens);
    this.encodeWord = createWordEncoder(merges, 256 + specialTokens.length);
    this.vocabSize = 256 + specialTokens.length + merges.length;
    this.bytes = new Array(this.vocabSize);
    for (let byte = 0; byte < 256; byte++) this.bytes[byte] = Uint8Array.of(byte);
    for (const name of specialTokens) this.bytes[this.special[name]!] = new TextEncoder().encode(name);
  }

  /**
   * Learns the merges of a text, or of several. Of equally frequent pairs the one with the smaller ids is merged first,
   * so that a corpus has exactly one vocabulary. When no pair occurs twice any more, the vocabulary stays smaller than asked.
   */
  static train(text: string | readonly string[], options: BpeTrainOptions): BpeTokenizer {
    const { vocabSize, specialTokens = SPECIAL_TOKENS, pattern = "course" } = options;
    const firstId = 256 + specialTokens.length;
    assertCount("vocabSize", vocabSize, firstId);
    assertPattern(pattern);
    const words = countWords(typeof text === "string" ? [text] : text, pattern);
    assertNotEmpty(words.size);
    const merges = learnMerges(words, { count: vocabSize - firstId, firstId });
    return new BpeTokenizer({ merges, specialTokens, pattern });
  }

  encode(text: string, options: EncodeOptions = {}): number[] {
    const ids: number[] = [];
    for (const part of this.split(text, options.allowSpecial)) {
      const specialId = options.allowSpecial ? this.special[part] : undefined;
      if (specialId !== undefined) {
        ids.push(specialId);
        continue;
      }
      for (const word of part.match(WORD_PATTERNS[this.pattern]) ?? []) {
        for (const id of this.encodeWord(word)) ids.push(id);
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
    this.bytes[id] ??= this.spell(id);
    return this.bytes[id];
  }

  /** The bytes of a merge: its two halves, and theirs, down to bytes. */
  private spell(id: number): Uint8Array {
    const firstMerge = this.vocabSize - this.merges.length;
    const bytes: number[] = [];
    const parts = [id]; // what is still to be spelled, the leftmost part last
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      if (part < firstMerge) bytes.push(...this.bytes[part]!);
      else parts.push(...[...this.merges[part - firstMerge]!].reverse());
    }
    return Uint8Array.from(bytes);
  }

  toJSON(): BpeTokenizerJSON {
    return {
      kind: "bpe",
      pattern: this.pattern,
      specialTokens: Object.keys(this.special),
      merges: this.merges.map(([left, right]): Pair => [left, right]),
    };
  }
}

function numberSpecialTokens(names: readonly string[], firstId: number): Record<string, number> {
  if (new Set(names).size !== names.length || names.includes("")) {
    throw new CourseError({ what: "specialTokens", expected: "different names", received: JSON.stringify(names) });
  }
  return Object.fromEntries(names.map((name, i) => [name, firstId + i]));
}

function assertPattern(pattern: string): void {
  if (Object.hasOwn(WORD_PATTERNS, pattern)) return;
  const expected = Object.keys(WORD_PATTERNS).join(" or ");
  throw new CourseError({ what: "pattern", expected, received: pattern });
}

function assertNotEmpty(size: number): void {
  if (size > 0) return;
  throw new CourseError({ what: "text", expected: "at least one character to learn from", received: "an empty text" });
}
