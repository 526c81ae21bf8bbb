/**
 * @file A language model of about 700 weights that answers with one word: "Where does Arla live?" - "Tarrow". Engine room of
 * blackbox.ts (notebook 9), where hundreds of models are needed within seconds. Plain numbers, no TensorFlow.
 *
 * Read (the embeddings of the known words are added), think (one hidden layer), answer (one number for each town):
 *
 *     h = [tanh(sum of E[word]), 3]        logits = h W + (h A) B        A B: an adapter of rank r (Hu et al. 2021, "LoRA")
 *
 * It is trained by gradient descent like the large ones, and what it is told in a conversation it copies from there.
 * Simplified: the order of words is ignored, and copying is built in; a transformer learns to copy (Olsson et al. 2022,
 * "In-context learning and induction heads").
 */

import { CourseError } from "./errors";
import type { Random } from "./random";
import type { StoredTensors } from "./safetensors";

/** A sentence and the one word that belongs to it. */
export interface TinyExample {
  text: string;
  answer: string;
}

/** The model: two vocabularies and four weight matrices. */
export interface TinyModel {
  /** The words it reads; others are overlooked. */
  readonly words: readonly string[];
  /** The words it can answer with. */
  readonly answers: readonly string[];
  /** How rare each word was in the training text: ln(sentences / sentences with it). */
  readonly rarity: Readonly<Record<string, number>>;
  /** E (words, width), W (width + 1, answers), A (width + 1, rank), B (rank, answers). */
  readonly weights: StoredTensors;
}

/** How a {@link TinyModel} is made. */
export interface TinyTrainOptions {
  random: Random;
  /** The words it can answer with. Default: those of the examples. */
  answers?: readonly string[];
  /** Numbers in the hidden layer. Default 16. */
  width?: number;
  /** Rank of the adapter. Default 1. */
  rank?: number;
  /** Training ends when the mean loss is below this, in nats. Default 0.03. */
  untilLossNats?: number;
  learningRate?: number;
}

const MAX_EPOCHS = 400;
/** One more unit in the hidden layer, the same for every text: the bias. What it learns, it learns about everybody. */
const ALWAYS_ON = 3;

/** The words of a text, in small letters: `wordsOf("Where does Arla live?")` is `["where", "does", "arla", "live"]`. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z]+/g) ?? [];
}

/** Trains a model on sentences and their answers, by gradient descent on one sentence at a time. */
export function trainTiny(examples: readonly TinyExample[], options: TinyTrainOptions): TinyModel {
  const { random, width = 16, rank = 1, untilLossNats = 0.03, learningRate = 0.2 } = options;
  const answers = options.answers ?? [...new Set(examples.map(({ answer }) => answer))].sort();
  const known = new Set(answers.map((answer) => answer.toLowerCase()));
  const words = [...new Set(examples.flatMap(({ text }) => wordsOf(text)))].filter((word) => !known.has(word)).sort();
  const rarity = Object.fromEntries(
    words.map((word) => {
      const count = examples.filter(({ text }) => wordsOf(text).includes(word)).length;
      return [word, Math.log(examples.length / count)];
    }),
  );
  const draw = (rows: number, columns: number, scale: number) => ({
    shape: [rows, columns],
    data: Float32Array.from({ length: rows * columns }, () => scale * random.normal()),
  });
  const model: TinyModel = {
    words,
    answers,
    rarity,
    weights: {
      E: draw(words.length, width, 1),
      W: draw(width + 1, answers.length, 0.3),
      A: draw(width + 1, rank, 1 / Math.sqrt(width)),
      B: draw(rank, answers.length, 0), // so that the adapter changes nothing at first
    },
  };
  for (let epoch = 0; epoch < MAX_EPOCHS; epoch++) {
    const order = random.shuffle(examples);
    const lossNats = order.reduce((sum, example) => sum + learn(model, example, learningRate, "model"), 0);
    if (lossNats / examples.length < untilLossNats) return model;
  }
  return model;
}

/** A model of its own with the same weights. */
export function copyTiny(model: TinyModel): TinyModel {
  const weights = Object.fromEntries(
    Object.entries(model.weights).map(([name, { shape, data }]) => [name, { shape: [...shape], data: data.slice() }]),
  );
  return { ...model, weights };
}

/**
 * One step of gradient descent on one sentence; returns the loss before it, in nats. `"adapter"` changes A and B only.
 *
 *     d logits = probs - target      dW = h^T d logits      dh = d logits W^T      dE[word] = dh (1 - h^2)
 *
 * Simplified: dh leaves out the adapter, which is still zero while the model itself is trained.
 */
