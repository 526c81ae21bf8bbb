import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import {
  CheckpointError,
  type CheckpointParts,
  checkpointFolder,
  hasCheckpoint,
  hashWeights,
  loadCheckpoint,
  type Manifest,
  readManifest,
  type StoredTensors,
  saveCheckpoint,
  sha256,
} from "../src/checkpoint";
import { createGPT, forward, type GPT, type GPTConfig, parameterShapes, weightsOf } from "../src/gpt";
import { formatManifest } from "../src/manifest";
import { createRandom } from "../src/random";
import { writeSafetensors } from "../src/safetensors";
import { score } from "../src/scores";
import { sizeOf } from "../src/shape";
import { tf } from "../src/tf";
import { BpeTokenizer } from "../src/tokenizer";

const work = mkdtempSync(path.join(os.tmpdir(), "checkpoint-"));
after(() => rmSync(work, { recursive: true }));

const tokenizer = BpeTokenizer.train("the owl and the cat and the dog", { vocabSize: 266 });
const config: GPTConfig = { vocabSize: tokenizer.vocabSize, contextLength: 4, nLayer: 1, nHead: 1, nEmbd: 2 };

function randomWeights(seed: number): StoredTensors {
  const random = createRandom(seed);
  return Object.fromEntries(
    Object.entries(parameterShapes(config)).map(([name, shape]) => [
      name,
      { shape: [...shape], data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) },
    ]),
  );
}

const parts = (seed = 1): CheckpointParts => ({
  name: "pretrained",
  config,
  weights: randomWeights(seed),
  tokenizer,
  seed,
  steps: 2500,
  dataHash: sha256("the owl and the cat and the dog"),
  evaluation: { lossNats: { tales: 1.25 }, kinds: { town: score(3, 4) }, groups: { facts: score(3, 4) } },
  settings: { batchSize: 8, learningRate: 5e-3 },
  createdWith: { lib: "0.1.0" },
});

test("a checkpoint comes back bit by bit, with all that was said about it", () => {
  const folder = path.join(work, "whole");
  const saved = saveCheckpoint(folder, parts());
  const { manifest, weights, tokenizer: loaded, trainer } = loadCheckpoint(folder);
  for (const [name, { shape, data }] of Object.entries(randomWeights(1))) {
    assert.deepEqual(weights[name]!.shape, shape);
    assert.deepEqual(new Uint32Array(weights[name]!.data.buffer), new Uint32Array(data.buffer));
  }
  assert.deepEqual(manifest, saved);
  assert.equal(manifest.weightsHash, hashWeights(weights));
  assert.equal(manifest.weightsHash, sha256(readFileSync(path.join(folder, "weights.safetensors"))));
  assert.deepEqual(manifest.evaluation, parts().evaluation);
  assert.deepEqual([manifest.steps, manifest.seed, manifest.parentHash], [2500, 1, null]);
  assert.deepEqual(manifest.createdWith, { node: process.version, lib: "0.1.0" });
  assert.deepEqual(loaded.encode("the owl"), tokenizer.encode("the owl"));
  assert.equal(trainer, null);
});

test("a model made from a loaded checkpoint gives the same logits, bit by bit", () => {
  const folder = path.join(work, "logits");
  const model = createGPT(config, { random: createRandom(3) });
  saveCheckpoint(folder, { ...parts(), weights: weightsOf(model) });
  const again = createGPT(config, { weights: loadCheckpoint(folder).weights });
  const logits = (of: GPT) =>
    tf.tidy(() =>
      forward(of, [[1, 2, 3]])
        .dataSync()
        .slice(),
    );
  assert.deepEqual(logits(again), logits(model));
});

test("the state of training comes back bit by bit", () => {
  const folder = path.join(work, "trainer");
  const random = createRandom(5);
  random.normal();
  const tensors = { "m/wte.weight": { shape: [3], data: Float32Array.of(1, -0, Number.MIN_VALUE) } };
  saveCheckpoint(folder, { ...parts(), trainer: { tensors, state: { step: 7, random: random.getState() } } });
  const { trainer } = loadCheckpoint(folder);
  assert.deepEqual(trainer!.tensors, tensors);
  assert.deepEqual(trainer!.state, { step: 7, random: random.getState() });
});

test("equal runs make equal folders: nothing in them depends on the time", () => {
  const files = ["a", "b"].map((name) => {
    const folder = path.join(work, `equal-${name}`);
    saveCheckpoint(folder, parts());
    return readdirSync(folder).map((file) => [file, sha256(readFileSync(path.join(folder, file)))]);
  });
  assert.deepEqual(files[0], files[1]);
});

test("a child carries the hash of its parent's weights", () => {
  const parent = saveCheckpoint(path.join(work, "parent"), parts(1));
  const child = saveCheckpoint(path.join(work, "child"), { ...parts(2), parent });
  assert.equal(child.parentHash, parent.weightsHash);
  assert.equal(readManifest(path.join(work, "child")).parentHash, parent.weightsHash);
});

test("one flipped bit, in any byte of any file, is noticed", () => {
  const folder = path.join(work, "flipped");
  const trainer = { tensors: { m: { shape: [1], data: Float32Array.of(1) } }, state: { step: 1 } };
  saveCheckpoint(folder, { ...parts(), trainer });
  const random = createRandom("bits");
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    const bytes = readFileSync(file);
    for (let at = 0; at < bytes.length; at++) {
      const bit = 1 << random.integer(8);
      bytes[at]! ^= bit;
      writeFileSync(file, bytes);
      assert.throws(() => loadCheckpoint(folder), CheckpointError, `${name}, byte ${at}`);
      bytes[at]! ^= bit;
    }
    writeFileSync(file, bytes);
  }
  loadCheckpoint(folder);
});

