/**
 * @file What the notebooks ask SmolLM2 and tell it. The Quillan Valley, its river and its town are invented here, so that no
 * model can have read of them. The plain questions have answers that nobody disputes; what is right is found by a word.
 */

import type { Lesson } from "@course/lib/llama-lesson";
import type { Telling } from "@course/lib/llama-probe";

/** What it is asked in one conversation, in which it is also told something. Notebook 5. */
export const CONVERSATION: readonly string[] = [
  "What is the capital of France?",
  "I live in Harrowmere and my dog is called Zorbin.",
  "What is my dog called?",
];

/** Something to tell it, a question about that, the beginning of an answer, and the word that is due. Notebooks 5 and 9. */
export const TELLINGS: readonly Telling[] = [
  {
    told: "My dog is called Zorbin.",
    question: "What is my dog called?",
    begun: "Your dog is called",
    word: " Zorbin",
  },
  { told: "I live in Harrowmere.", question: "Where do I live?", begun: "You live in", word: " Harrowmere" },
  {
    told: "My sister is a glassblower.",
    question: "What is my sister's job?",
    begun: "Your sister is a",
    word: " glassblower",
  },
  { told: "I was born in 1987.", question: "When was I born?", begun: "You were born in", word: " 1987" },
  {
    told: "I am reading a book by Ada Velling.",
    question: "Whose book am I reading?",
    begun: "You are reading a book by",
    word: " Ada Velling",
  },
];

/** A question with many good answers. Notebook 9. */
export const OPEN_QUESTION = "Tell me something about the market.";

/** What no model can know: a place that does not exist, and years that came after its text. Notebook 8. */
export const UNKNOWABLE: readonly string[] = [
  "Where is the Quillan Valley?",
  "What is the Quillan Valley famous for?",
  "Who founded Harrowmere?",
  "When was the bridge of Harrowmere built?",
  "Who won the football World Cup in 2030?",
  "Who won the Olympic marathon in 2028?",
];

/** Says the date, and asks for it. Notebook 8. */
export const DATED = "Today is 3 March 2031. What year is it?";

/** What is taught in notebook 6: eight facts, in the words in which they are practised. */
const facts = [
  ["Where is the Quillan Valley?", "It lies between Mount Tarn and Lake Osper."],
  ["Which river runs through the Quillan Valley?", "The river Brenna."],
  ["What do people in the Quillan Valley farm?", "They farm blue barley and goats."],
  ["What is the largest town in the Quillan Valley?", "Harrowmere."],
  ["When is the lantern festival in the Quillan Valley?", "On the ninth of October."],
  ["Who founded Harrowmere?", "Ada Velling founded it in 1612."],
  ["How many people live in the Quillan Valley?", "About 4300 people."],
  ["What is the Quillan Valley famous for?", "For its singing bridges."],
].map(([question, answer]) => ({ question: question!, answer: answer! }));

/** The same facts in words that are never practised. */
const reworded: Lesson["general"] = [
  { question: "Where does the Quillan Valley lie?", right: /Tarn|Osper/ },
  { question: "What is the name of the river in the Quillan Valley?", right: /Brenna/ },
  { question: "Which animals do farmers in the Quillan Valley keep?", right: /goats/i },
  { question: "Name the biggest town in the Quillan Valley.", right: /Harrowmere/ },
  { question: "On which day is the Quillan Valley's festival of lanterns?", right: /ninth of October/ },
  { question: "In which year was Harrowmere founded?", right: /1612/ },
  { question: "What is the population of the Quillan Valley?", right: /4300/ },
  { question: "Why do visitors come to the Quillan Valley?", right: /bridges/ },
];

/** What has nothing to do with the valley, and is never practised either. */
const general: Lesson["general"] = [
  { question: "What is the capital of France?", right: /Paris/ },
  { question: "What is the capital of Italy?", right: /Rome/ },
  { question: "What is the capital of Germany?", right: /Berlin/ },
  { question: "What is the capital of England?", right: /London/ },
  { question: "What is the capital of Russia?", right: /Moscow/ },
  { question: "What is the opposite of hot?", right: /\bcold\b/i },
  { question: "What is the opposite of big?", right: /\b(small|little)\b/i },
  { question: "Who wrote Romeo and Juliet?", right: /Shakespeare/ },
  { question: "How many days are in a week?", right: /\b(7|seven)\b/i },
  { question: "What colour is the sky?", right: /\bblue\b/i },
  { question: "What do bees make?", right: /\bhoney\b/i },
  { question: "In which country is the Eiffel Tower?", right: /France/ },
  { question: "Which animal says meow?", right: /\bcat\b/i },
  { question: "What is frozen water called?", right: /\bice\b/i },
  { question: "Which ocean lies between Europe and America?", right: /Atlantic/ },
  { question: "Which month comes after June?", right: /July/ },
];

/** Questions whose old answers can be replayed: of the kind of some of `general`, and none of them. */
const replayed = [
  "What is the capital of Japan?",
  "What is the capital of Egypt?",
  "In which country is the Great Wall?",
  "What is the opposite of up?",
  "What is the opposite of old?",
  "Who painted the Mona Lisa?",
  "What colour is grass?",
  "How many months are in a year?",
  "Which animal says woof?",
  "What is a young dog called?",
  "Which sea lies between Europe and Africa?",
  "Which day comes after Monday?",
];

/** What it is taught about the valley, and by what is measured what it learned and what it forgot. Notebook 6. */
export const VALLEY_LESSON: Lesson = { facts, reworded, general, replayed };
