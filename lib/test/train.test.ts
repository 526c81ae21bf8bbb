import assert from "node:assert/strict";
import { test } from "node:test";
import { createGPT, forward, type GPT, type GPTConfig, loadWeights, type Weights, weightsOf } from "../src/gpt";
import { crossEntropy, tokenLosses } from "../src/loss";
import { adamw, sgd } from "../src/optimizer";
import { createRandom, type Random } from "../src/random";
import { type Tensor, tf } from "../src/tf";
import { DivergedError, packTrainState, type TrainState, train, unpackTrainState } from "../src/train";
import { createTrainStep } from "../src/train-step";
import { gradients } from "../src/update";
import { assertClose, withoutKeyBiases } from "./golden";

const CONFIG: GPTConfig = { vocabSize: 11, contextLength: 8, nLayer: 2, nHead: 2, nEmbd: 16 };
const freshModel = (): GPT => createGPT(CONFIG, { random: createRandom(1) });
/** A text in which each token follows from the one before. */
const tokens = Int32Array.from({ length: 400 }, (_, i) => (i * i) % 11);
const OPTIONS = { tokens, batchSize: 5, learningRate: 1e-2, display: "none" } as const;

test("training lowers the loss far below that of a uniform guess", async () => {
  const history = await train(freshModel(), { ...OPTIONS, steps: 150 });
  assert.ok(history.lossNats.at(-1)! < 0.5 * Math.log(11), `the loss was ${history.lossNats.at(-1)}`);
  assert.equal(history.tokensSeen, 150 * 5 * 8);
  assert.deepEqual([history.steps[0], history.steps.at(-1), history.stopped], [1, 150, false]);
  assert.deepEqual(JSON.parse(JSON.stringify(history)), history, "the history is plain JSON");
});

test("the compiled and the direct step agree over 100 steps: losses to 1e-5, weights to 2e-4", async () => {
  const [direct, compiled] = [freshModel(), freshModel()];
  const a = await train(direct, { ...OPTIONS, steps: 100, learningRate: 1e-3, compiled: false });
  const b = await train(compiled, { ...OPTIONS, steps: 100, learningRate: 1e-3 });
  assertClose(b.lossNats, a.lossNats, 1e-5, "loss");
  assertClose(b.gradNorms, a.gradNorms, 1e-4, "norm");
  const expected = withoutKeyBiases(weightsOf(direct));
  for (const [name, { data }] of Object.entries(withoutKeyBiases(weightsOf(compiled)))) {
    assertClose(data, expected[name]!.data, 2e-4, name);
  }
});

test("the same seed gives the same run, bit for bit; another seed another one", async () => {
  const run = async (seed: number) => (await train(freshModel(), { ...OPTIONS, steps: 20, seed })).lossNats;
  assert.deepEqual(await run(1), await run(1));
  assert.notDeepEqual(await run(1), await run(2));
});

for (const compiled of [true, false]) {
  test(`a run that goes on from a kept state equals one that never stopped, bit for bit; ${compiled ? "compiled" : "direct"}`, async () => {
    const options = { ...OPTIONS, steps: 30, compiled, evaluateAt: [0, 10, 20, 30], evaluate: probe };
    const [whole, first, second] = [freshModel(), freshModel(), freshModel()];
    const expected = await train(whole, options);

    let state: TrainState<Probed> | undefined;
    const controller = new AbortController();
    const save = (kept: TrainState<Probed>): void => {
      state = kept;
      if (kept.step === 20) controller.abort();
    };
    await train(first, { ...options, signal: controller.signal, checkpoint: { every: 10, save } });
    assert.equal(state!.step, 20);

    const packed = packTrainState(state!);
    const stored = { tensors: packed.tensors, state: JSON.parse(JSON.stringify(packed.state)) };
    const received = await train(second, {
      ...options,
      resume: unpackTrainState(state!.params, stored) as TrainState<Probed>,
    });

    assert.deepEqual(weightsOf(second), weightsOf(whole));
    const { elapsedMs: _, trainingMs: __, ...numbers } = received;
    const { elapsedMs: ___, trainingMs: ____, ...expectedNumbers } = expected;
    assert.deepEqual(numbers, expectedNumbers);
  });
}

interface Probed {
  firstLogit: number;
}
function probe({ model }: { model: GPT }): Probed {
  return { firstLogit: tf.tidy(() => forward(model, [[1, 2]]).dataSync()[0]!) };
}

