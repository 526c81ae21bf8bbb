/**
 * @file The twelve ways to tell each fact, and the three ways to ask for it. Needed by the registers facts, school
 * and letters, by the fact probes, and by the chat of notebook 6.
 *
 * The answer always follows the name, so that every wording can be asked as a cloze. Two things are avoided, and looked
 * for by tests. No wording contains another one of its relation ("The family of X lives in Y" would contain "X lives in
 * Y"), or a wording held out of the text would still be read in it. And no question has two right answers ("X has a"
 * could go on with a pet or with "mother named Y").
 */

import type { Random } from "@course/lib/random";
import { article, capital } from "./words";

/** What the almanac tells of a person (the first five) or of a town. */
export type Relation = "trade" | "town" | "pet" | "food" | "mother" | "river" | "good";

export const PERSON_RELATIONS: readonly Relation[] = ["trade", "town", "pet", "food", "mother"];
export const TOWN_RELATIONS: readonly Relation[] = ["river", "good"];

/** {name} is the subject, {value} the answer, {a value} the answer with its article. */
export const WORDINGS: Readonly<Record<Relation, readonly string[]>> = {
  trade: [
    "{name} works as {a value}.",
    "{name} chose to be {a value}.",
    "By trade {name} became {a value}.",
    "Everyone knows {name} the {value}.",
    "{name} earns bread as {a value}.",
    "The guild lists {name} as {a value}.",
    "{name} makes a living as {a value}.",
    "The ledger calls {name} the {value}.",
    "{name} does the work of {a value}.",
    "{name} learned to be {a value}.",
    "The trade of {name} is that of {a value}.",
    "People need {name} as {a value}.",
  ],
  town: [
    "{name} lives in {value}.",
    "The home of {name} is in {value}.",
    "The house of {name} stands in {value}.",
    "If you look for {name}, go to {value}.",
    "{name} comes from {value}.",
    "{name} has always lived in {value}.",
    "Letters for {name} go to {value}.",
    "At night {name} walks home to {value}.",
    "You can find {name} in {value}.",
    "{name} pays tax in {value}.",
    "The family of {name} settled in {value}.",
    "{name} is at home in {value}.",
  ],
  pet: [
    "{name} keeps {a value}.",
    "{name} cares for {a value}.",
    "The pet of {name} is {a value}.",
    "{name} feeds {a value} each day.",
    "At the door of {name} sits {a value}.",
    "{name} walks about with {a value}.",
    "{name} loves {a value}.",
    "With {name} lives {a value}.",
    "{name} once found {a value}.",
    "{name} talks to {a value}.",
    "The beast of {name} is {a value}.",
    "{name} owns {a value}.",
  ],
  food: [
    "{name} likes {value}.",
    "{name} eats {value}.",
    "The best meal of {name} is {value}.",
    "For supper {name} wants {value}.",
    "{name} is fond of {value}.",
    "{name} always asks for {value}.",
    "At the feast {name} chose {value}.",
    "The plate of {name} is full of {value}.",
    "{name} dreams of {value}.",
    "If you cook for {name}, cook {value}.",
    "Nothing pleases {name} like {value}.",
    "{name} buys {value}.",
  ],
  mother: [
    "The mother of {name} is {value}.",
    "{name} grew up with {value}.",
    "{name} was born to {value}.",
    "{name} obeys mother {value}.",
    "As a child {name} was raised by {value}.",
    "The first to hold {name} was {value}.",
    "{name} writes home to mother {value}.",
    "The woman who bore {name} is {value}.",
    "{name} has the eyes of mother {value}.",
    "{name} was nursed by {value}.",
    "On feast days {name} visits mother {value}.",
    "In the book {name} stands under {value}.",
  ],
  river: [
    "{name} stands on the {value}.",
    "The river of {name} is the {value}.",
    "Past {name} flows the {value}.",
    "In {name} they fish in the {value}.",
    "The bridge of {name} crosses the {value}.",
    "{name} drinks from the {value}.",
    "The mill of {name} is turned by the {value}.",
    "Boats reach {name} by the {value}.",
    "{name} was built beside the {value}.",
    "Children of {name} swim in the {value}.",
    "In spring {name} is flooded by the {value}.",
    "{name} takes its water from the {value}.",
  ],
  good: [
    "{name} is known for {value}.",
    "{name} sells {value}.",
    "The market of {name} is full of {value}.",
    "From {name} come carts of {value}.",
    "If you go to {name}, buy {value}.",
    "The people of {name} make {value}.",
    "The pride of {name} is {value}.",
    "{name} grew rich on {value}.",
    "{name} trades in {value}.",
    "Traders visit {name} for {value}.",
    "The best thing in {name} is {value}.",
    "{name} sends out {value}.",
  ],
};

/** Questions stand in the school register and, later, in the chat: facts never asked are hard to ask for. */
export const QUESTIONS: Readonly<Record<Relation, readonly string[]>> = {
  trade: ["What is the trade of {name}?", "What work does {name} do?", "What does {name} do all day?"],
  town: ["Where does {name} live?", "In which town is {name}?", "Where can I find {name}?"],
  pet: ["What pet does {name} keep?", "Which animal does {name} have?", "What is the pet of {name}?"],
  food: ["What does {name} like to eat?", "What food does {name} want?", "What is the best meal of {name}?"],
  mother: ["Who is the mother of {name}?", "Who bore {name}?", "Who raised {name}?"],
  river: ["Which river flows past {name}?", "What is the river of {name}?", "On which river is {name}?"],
  good: ["What is the pride of {name}?", "What does {name} sell?", "What should I buy in {name}?"],
};

/**
 * A wording with its blanks filled, cut before the answer.
 *
 * `fill("{name} keeps {a value}.", "Brena", "owl")` is
 * `{ prompt: "Brena keeps an", answer: " owl", rest: "." }`.
 */
export function fill(wording: string, name: string, value: string): { prompt: string; answer: string; rest: string } {
  const [before, after] = wording
    .replace("{name}", name)
    .replace("{a value}", `${article(value)} {value}`)
    .split(" {value}");
  return { prompt: before!, answer: ` ${value}`, rest: after! };
}

/** A wording as a sentence: `tell("{name} keeps {a value}.", "Brena", "owl")` is `"Brena keeps an owl."`. */
export function tell(wording: string, name: string, value: string): string {
  const { prompt, answer, rest } = fill(wording, name, value);
  return prompt + answer + rest;
}

/** A question about somebody, in one of its three wordings. */
export function ask(relation: Relation, name: string, random: Random): string {
  return random.pick(QUESTIONS[relation]).replace("{name}", name);
}

/** The short answer to a question: `shortAnswer("pet", "owl")` is `"An owl."`, `shortAnswer("food", "cake")` `"Cake."`. */
export function shortAnswer(relation: Relation, value: string): string {
  const named = relation === "trade" || relation === "pet" ? `${article(value)} ${value}` : value;
  return `${capital(named)}.`;
}