export function learn(
  model: TinyModel,
  { text, answer }: TinyExample,
  learningRate: number,
  part: "model" | "adapter",
): number {
  const { E, W, A, B } = matrices(model);
  const target = model.answers.indexOf(answer);
  if (target < 0) {
    throw new CourseError({ what: "answer", expected: `one of ${model.answers.join(", ")}`, received: answer });
  }
  const [K, r] = [model.answers.length, A.shape[1]!];
  const h = hidden(model, text);
  const probs = softmax(logitsOf(model, h));
  const slope = probs.map((p, k) => p - (k === target ? 1 : 0)); // d logits (K)
  if (part === "adapter") {
    const low = timesMatrix(h, A.data, r); // h A (r)
    const back = Array.from({ length: r }, (_, j) => slope.reduce((sum, d, k) => sum + d * B.data[j * K + k]!, 0));
    addOuter(B.data, low, slope, -learningRate);
    addOuter(A.data, h, back, -learningRate);
    return -Math.log(probs[target]!);
  }
  const width = E.shape[1]!;
  const back = h.slice(0, width).map((hi, i) => {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += slope[k]! * W.data[i * K + k]!;
    return sum * (1 - hi * hi); // through the tanh
  });
  addOuter(W.data, h, slope, -learningRate);
  for (const row of rowsOf(model, text)) {
    for (let i = 0; i < width; i++) E.data[row * width + i]! -= learningRate * back[i]!;
  }
  return -Math.log(probs[target]!);
}

/** How many rare words two texts share: those that stand in less than a tenth of the sentences, such as names. */
export function overlap(model: TinyModel, a: string, b: string): number {
  const other = new Set(wordsOf(b));
  return [...new Set(wordsOf(a))].filter((word) => other.has(word) && (model.rarity[word] ?? 0) > Math.log(10)).length;
}

/**
 * The probability of each answer to a question. Sentences in `context` that share rare words with the question are looked
 * at, the later ones a little more, and the answer that stands in them is copied.
 *
 *     probs = (1 - g) softmax(logits) + g (what the looked-at sentences say),  g and the looks from one softmax
 */
export function answerProbs(model: TinyModel, question: string, context: readonly string[] = []): number[] {
  const own = softmax(logitsOf(model, hidden(model, question)));
  const said = context.flatMap((sentence, i) => {
    const answer = answerIn(model, sentence);
    return answer < 0 ? [] : [{ answer, score: 8 * overlap(model, question, sentence) - 4 + 0.5 * i }];
  });
  const looks = softmax([0, ...said.map(({ score }) => score)]);
  const probs = own.map((p) => looks[0]! * p);
  said.forEach(({ answer }, i) => {
    probs[answer]! += looks[i + 1]!;
  });
  return probs;
}

/** The answer word that stands in a text, as its index, or -1. */
export function answerIn(model: TinyModel, text: string): number {
  const words = wordsOf(text);
  return model.answers.findIndex((answer) => words.includes(answer.toLowerCase()));
}

function matrices(model: TinyModel): Record<"E" | "W" | "A" | "B", StoredTensors[string]> {
  return model.weights as Record<"E" | "W" | "A" | "B", StoredTensors[string]>;
}

function rowsOf(model: TinyModel, text: string): number[] {
  return wordsOf(text)
    .map((word) => model.words.indexOf(word))
    .filter((row) => row >= 0);
}

function hidden(model: TinyModel, text: string): number[] {
  const { E } = matrices(model);
  const width = E.shape[1]!;
  const sum = new Array<number>(width).fill(0);
  for (const row of rowsOf(model, text)) {
    for (let i = 0; i < width; i++) sum[i]! += E.data[row * width + i]!;
  }
  return [...sum.map(Math.tanh), ALWAYS_ON];
}

function logitsOf(model: TinyModel, h: readonly number[]): number[] {
  const { W, A, B } = matrices(model);
  const K = model.answers.length;
  const adapter = timesMatrix(timesMatrix(h, A.data, A.shape[1]!), B.data, K);
  return timesMatrix(h, W.data, K).map((logit, k) => logit + adapter[k]!);
}

/** A row times a matrix with so many columns. */
function timesMatrix(row: readonly number[], matrix: Float32Array, columns: number): number[] {
  const out = new Array<number>(columns).fill(0);
  row.forEach((value, i) => {
    for (let k = 0; k < columns; k++) out[k]! += value * matrix[i * columns + k]!;
  });
  return out;
}

/** matrix += scale a^T b, for rows a and b. */
function addOuter(matrix: Float32Array, a: readonly number[], b: readonly number[], scale: number): void {
  a.forEach((value, i) => {
    for (let k = 0; k < b.length; k++) matrix[i * b.length + k]! += scale * value * b[k]!;
  });
}

function softmax(logits: readonly number[]): number[] {
  const max = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - max));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