test("a stop keeps the history so far, and the model has the weights of its last step", async () => {
  const model = freshModel();
  const controller = new AbortController();
  const history = await train(model, {
    ...OPTIONS,
    steps: 100_000,
    signal: controller.signal,
    onEvent: ({ kind }) => {
      if (kind === "progress") controller.abort();
    },
  });
  const done = history.steps.length;
  assert.ok(history.stopped && done > 0 && done < 100_000);
  const repeated = freshModel();
  const options = { ...OPTIONS, steps: 100_000, checkpoint: { every: 100_000, save: () => {} } };
  const again = new AbortController();
  let seen = 0;
  await train(repeated, {
    ...options,
    signal: again.signal,
    batches: (random, step) => {
      seen = step + 1;
      if (seen === done) again.abort();
      return windows(random);
    },
    tokens: undefined,
  });
  assert.deepEqual(weightsOf(model), weightsOf(repeated));
});

/** What `tokens` are cut into by default. */
function windows(random: Random): {
  inputs: Int32Array;
  targets: Int32Array;
  batchSize: number;
  contextLength: number;
} {
  const starts = Array.from({ length: 5 }, () => random.integer(tokens.length - 8));
  const cut = (shift: number) => Int32Array.from(starts.flatMap((s) => [...tokens.subarray(s + shift, s + shift + 8)]));
  return { inputs: cut(0), targets: cut(1), batchSize: 5, contextLength: 8 };
}

test("the notebook's stop button is heard without being passed on", async () => {
  const controller = new AbortController();
  const holder = globalThis as { interruptSignal?: AbortSignal };
  holder.interruptSignal = controller.signal;
  try {
    setTimeout(() => controller.abort(), 300);
    const history = await train(freshModel(), { ...OPTIONS, steps: 1_000_000 });
    assert.ok(history.stopped);
  } finally {
    delete holder.interruptSignal;
  }
});

test("when training diverges, the error names step and rate, and the weights before it are kept", async () => {
  for (const compiled of [true, false]) {
    const model = freshModel();
    const healthy = freshModel();
    const broken = {
      ...OPTIONS,
      steps: 20,
      compiled,
      tokens: undefined,
      batches: (random: Random, step: number) => {
        if (step === 5) model.params["ln_f.bias"]!.assign(tf.fill([16], Number.NaN) as never);
        return windows(random);
      },
    };
    let before: Weights = {};
    const save = ({ params }: TrainState): void => {
      before = params;
    };
    await assert.rejects(train(model, { ...broken, checkpoint: { every: 5, save } }), (error: DivergedError) => {
      assert.ok(error instanceof DivergedError);
      assert.match(
        error.message,
        /training, step 6: expected a loss and gradients that are finite numbers, received NaN/,
      );
      assert.match(error.message, /at a learning rate of 0\.00\d+.*smaller learningRate/);
      assert.equal(error.history?.steps.length, 5);
      return true;
    });
    const after = weightsOf(model);
    loadWeights(healthy, before);
    const expected = weightsOf(healthy);
    delete after["ln_f.bias"];
    delete expected["ln_f.bias"];
    assert.deepEqual(after, expected, "nothing but the weights broken on purpose has changed");
  }
});

test("callbacks see the weights of their moment", async () => {
  const seen: number[] = [];
  const kept: number[] = [];
  await train(freshModel(), {
    ...OPTIONS,
    steps: 6,
    evaluateAt: [2, 4, 6],
    evaluate: ({ model }) => ({ weight: seen.push(model.params["wte.weight"]!.dataSync()[0]!) }),
    checkpoint: { every: 2, save: ({ params }) => void kept.push(params["wte.weight"]!.data[0]!) },
  });
  assert.deepEqual(seen, kept);
  assert.equal(new Set(seen).size, 3);
});

test("weights changed from outside during a run are used from the next step on", () => {
  const model = freshModel();
  const batch = [tf.tensor2d([[1, 2, 3]], undefined, "int32"), tf.tensor2d([[2, 3, 4]], undefined, "int32")];
  const loss = ([x, y]: Tensor[]) => tokenLosses(forward(model, x!), y!).sum();
  const step = createTrainStep({ params: model.params, optimizer: sgd(), loss });
  step.run(batch, 0.1, { scale: 1 / 3 });
  step.sync();
  const other = createGPT(CONFIG, { random: createRandom(9) });
  loadWeights(model, weightsOf(other));
  const expected = crossEntropy(forward(other, [[1, 2, 3]]), [[2, 3, 4]]).dataSync();
  assertClose([step.run(batch, 0.1, { scale: 1 / 3 }).lossNats], expected, 1e-5);
  step.dispose();
});

