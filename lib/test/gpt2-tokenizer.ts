/** @file GPT-2's merges, found from the ranks that the package gpt-tokenizer carries: for tests and bench/tokenizing.ts. */

import gpt2Ranks from "gpt-tokenizer/bpeRanks/r50k_base";
import type { Pair } from "../src/bpe";
import { BpeTokenizer } from "../src/tokenizer";

/**
 * GPT-2's tokenizer in our order of ids. gpt-tokenizer ships only ranks; the pair that made a token is found by merging
 * its bytes with the tokens of lower rank until two parts are left. `gpt2Id` gives GPT-2's id for each of ours.
 */
export function gpt2Tokenizer(): { tokenizer: BpeTokenizer; gpt2Id: number[] } {
  const rankOf = new Map<string, number>();
  gpt2Ranks.forEach((token, rank) => {
    rankOf.set(Buffer.from(token as string | number[]).toString("latin1"), rank);
  });
  const ourId = new Map(Array.from({ length: 256 }, (_, byte) => [String.fromCharCode(byte), byte]));
  const gpt2Id = Array.from({ length: 256 }, (_, byte) => rankOf.get(String.fromCharCode(byte))!);
  const merges: Pair[] = [];
  for (const [token, rank] of rankOf) {
    if (token.length === 1) continue;
    const parts = [...token];
    while (parts.length > 2) {
      let best = rank;
      let at = -1;
      for (let i = 0; i + 1 < parts.length; i++) {
        const other = rankOf.get(parts[i]! + parts[i + 1]!) ?? rank;
        if (other < best) [best, at] = [other, i];
      }
      parts.splice(at, 2, parts[at]! + parts[at + 1]!);
    }
    ourId.set(token, 256 + merges.length);
    gpt2Id.push(rank);
    merges.push([ourId.get(parts[0]!)!, ourId.get(parts[1]!)!]);
  }
  return { tokenizer: new BpeTokenizer({ merges, specialTokens: [], pattern: "gpt2" }), gpt2Id };
}
