/** @file Exercise 8.8: find the notes that fit a question, by the words they share and how rare these are. */

import type { CodeExercise } from "../../src/table";

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z]+/g) ?? [];

/** Searching with one thing done in another way. */
function retrieveWith({
  words = wordsOf,
  has = (note: string, word: string): boolean => words(note).includes(word),
  different = true,
  value = (n: number, N: number): number => Math.log(N / n),
  keep = (score: number): boolean => score > 0,
  order = (a: { score: number }, b: { score: number }): number => b.score - a.score,
}: {
  words?: (text: string) => string[];
  has?: (note: string, word: string) => boolean;
  different?: boolean;
  value?: (n: number, N: number) => number;
  keep?: (score: number) => boolean;
  order?: (a: { score: number }, b: { score: number }) => number;
}) {
  return (question: string, notes: string[], count: number): string[] => {
    const asked = different ? [...new Set(words(question))] : words(question);
    return notes
      .map((note) => {
        const shared = asked.filter((word) => has(note, word));
        const score = shared.reduce(
          (sum, word) => sum + value(notes.filter((other) => has(other, word)).length, notes.length),
          0,
        );
        return { note, score };
      })
      .filter(({ score }) => keep(score))
      .sort(order)
      .slice(0, count)
      .map(({ note }) => note);
  };
}

const HOMES = ["Brena lives in Oxley.", "Tolik lives in Upwell.", "Sulla lives in Oxley."];

export const retrieve: CodeExercise = {
  id: "8.8",
  title: "Find the note",
  points: 3,
  minutes: 15,
  answers: ["retrieve(question: string, notes: string[], count: number): string[]"],
  cases: [
    {
      args: ["Who is Tolik?", HOMES, 1],
      expected: ["Tolik lives in Upwell."],
      note: "one word in common, in one note",
    },
    {
      args: ["Who lives in Upwell, is it Brena?", HOMES, 3],
      expected: ["Brena lives in Oxley.", "Tolik lives in Upwell."],
      note: "a word that stands in every note is worth ln 1 = 0; a note worth nothing is left out",
    },
    {
      args: ["What does Brena sell in Oxley?", HOMES, 2],
      expected: ["Brena lives in Oxley.", "Sulla lives in Oxley."],
      note: "two shared words before one",
    },
    {
      args: ["WHERE IS SULLA?", HOMES, 2],
      expected: ["Sulla lives in Oxley."],
      note: "capital letters are the same words",
    },
    {
      args: ["Is the art on the cart?", ["The cart is red.", "The art is old.", "A mule, a cart."], 1],
      expected: ["The art is old."],
      note: '"art" is a word of its own, not a part of "cart", and rarer',
    },
    { args: ["Is the moon far?", HOMES, 2], expected: [], note: "nothing fits" },
    {
      args: ["cat cat cat owl", ["A cat is here.", "An owl is here.", "A cat is there.", "Dogs and hens."], 1],
      expected: ["An owl is here."],
      note: "a word counts once, however often it is asked",
    },
  ],
  mistakes: [
    {
      id: "unweighted",
      says: "Shared words were only counted. A word that stands in every note tells nothing, a name nearly everything: add ln(N / n) for each.",
      like: retrieveWith({ value: () => 1 }),
    },
    {
      id: "upside-down",
      says: "The value of a word is upside down: with ln(n / N) the commonest words would decide. It is ln(N / n).",
      like: retrieveWith({ value: (n, N) => Math.log(n / N), keep: () => true }),
    },
    {
      id: "letters",
      says: 'A word was looked for among the letters of a note, so that "art" was found in "cart". Compare whole words.',
      like: retrieveWith({ has: (note, word) => note.toLowerCase().includes(word) }),
    },
    {
      id: "capitals",
      says: "Capital letters were taken for other words. Make both texts small first.",
      like: retrieveWith({ words: (text) => text.match(/[A-Za-z]+/g) ?? [] }),
    },
    {
      id: "split",
      says: 'The texts were cut at spaces only, so that signs stick to the words: "Tolik?" is not "Tolik".',
      like: retrieveWith({ words: (text) => text.toLowerCase().split(" ") }),
    },
    {
      id: "repeated",
      says: "A word that is asked twice was counted twice. Take the different words of the question.",
      like: retrieveWith({ different: false }),
    },
    {
      id: "worthless",
      says: "Notes that share nothing of worth were returned too. A note that does not fit only distracts the model: leave out those with a score of 0.",
      like: retrieveWith({ keep: () => true }),
    },
    {
      id: "worst-first",
      says: "The notes come with the worst first.",
      like: retrieveWith({ order: (a, b) => a.score - b.score }),
    },
    {
      id: "too-many",
      says: "More notes came than were asked for: at most `count`.",
      when: ({ received, args }) => Array.isArray(received) && received.length > Number(args[2]),
    },
    {
      id: "given-order",
      says: "The notes stand in the order in which they were given. The best comes first.",
      like: retrieveWith({ order: () => 0 }),
    },
  ],
  hints: [
    "Two steps. First, for each different word of the question: in how many of the notes does it stand? Then each note gets the values of the words it shares.",
    "words(text) = text.toLowerCase().match(/[a-z]+/g) ?? []. A word in n of N notes is worth Math.log(N / n). Add up for each note, leave out the notes with 0, sort with the highest first (`sort` keeps equal ones in order), take `count`.",
    [
      "const words = (text: string) => new Set(text.toLowerCase().match(/[a-z]+/g) ?? []);",
      "const sets = notes.map(words);",
      "const worth = (word: string) => Math.log(notes.length / sets.filter((set) => set.has(word)).length);",
      "const scores = sets.map((set) => /* add up the worth of the question's words that are in the set */);",
      "return notes",
      "  .map((note, i) => ({ note, score: scores[i] }))",
      "  .filter(/* something in common */)",
      "  .sort((a, b) => b.score - a.score)",
      "  .slice(0, count)",
      "  .map(({ note }) => note);",
    ].join("\n"),
  ],
};