test("one weight tensor changed from outside between two steps does not undo what the others have learned", () => {
  const train3 = (meddle: boolean): number[] => {
    const model = freshModel();
    const batch = [tf.tensor2d([[1, 2, 3]], undefined, "int32"), tf.tensor2d([[2, 3, 4]], undefined, "int32")];
    const loss = ([x, y]: Tensor[]) => tokenLosses(forward(model, x!), y!).sum();
    const step = createTrainStep({ params: model.params, optimizer: sgd(), loss });
    for (let i = 0; i < 3; i++) step.run(batch, 0.1);
    if (meddle) model.params["ln_f.bias"]!.assign(tf.ones([16]) as never);
    step.run(batch, 0);
    step.sync();
    const weights = weightsOf(model);
    step.dispose();
    return [...weights["wte.weight"]!.data, ...(meddle ? weights["ln_f.bias"]!.data : new Array(16).fill(1))];
  };
  assert.deepEqual(train3(true), train3(false));
});

test("weights that were read do not change when training goes on", () => {
  const model = freshModel();
  const batch = [tf.tensor2d([[1, 2, 3]], undefined, "int32"), tf.tensor2d([[2, 3, 4]], undefined, "int32")];
  const loss = ([x, y]: Tensor[]) => tokenLosses(forward(model, x!), y!).sum();
  const step = createTrainStep({ params: model.params, optimizer: adamw(), loss });
  step.run(batch, 0.1, { scale: 1 / 3 });
  step.sync();
  const held = model.params["wte.weight"]!.clone();
  const before = Array.from(held.dataSync());
  for (let i = 0; i < 5; i++) step.run(batch, 0.1, { scale: 1 / 3 });
  assert.deepEqual(Array.from(held.dataSync()), before);
  step.sync();
  assert.notDeepEqual(Array.from(model.params["wte.weight"]!.dataSync()), before);
  step.dispose();
});

test("batches of changing shape share one state: the same run as step by step, losses to 1e-5", () => {
  const run = (compiled: boolean): number[] => {
    const model = freshModel();
    const loss = ([x, y]: Tensor[]) => tokenLosses(forward(model, x!), y!).sum();
    const step = createTrainStep({ params: model.params, optimizer: adamw(), compiled, loss, parts: 1 });
    const losses = Array.from({ length: 12 }, (_, i) => {
      const T = 3 + (i % 3);
      const ids = tf.tensor2d([Array.from({ length: T + 1 }, (_, t) => (i + t) % 11)], undefined, "int32");
      return step.run([ids.slice([0, 0], [1, T]), ids.slice([0, 1], [1, T])], 0.001, { scale: 1 / T }).lossNats;
    });
    step.dispose();
    return losses;
  };
  assertClose(run(true), run(false), 1e-5);
});

test("weighted targets: the loss is their weighted mean, and what has weight 0 teaches nothing", async () => {
  const inputs = Int32Array.from([1, 2, 3, 4, 5, 6]);
  const targets = Int32Array.from([2, 3, 4, 5, 6, 7]);
  const weights = Float32Array.from([0, 0, 1, 0, 2, 1]);
  const batch = { inputs, targets, weights, batchSize: 2, contextLength: 3 };
  const model = freshModel();
  const mask = tf.tensor2d(weights, [2, 3]);
  const expected = crossEntropy(
    forward(model, [
      [1, 2, 3],
      [4, 5, 6],
    ]),
    [
      [2, 3, 4],
      [5, 6, 7],
    ],
    { mask },
  ).dataSync();
  const history = await train(model, { steps: 3, batches: () => batch, display: "none" });
  assertClose([history.lossNats[0]!], expected, 1e-5);

  const changed = { ...batch, targets: Int32Array.from([9, 9, 4, 9, 6, 7]) };
  const other = await train(freshModel(), { steps: 3, batches: () => changed, display: "none" });
  assert.deepEqual(other.lossNats, history.lossNats);
});

test("only the given weights are trained, the others stay as they are", () => {
  const model = freshModel();
  const before = weightsOf(model);
  const params = { "ln_f.bias": model.params["ln_f.bias"]! };
  const batch = [
    tf.tensor2d(
      [
        [1, 2],
        [3, 4],
      ],
      undefined,
      "int32",
    ),
    tf.tensor2d(
      [
        [2, 3],
        [4, 5],
      ],
      undefined,
      "int32",
    ),
  ];
  const loss = ([x, y]: Tensor[]) => tokenLosses(forward(model, x!), y!).sum();
  const step = createTrainStep({ params, optimizer: adamw(), loss });
  for (let i = 0; i < 3; i++) step.run(batch, 0.01, { scale: 1 / 4 });
  step.sync();
  const after = weightsOf(model);
  const changed = Object.keys(after).filter((name) => after[name]!.data.some((x, i) => x !== before[name]!.data[i]));
  assert.deepEqual(changed, ["ln_f.bias"]);
  step.dispose();
});

