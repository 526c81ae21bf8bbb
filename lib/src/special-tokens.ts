/**
 * @file What the tokenizers have in common: special tokens in a text, ids that must exist, tokens to be read by people.
 * Engine room of tokenizer.ts and vocabulary-tokenizer.ts.
 */

import { CourseError } from "./errors";

/** Cuts a text before and after every special token in it, if they are allowed; the longest name goes first. */
export function specialSplitter(names: readonly string[]): (text: string, allowSpecial?: boolean) => string[] {
  const longestFirst = [...names].sort((a, b) => b.length - a.length);
  const escaped = longestFirst.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`(${escaped.join("|")})`, "u");
  return (text, allowSpecial) => (allowSpecial && names.length > 0 ? text.split(pattern) : [text]);
}

/** Throws unless there is a token of this id. */
export function assertId(id: number, vocabSize: number): void {
  if (Number.isInteger(id) && id >= 0 && id < vocabSize) return;
  const expected = `a whole number from 0 to ${vocabSize - 1}`;
  throw new CourseError({ what: "token id", expected, received: String(id) });
}

/** The text of some bytes, or the bytes such as `\xC3` where they are no whole character. */
export function readableBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => `\\x${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
  }
}

/** The text of tokens given as bytes. Bytes that are no whole character become U+FFFD. */
export function decodeBytes(tokens: Iterable<Uint8Array>): string {
  const all: number[] = [];
  for (const bytes of tokens) for (const byte of bytes) all.push(byte);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(all));
}
