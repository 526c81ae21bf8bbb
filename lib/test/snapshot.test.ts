/** What a snapshot promises: every changed byte is found, parents are found by hash, differences are counted exactly. */

import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { type CheckpointParts, loadCheckpoint, type Manifest, saveCheckpoint } from "../src/checkpoint";
import { createGPT, type GPTConfig, weightsOf } from "../src/gpt";
import { createRandom } from "../src/random";
import { ancestry, diffByLayer, diffWeights, findSnapshots, lineage, verifySnapshot } from "../src/snapshot";
import { BpeTokenizer } from "../src/tokenizer";

const work = mkdtempSync(path.join(os.tmpdir(), "snapshot-"));
after(() => rmSync(work, { recursive: true }));

const tokenizer = BpeTokenizer.train("the owl and the cat and the dog", { vocabSize: 266 });
const config: GPTConfig = { vocabSize: 266, contextLength: 4, nLayer: 2, nHead: 1, nEmbd: 4 };
const weightsOfSeed = (seed: number) => weightsOf(createGPT(config, { random: createRandom(seed) }));
const parts = (seed: number, more: Partial<CheckpointParts> = {}): CheckpointParts => ({
  name: `seed-${seed}`,
  config,
  weights: weightsOfSeed(seed),
  tokenizer,
  seed,
  steps: 7,
  trainer: { tensors: { "m/x": { shape: [2], data: Float32Array.of(1, 2) } }, state: { step: 7 } },
  ...more,
});

const sound = path.join(work, "sound");
saveCheckpoint(sound, parts(1));

/** The files of the sound snapshot with one bit of one of them changed, for as long as `look` runs. */
function withFlippedBit(file: string, byte: number, bit: number, look: (folder: string) => void): void {
  const target = path.join(sound, file);
  const bytes = readFileSync(target);
  bytes[byte]! ^= 1 << bit;
  writeFileSync(target, bytes);
  try {
    look(sound);
  } finally {
    bytes[byte]! ^= 1 << bit;
    writeFileSync(target, bytes);
  }
}

test("a sound snapshot passes, with the hash of each file beside the manifest's", () => {
  const { ok, files, problems, manifest } = verifySnapshot(sound);
  assert.deepEqual([ok, problems], [true, []]);
  assert.deepEqual(
    files.map(({ file }) => file),
    ["weights.safetensors", "tokenizer.json", "trainer.safetensors"],
  );
  for (const { expected, received } of files) assert.equal(received, expected);
  assert.equal(manifest!.weightsHash, loadCheckpoint(sound).manifest.weightsHash);
});

test("one flipped bit at any of 1,200 random places in header, numbers, tokenizer, trainer or manifest is refused", () => {
  const random = createRandom(8);
  const names = readdirSync(sound);
  assert.equal(names.length, 4);
  for (let round = 0; round < 1200; round++) {
    const file = names[round % names.length]!;
    const size = readFileSync(path.join(sound, file)).length;
    const [byte, bit] = [random.integer(size), random.integer(8)];
    withFlippedBit(file, byte, bit, (folder) => {
      const where = `${file}, byte ${byte}, bit ${bit}`;
      assert.throws(() => loadCheckpoint(folder), { name: "CheckpointError" }, where);
      assert.equal(verifySnapshot(folder).ok, false, where);
    });
  }
  assert.equal(verifySnapshot(sound).ok, true);
});

test("each byte of the header of the weights and each byte of the manifest counts", () => {
  const header = 8 + Number(readFileSync(path.join(sound, "weights.safetensors")).readBigUInt64LE(0));
  const manifest = readFileSync(path.join(sound, "manifest.json")).length;
  for (const [file, size] of [
    ["weights.safetensors", header],
    ["manifest.json", manifest],
  ] as const) {
    for (let byte = 0; byte < size; byte++) {
      withFlippedBit(file, byte, byte % 8, (folder) => {
        assert.throws(() => loadCheckpoint(folder), { name: "CheckpointError" }, `${file}, byte ${byte}`);
      });
    }
  }
});

test("a missing file, a file that nobody promised and a cut-off one are named", () => {
  const copy = path.join(work, "damaged");
  const damaged = (damage: () => void): string[] => {
    rmSync(copy, { recursive: true, force: true });
    cpSync(sound, copy, { recursive: true });
    damage();
    return verifySnapshot(copy).problems;
  };
  const file = (name: string): string => path.join(copy, name);
  assert.deepEqual(
    damaged(() => rmSync(file("tokenizer.json"))),
    ["tokenizer.json: it is missing."],
  );
  assert.match(
    damaged(() =>
      writeFileSync(file("weights.safetensors"), readFileSync(file("weights.safetensors")).subarray(1)),
    )[0]!,
    /^weights\.safetensors: expected the hash .{12}\.\.\., received .{12}\.\.\.: it was altered\.$/,
  );
  assert.match(
    damaged(() => rmSync(file("manifest.json")))[0]!,
    /manifest\.json: expected a file, received no such file/,
  );
  const without = path.join(work, "without");
  saveCheckpoint(without, parts(1, { trainer: null }));
  writeFileSync(path.join(without, "trainer.safetensors"), "x");
  assert.deepEqual(verifySnapshot(without).problems, ["trainer.safetensors: the manifest knows of no such file."]);
});