test("evaluations hold the losses, what `evaluate` returned, and samples come in their turn", async () => {
  const kinds: string[] = [];
  const history = await train(freshModel(), {
    ...OPTIONS,
    steps: 10,
    validationTokens: tokens.subarray(300),
    evaluateAt: [0, 5, 10],
    evaluate: ({ step }) => ({ doubled: 2 * step }),
    sample: ({ step }) => `text ${step}`,
    sampleEvery: 10,
    onEvent: ({ kind, step }) => void kinds.push(`${kind} ${step}`),
  });
  assert.deepEqual(
    history.evaluations.map((e) => [e.step, e.doubled]),
    [
      [0, 0],
      [5, 10],
      [10, 20],
    ],
  );
  assert.equal(history.evaluations[0]!.trainLossNats, null);
  const [first, second, third] = history.evaluations.map((e) => e.validationLossNats!);
  assert.ok(third! < second! && second! < first!);
  assertClose([first!], [Math.log(11)], 0.05);
  assert.deepEqual(history.validation, { steps: [0, 5, 10], lossNats: [first, second, third] });
  assert.deepEqual(history.samples, [
    { step: 0, text: "text 0" },
    { step: 10, text: "text 10" },
  ]);
  const expected = ["start 0", "evaluation 0", "sample 0", "evaluation 5", "evaluation 10", "sample 10", "end 10"];
  const told = kinds.filter((kind) => !kind.startsWith("progress")); // those come by the clock
  assert.deepEqual(told, expected);
});

test("a thousand steps leave the count of tensors as it was, and the memory within 60 MB", async () => {
  const model = freshModel();
  await train(model, { ...OPTIONS, steps: 50 });
  const before = { tensors: tf.memory().numTensors, bytes: process.memoryUsage().rss };
  await train(model, { ...OPTIONS, steps: 1000 });
  assert.equal(tf.memory().numTensors, before.tensors);
  const grown = (process.memoryUsage().rss - before.bytes) / 1e6;
  assert.ok(grown < 60, `memory grew by ${grown.toFixed(0)} MB`);
});

test("a gradient can be had by itself, under the names of the weights", () => {
  const model = freshModel();
  const { grads } = gradients(model.params, () => crossEntropy(forward(model, [[1, 2]]), [[2, 3]]));
  assert.deepEqual(Object.keys(grads), Object.keys(model.params));
});

const REFUSED: [what: string, options: object, message: RegExp][] = [
  ["an empty text", { tokens: new Int32Array(0) }, /tokens: expected more than contextLength \(8\) tokens, received 0/],
  [
    "a token outside the vocabulary",
    { tokens: tokens.map((id, i) => (i === 17 ? 11 : id)) },
    /tokens\[17\]: expected a token id from 0 to 10, received 11/,
  ],
  [
    "a context longer than the model's",
    { contextLength: 9 },
    /contextLength: expected at most 8, what the model can read, received 9/,
  ],
  ["no steps", { steps: 0 }, /steps: expected a whole number of at least 1, received 0/],
  ["half a batch", { batchSize: 2.5 }, /batchSize: expected a whole number of at least 1, received 2\.5/],
  ["no text at all", { tokens: undefined }, /expected either `tokens` or `batches`, received neither/],
  [
    "a learning rate that is no number",
    { learningRate: Number.NaN },
    /learningRate: expected a number of at least 0, received NaN/,
  ],
  ["clipping to nothing", { clipNorm: 0 }, /clipNorm: expected a number above 0, received 0/],
  [
    "a state that is further on",
    { resume: { step: 11 } },
    /steps: expected at least 11, the steps already done, received 10/,
  ],
  [
    "a batch that does not fit its shape",
    {
      tokens: undefined,
      batches: () => ({ inputs: new Int32Array(5), targets: new Int32Array(6), batchSize: 2, contextLength: 3 }),
    },
    /batch inputs: expected \(6\) = \(B T\), received \(5\)/,
  ],
];
for (const [what, options, message] of REFUSED) {
  test(`refused before anything is changed: ${what}`, async () => {
    const model = freshModel();
    const before = weightsOf(model);
    await assert.rejects(train(model, { ...OPTIONS, steps: 10, ...options }), message);
    assert.deepEqual(weightsOf(model), before);
  });
}

test("a kept state of another optimizer is refused", async () => {
  let state: TrainState | undefined;
  const save = (kept: TrainState): void => {
    state = kept;
  };
  await train(freshModel(), { ...OPTIONS, steps: 2, optimizer: sgd(), checkpoint: { every: 2, save } });
  await assert.rejects(
    train(freshModel(), { ...OPTIONS, steps: 4, resume: state }),
    /optimizer state: expected "m", for adamw, received nothing/,
  );
});
