import assert from "node:assert/strict";
import { test } from "node:test";
import { createNotes, withNotes, wordsOf } from "../src/retrieval";

const close = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-12, `${a} and ${b}`);

test("words are in small letters, without signs, without a final s, and without words that tell nothing", () => {
  assert.deepEqual(wordsOf("Where does Brena LIVE? (She lives there, is it so?)"), [
    "brena",
    "live",
    "she",
    "live",
    "there",
    "so",
  ]);
});

test("the score of one shared word is that of the formula, worked out by hand", () => {
  // Two notes of 2 and 4 words, mean 3. "owl" stands once, in the first only: n = 1, N = 2, idf = ln(1 + 1.5 / 1.5) = ln 2.
  const notes = createNotes(["old owl", "cat beside red dog"]);
  const [found] = notes.search("owl");
  close(found!.score, (Math.LN2 * 1 * 2.2) / (1 + 1.2 * (0.25 + (0.75 * 2) / 3)));
});

test("a word that occurs twice counts more than once, and less than twice as much", () => {
  const notes = createNotes(["owl cat", "owl owl", "hen dog"]);
  const [twice, once] = notes.search("owl", { count: 3 });
  assert.equal(twice!.text, "owl owl");
  // idf the same, length the mean: f 2.2 / (f + 1.2) is 1 for f = 1 and 4.4 / 3.2 for f = 2.
  close(twice!.score / once!.score, 4.4 / 3.2);
});

test("scores of five notes are those of a program in Python", () => {
  // Made by test/reference/retrieval.py.
  const { notes, questions, scores } = require("./reference/retrieval.json") as {
    notes: string[];
    questions: string[];
    scores: number[][];
  };
  const index = createNotes(notes);
  questions.forEach((question, i) => {
    const found = index.search(question, { count: notes.length });
    const byId = notes.map((_, id) => found.find((each) => each.id === id)?.score ?? 0);
    byId.forEach((score, id) => void close(score, scores[i]![id]!));
  });
});

test("the note about the person asked for is found among notes that share every other word", () => {
  const notes = createNotes(["Tolik lives in Upwell.", "Brena lives in Oxley.", "Sulla lives in Oxley."]);
  assert.equal(notes.search("Where does Brena live?")[0]!.text, "Brena lives in Oxley.");
});

test("a note is also found by the words it was filed under, and comes back without them", () => {
  const notes = createNotes(["Sulla lives in Oxley."]);
  const id = notes.add("Brena keeps an owl.", { under: "Which animal has Brena?" });
  const [found] = notes.search("Which animal?");
  assert.deepEqual([found!.id, found!.text], [id, "Brena keeps an owl."]);
  assert.equal(notes.bytes, 21 + 19);
});

test("a question that shares no word with any note finds nothing, and neither does one to an empty book", () => {
  assert.deepEqual(createNotes(["Brena lives in Oxley."]).search("What is bigger?"), []);
  assert.deepEqual(createNotes().search("What is bigger?"), []);
});

test("a note that was taken away is not found, and leaves no trace in the scores", () => {
  const texts = ["Brena lives in Oxley.", "Tolik keeps an owl."];
  const notes = createNotes(texts);
  const before = notes.search("Where does Brena live?", { count: 9 });
  const id = notes.add("Brena lives in Tarrow. Brena lives well.");
  assert.equal(notes.search("Where does Brena live?")[0]!.id, id);
  notes.remove(id);
  assert.deepEqual(notes.search("Where does Brena live?", { count: 9 }), before);
  assert.throws(() => notes.remove(id), /note: expected the number of a note that is there/);
});

test("size and bytes count what is kept", () => {
  const notes = createNotes(["Brena lives in Oxley."]);
  assert.equal(notes.size, 1);
  assert.equal(notes.bytes, 21);
});

test("a note without words is refused", () => {
  assert.throws(() => createNotes(["..."]), /note: expected a text with a word in it/);
});

test("notes stand in front of the question, and no notes leave it as it is", () => {
  assert.equal(withNotes("Who?", ["A b.", "C d."]), "Note: A b. C d. Who?");
  assert.equal(withNotes("Who?", []), "Who?");
});