test("weights and manifest of two sound snapshots do not pass together", () => {
  const other = path.join(work, "other");
  saveCheckpoint(other, parts(2));
  cpSync(path.join(sound, "weights.safetensors"), path.join(other, "weights.safetensors"));
  assert.equal(verifySnapshot(other).ok, false);
});

const folder = path.join(work, "chain");
const first = saveCheckpoint(path.join(folder, "01-first"), parts(11));
const second = saveCheckpoint(path.join(folder, "02-second"), parts(12, { parent: first }));
const third = saveCheckpoint(path.join(folder, "03-third"), parts(13, { parent: second }));
const branch = saveCheckpoint(path.join(folder, "04-branch"), parts(14, { parent: second }));

test("the snapshots of a folder are found in the order of their names, half-written ones are not", () => {
  cpSync(path.join(folder, "01-first"), path.join(folder, "05-late.new-123"), { recursive: true });
  assert.deepEqual(findSnapshots(folder), [first, second, third, branch]);
  assert.deepEqual(findSnapshots(path.join(work, "nowhere")), []);
  rmSync(path.join(folder, "05-late.new-123"), { recursive: true });
});

test("a folder that was renamed keeps its place in the lineage: parents are found by hash", () => {
  renameSync(path.join(folder, "01-first"), path.join(folder, "99-first"));
  const nodes = lineage(findSnapshots(folder));
  assert.deepEqual(
    nodes.map(({ manifest, parent, generation }) => [manifest.name, parent?.name ?? null, generation]),
    [
      ["seed-11", null, 0],
      ["seed-12", "seed-11", 1],
      ["seed-13", "seed-12", 2],
      ["seed-14", "seed-12", 2],
    ],
  );
});

test("the ancestry of a snapshot leads from random weights to itself", () => {
  const all = [branch, third, first, second];
  assert.deepEqual(ancestry(third, all), [first, second, third]);
  assert.deepEqual(ancestry(first, all), [first]);
  assert.deepEqual(ancestry(branch, [first, second]), [first, second, branch]);
});

test("a snapshot without its parent is an orphan, and has no ancestry", () => {
  const [node] = lineage([third]);
  assert.deepEqual([node!.orphan, node!.parent, node!.generation], [true, null, 0]);
  assert.throws(() => ancestry(third, [first]), /parent of seed-13: expected a snapshot with the hash/);
});

test("snapshots that descend from each other are refused", () => {
  const a: Manifest = { ...first, weightsHash: "a", parentHash: "b" };
  const b: Manifest = { ...second, weightsHash: "b", parentHash: "a" };
  assert.throws(() => lineage([a, b]), /which is its own ancestor/);
});

const tensor = (...data: number[]) => ({ shape: [data.length], data: Float32Array.from(data) });

test("from (3, 4) to (3, 5) one number of two changed, by a fifth of the length", () => {
  assert.deepEqual(diffWeights({ "wte.weight": tensor(3, 4) }, { "wte.weight": tensor(3, 5) }), [
    { name: "wte.weight", size: 2, changed: 1, relativeChange: 0.2, largestChange: 1 },
  ]);
});

test("equal weights differ in nothing; 0 and -0 are different bits", () => {
  const same = diffWeights(weightsOfSeed(1), weightsOfSeed(1));
  assert.ok(same.every(({ changed, relativeChange, largestChange }) => changed + relativeChange + largestChange === 0));
  const [zero] = diffWeights({ a: tensor(0, 1) }, { a: tensor(-0, 1) });
  assert.deepEqual([zero!.changed, zero!.relativeChange], [1, 0]);
});

test("layers add up their tensors: lengths of (3, 4) and of (0, 12) make 13", () => {
  const before = { "h.0.ln_1.weight": tensor(3, 4), "wpe.weight": tensor(1), "h.0.mlp.c_fc.bias": tensor(0, 12) };
  const changed = { "h.0.ln_1.weight": tensor(3, 4), "wpe.weight": tensor(1), "h.0.mlp.c_fc.bias": tensor(5, 0) };
  assert.deepEqual(diffByLayer(before, changed), [
    { name: "layer 0", size: 4, changed: 2, relativeChange: 1, largestChange: 12 },
    { name: "embeddings", size: 1, changed: 0, relativeChange: 0, largestChange: 0 },
  ]);
  const groups = diffByLayer(weightsOfSeed(1), weightsOfSeed(2)).map(({ name }) => name);
  assert.deepEqual(groups, ["embeddings", "layer 0", "layer 1", "last norm"]);
});

test("weights of other shapes or other names are refused", () => {
  assert.throws(() => diffWeights({ a: tensor(1, 2) }, { a: tensor(1) }), /a: expected \(2\), received \(1\)/);
  assert.throws(() => diffWeights({ a: tensor(1) }, { a: tensor(1), b: tensor(1) }), /"b" in one of them only/);
  assert.throws(() => diffByLayer({ a: tensor(1) }, {}), /"a" in one of them only/);
});

test("nothing of all this has written into the snapshot", () => {
  assert.equal(verifySnapshot(sound).ok, true);
  assert.equal(existsSync(`${sound}.previous`), false);
});
