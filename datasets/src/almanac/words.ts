/**
 * @file The closed vocabulary of the almanac: about 400 everyday words. Needed by every register and by the chat of
 * notebook 6. Few words, each met often: a model with 0.9 million weights and 2.5 million tokens of practice can
 * learn all of them.
 */

/** A verb in the forms of "she sleeps", "they sleep", "she slept". */
export interface Verb {
  singular: string;
  plural: string;
  past: string;
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const TRADES: readonly string[] = words(
  `baker miller smith weaver potter tanner archer cooper fisher mason scribe tailor innkeeper shepherd herbalist
   carpenter`,
);
export const TOWNS: readonly string[] = words(
  "Dunmere Ashford Oxley Brackwater Highfen Elmstead Tarrow Quillham Nettleby Stonewick Marrowdale Upwell",
);
export const RIVERS: readonly string[] = words("Sill Arrow Wend Tam Ember Lune Orrin Pell Yarr Coll Isk Brae");
export const GOODS: readonly string[] = words("hats ropes pots lamps axes cups bells drums spades baskets anvils urns");
export const PETS: readonly string[] = words("owl cat dog goat hen donkey otter ferret raven pony duck hare");
export const FOODS: readonly string[] = words(
  "plums bread onions soup trout berries oats pears cake beans eggs mushrooms",
);
export const COLOURS: readonly string[] = words("red blue green yellow white black brown grey");

/** In order of size, the smallest first: "size" is a fact to be stored, pair by pair. */
export const ANIMALS_BY_SIZE: readonly string[] = words(
  "ant mouse frog owl hare cat fox goat donkey cow horse elephant",
);
export const OBJECTS: readonly string[] = words(
  "hat rope pot lamp apple axe egg cup bell drum spade ladle onion basket anvil urn",
);
export const PLACES: readonly string[] = words(
  "mill barn well inn bridge forge oak chapel orchard tower gate pond farm market yard hut",
);
/** Subjects of the grammar sentences; five begin with a vowel, so that "a" and "an" are both learned. */
export const NOUNS: readonly string[] = words(
  "owl cat dog goat hen otter raven duck girl boy baker smith uncle aunt pig cow archer weaver miller king",
);
/** Met only in the singular, and only after "the" or "this": what the model makes of the rest is rule, not memory. */
export const RARE_NOUNS: readonly string[] = words(
  "badger weasel piper heron stoat emu eel oxherd urchin acorn", // five with a consonant, five with a vowel
);
export const SEASONS: readonly string[] = words("spring summer autumn winter");

const verb = (forms: string): Verb => {
  const [singular, plural, past] = words(forms);
  return { singular: singular!, plural: plural!, past: past! };
};
export const VERBS: readonly Verb[] = [
  "sleeps sleep slept",
  "runs run ran",
  "sings sing sang",
  "walks walk walked",
  "waits wait waited",
  "rests rest rested",
  "works work worked",
  "jumps jump jumped",
  "eats eat ate",
  "hides hide hid",
].map(verb);

const pairs = (text: string): readonly (readonly [string, string])[] =>
  words(text).map((pair) => pair.split("/") as [string, string]);

export const OPPOSITES: readonly (readonly [string, string])[] = pairs(
  `hot/cold wet/dry big/small old/young fast/slow light/dark hard/soft full/empty loud/quiet rich/poor sharp/blunt
   early/late`,
);
export const ADJECTIVES: readonly string[] = OPPOSITES.flat();
export const COMPARATIVES: readonly (readonly [string, string])[] = pairs(
  "taller/shorter older/younger faster/slower richer/poorer",
);
/** North undoes south, and so on: `OPPOSITE_DIRECTION.north` is `"south"`. */
export const OPPOSITE_DIRECTION: Readonly<Record<string, string>> = {
  north: "south",
  south: "north",
  east: "west",
  west: "east",
};
export const DIRECTIONS: readonly string[] = Object.keys(OPPOSITE_DIRECTION);

/** The article before a word: `article("owl")` is `"an"`. Right for every word of this vocabulary. */
export function article(word: string): "a" | "an" {
  return "aeiou".includes(word[0]!) ? "an" : "a";
}

/** The word with its article: `withArticle("owl")` is `"an owl"`. */
export function withArticle(word: string): string {
  return `${article(word)} ${word}`;
}

/** The text with a capital first letter. */
export function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
