/** @file Exercise 8.8, held back: finding notes. Expected values come from `reference/08.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/08.json";

/** A right answer in which one thing is changed. */
function spoiled({
  clean = (text: string): string => text.toLowerCase(),
  cut = /[^a-zA-Z]+/,
  once = true,
  worth = (share: number): number => -Math.log(share),
  least = 1e-12,
  best = 1,
  most = (count: number): number => count,
}): Record<string, unknown> {
  const words = (text: string): string[] =>
    clean(text)
      .split(cut)
      .filter((word) => word !== "");
  return {
    retrieve(question: string, notes: string[], count: number): string[] {
      const asked = once ? Array.from(new Set(words(question))) : words(question);
      const scored: [number, number][] = notes.map((_, i) => [0, i]);
      for (const word of asked) {
        const holders = notes.flatMap((note, i) => (words(note).includes(word) ? [i] : []));
        for (const i of holders) scored[i]![0] += worth(holders.length / notes.length);
      }
      return scored
        .filter(([score]) => score >= least)
        .sort((a, b) => best * (b[0] - a[0]) || a[1] - b[1])
        .map(([, i]) => notes[i]!)
        .slice(0, most(count));
    },
  };
}

export const retrieve: HeldBack = {
  cases: reference["8.8"],
  right: [
    { how: "over the words, holders first", answers: spoiled({}) },
    {
      how: "sets and a map of counts, picked one at a time",
      answers: {
        retrieve(question: string, notes: string[], count: number): string[] {
          const bags = notes.map((note) => new Set(note.toLowerCase().match(/[a-z]+/g)));
          const standsIn = new Map<string, number>();
          for (const bag of bags) for (const word of bag) standsIn.set(word, (standsIn.get(word) ?? 0) + 1);
          const scores = bags.map((bag) => {
            let score = 0;
            for (const word of new Set(question.toLowerCase().match(/[a-z]+/g))) {
              if (bag.has(word)) score += Math.log(notes.length) - Math.log(standsIn.get(word)!);
            }
            return score;
          });
          const found: string[] = [];
          while (found.length < count && Math.max(...scores, 0) > 1e-9) {
            const at = scores.indexOf(Math.max(...scores));
            found.push(notes[at]!);
            scores[at] = 0;
          }
          return found;
        },
      },
    },
  ],
  wrong: [
    { how: "counted", told: "unweighted", answers: spoiled({ worth: () => 1 }) },
    {
      how: "ln(n / N)",
      told: "upside-down",
      answers: spoiled({ worth: (share) => Math.log(share), least: -Infinity }),
    },
    { how: "capitals kept", told: "capitals", answers: spoiled({ clean: (text) => text }) },
    { how: "cut at spaces", told: "split", answers: spoiled({ cut: / / }) },
    { how: "repeated words twice", told: "repeated", answers: spoiled({ once: false }) },
    { how: "zeros too", told: "worthless", answers: spoiled({ least: 0 }) },
    { how: "worst first", told: "worst-first", answers: spoiled({ best: -1 }) },
    { how: "all that fit", told: "too-many", answers: spoiled({ most: () => 100 }) },
    { how: "in the order given", told: "given-order", answers: spoiled({ best: 0 }) },
    {
      how: "among the letters",
      told: "letters",
      answers: {
        retrieve(question: string, notes: string[], count: number): string[] {
          const texts = notes.map((note) => note.toLowerCase());
          const asked = [...new Set(question.toLowerCase().match(/[a-z]+/g) ?? [])];
          const scores = texts.map((text) =>
            asked
              .filter((word) => text.includes(word))
              .reduce((sum, word) => sum + Math.log(texts.length / texts.filter((t) => t.includes(word)).length), 0),
          );
          const order = notes.map((_, i) => i).filter((i) => scores[i]! > 0);
          return order
            .sort((i, j) => scores[j]! - scores[i]!)
            .slice(0, count)
            .map((i) => notes[i]!);
        },
      },
    },
  ],
};