test("a file that was cut off or is missing is named, with what to do", () => {
  const folder = path.join(work, "cut");
  saveCheckpoint(folder, parts());
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    const bytes = readFileSync(file);
    for (const length of [0, 7, bytes.length >> 1, bytes.length - 1]) {
      writeFileSync(file, bytes.subarray(0, length));
      assert.throws(
        () => loadCheckpoint(folder),
        (error) => error instanceof CheckpointError && error.message.includes(name) && /Delete/.test(error.message),
        `${name} at ${length}`,
      );
    }
    rmSync(file);
    assert.throws(() => loadCheckpoint(folder), {
      name: "CheckpointError",
      message: /expected a file, received no such/,
    });
    writeFileSync(file, bytes);
  }
});

test("a folder that is not there is a missing checkpoint, not an altered one", () => {
  const folder = path.join(work, "nowhere");
  assert.equal(hasCheckpoint(folder), false);
  assert.throws(() => loadCheckpoint(folder), { name: "CheckpointError", message: /received no such folder/ });
});

test("weights that do not fit the configuration are neither saved nor loaded", () => {
  const weights = randomWeights(1);
  const cases: [StoredTensors, RegExp][] = [
    [
      { ...weights, "wpe.weight": { shape: [2, 4], data: new Float32Array(8) } },
      /wpe\.weight: expected shape \(4, 2\), received shape \(2, 4\)/,
    ],
    [
      Object.fromEntries(Object.entries(weights).filter(([name]) => name !== "ln_f.bias")),
      /ln_f\.bias: expected shape \(2\), received nothing/,
    ],
    [{ ...weights, extra: { shape: [1], data: new Float32Array(1) } }, /extra: expected no such tensor/],
  ];
  for (const [wrong, message] of cases) {
    const folder = path.join(work, "wrong");
    assert.throws(() => saveCheckpoint(folder, { ...parts(), weights: wrong }), { name: "CheckpointError", message });
    assert.equal(hasCheckpoint(folder), false);
    // The same wrong weights in a folder whose hashes are right.
    const manifest = saveCheckpoint(folder, parts());
    const bytes = writeSafetensors(wrong);
    writeFileSync(path.join(folder, "weights.safetensors"), bytes);
    writeManifest(folder, { ...manifest, weightsHash: sha256(bytes) });
    assert.throws(() => loadCheckpoint(folder), { name: "CheckpointError", message });
    rmSync(folder, { recursive: true });
  }
});

test("a manifest of a later format is refused by its version", () => {
  const folder = path.join(work, "later");
  const manifest = saveCheckpoint(folder, parts());
  writeManifest(folder, { ...manifest, formatVersion: 2 as 1 });
  assert.throws(() => loadCheckpoint(folder), /expected formatVersion 1, received 2/);
});

function writeManifest(folder: string, manifest: Manifest): void {
  writeFileSync(path.join(folder, "manifest.json"), formatManifest(manifest));
}

test("saving again replaces the checkpoint and leaves nothing else", () => {
  const folder = path.join(work, "again", "pretrained");
  saveCheckpoint(folder, { ...parts(1), trainer: { tensors: {}, state: null } });
  const second = saveCheckpoint(folder, parts(2));
  assert.equal(loadCheckpoint(folder).manifest.weightsHash, second.weightsHash);
  assert.deepEqual(readdirSync(path.dirname(folder)), ["pretrained"]);
  assert.deepEqual(readdirSync(folder), ["manifest.json", "tokenizer.json", "weights.safetensors"]);
});

test("a save that fails leaves the old checkpoint", () => {
  const folder = path.join(work, "failing");
  const { weightsHash } = saveCheckpoint(folder, parts(1));
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  assert.throws(() => saveCheckpoint(folder, { ...parts(2), settings: circular }));
  assert.equal(loadCheckpoint(folder).manifest.weightsHash, weightsHash);
});

test("after an interruption between the two moves of a save, the old checkpoint is found again", () => {
  const folder = path.join(work, "interrupted");
  const { weightsHash } = saveCheckpoint(folder, parts(1));
  renameSync(folder, `${folder}.previous`);
  assert.equal(hasCheckpoint(folder), true);
  assert.equal(loadCheckpoint(folder).manifest.weightsHash, weightsHash);
});

test("the folder of a checkpoint is in the repository wherever the program runs, and under COURSE_HOME if that is set", () => {
  const root = path.resolve(__dirname, "../..");
  const script = `console.log(require(${JSON.stringify(path.join(root, "lib/src/checkpoint.ts"))}).checkpointFolder("aligned"))`;
  const run = (cwd: string, home?: string): string => {
    const env = { ...process.env, COURSE_HOME: home ?? "" };
    const args = ["--import", "tsx", "-e", script];
    return spawnSync(process.execPath, args, { cwd, env, encoding: "utf8" }).stdout.trim();
  };
  assert.equal(run(path.join(root, "notebooks")), path.join(root, ".course/checkpoints/aligned"));
  assert.equal(run(path.join(root, "lib")), path.join(root, ".course/checkpoints/aligned"));
  assert.equal(run(root, work), path.join(work, "checkpoints/aligned"));
});

test("a checkpoint's name cannot lead out of the folder", () => {
  for (const name of ["..", "../x", "a/b", "", ".hidden"])
    assert.throws(() => checkpointFolder(name), /checkpoint name/);
});

test("a tokenizer with more tokens than the model is not saved with it", () => {
  const large = new BpeTokenizer({ merges: Array.from({ length: 7 }, (_, k) => [97, 98 + k] as const) });
  const save = () => saveCheckpoint(path.join(work, "large"), { ...parts(), tokenizer: large });
  assert.throws(save, /tokenizer: expected at most the 266 tokens/);
});
