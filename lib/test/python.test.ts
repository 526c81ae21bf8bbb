import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { createGPT, weightsOf } from "../src/gpt";
import { tryPython } from "../src/python";
import { createRandom } from "../src/random";
import { hashWeights, writeSafetensors } from "../src/safetensors";

test("a program gets its arguments and its last line break is cut; one that fails is nothing", () => {
  assert.equal(tryPython("import sys; print(int(sys.argv[1]) + 1)", ["41"]), "42");
  assert.equal(tryPython("import no_such_package"), undefined);
});

test("the Python package safetensors opens a model's file and finds every number, bit by bit", () => {
  const config = { vocabSize: 11, contextLength: 6, nLayer: 2, nHead: 2, nEmbd: 8 };
  const weights = weightsOf(createGPT(config, { random: createRandom(7) }));
  const folder = mkdtempSync(path.join(tmpdir(), "course weights "));
  try {
    const file = path.join(folder, "weights.safetensors");
    writeFileSync(file, writeSafetensors(weights));
    const printed = tryPython(
      [
        "import sys, json, hashlib, safetensors.numpy as s",
        "t = s.load_file(sys.argv[1])",
        "found = {k: [list(v.shape), v.reshape(-1).view('uint32').tolist()] for k, v in t.items()}",
        "print(json.dumps([found, hashlib.sha256(s.save(t)).hexdigest()]))",
      ].join("\n"),
      [file],
    );
    assert.ok(printed, "no Python with the packages of requirements-test.txt");
    const [found, hash] = JSON.parse(printed) as [Record<string, [number[], number[]]>, string];
    assert.deepEqual(Object.keys(found).sort(), Object.keys(weights).sort());
    for (const [name, { shape, data }] of Object.entries(weights)) {
      assert.deepEqual(found[name], [shape, [...new Uint32Array(data.buffer)]], name);
    }
    assert.equal(hash, hashWeights(weights));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
