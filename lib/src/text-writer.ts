/**
 * @file From tokens to text while the tokens are still coming: whole characters only, and nothing that may turn out to be
 * the beginning of a stop text. Engine room of sample.ts.
 */

import type { Tokenizer } from "./tokenizer";

/** Collects tokens to text, holding back what may still become part of a character or of a stop text. */
export class TextWriter {
  /** The text so far, without the stop text. */
  text = "";
  private pending: number[] = []; // tokens that end inside a character
  private taken = 0;
  private complete = false;

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly stops: readonly string[],
  ) {}

  /** Adds a token; true when the text now contains a stop text, before which it is cut. */
  add(id: number): boolean {
    this.pending.push(id);
    const piece = this.tokenizer.decode(this.pending);
    if (piece.endsWith("\ufffd") && this.pending.length < 4) return false; // a character has at most 4 bytes
    this.pending = [];
    this.text += piece;
    const ends = this.stops.map((stop) => this.text.indexOf(stop)).filter((at) => at >= 0);
    if (ends.length === 0) return false;
    this.text = this.text.slice(0, Math.min(...ends));
    this.complete = true;
    return true;
  }

  /** The new text that is certain to stay. */
  take(): string {
    const held = this.complete ? 0 : Math.max(0, ...this.stops.map((stop) => overlap(this.text, stop)));
    return this.advance(this.text.length - held);
  }

  /** The rest of the text. */
  end(): string {
    if (this.pending.length > 0) this.text += this.tokenizer.decode(this.pending);
    this.pending = [];
    return this.advance(this.text.length);
  }

  private advance(end: number): string {
    const fresh = this.text.slice(this.taken, end);
    this.taken = Math.max(this.taken, end);
    return fresh;
  }
}

/** How many characters at the end of the text are a beginning of `stop`: `overlap("I am", "me")` is 1. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
