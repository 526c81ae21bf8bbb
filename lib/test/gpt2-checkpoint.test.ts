import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { forward, weightsOf } from "../src/gpt";
import { byteLevelTokenizer, gpt2Config, gpt2Weights, loadGPT2 } from "../src/gpt2-checkpoint";
import { readSafetensors, type StoredTensors, writeSafetensors } from "../src/safetensors";
import { assertClose } from "./golden";

const references = path.join(__dirname, "reference");
const folder = path.join(references, "gpt2");
const reference = JSON.parse(readFileSync(path.join(references, "gpt2.json"), "utf8")) as {
  ids: number[][];
  logits: number[];
  strings: Record<string, number[]>;
};
const config = JSON.parse(readFileSync(path.join(folder, "config.json"), "utf8"));
const scratch = mkdtempSync(path.join(tmpdir(), "gpt2 test "));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** A copy of the folder with other tensors. */
function withTensors(name: string, change: (tensors: StoredTensors) => StoredTensors): string {
  const copy = path.join(scratch, name);
  cpSync(folder, copy, { recursive: true });
  const file = path.join(copy, "model.safetensors");
  writeFileSync(file, writeSafetensors(change(readSafetensors(readFileSync(file)).tensors)));
  return copy;
}

test("logits of a model that transformers saved equal those that transformers computes, to 1e-4", () => {
  const { model } = loadGPT2(folder);
  assertClose(forward(model, reference.ids), reference.logits, 1e-4, "logits");
});

test("its tokenizer gives the ids of the Python package tokenizers, and the texts come back", () => {
  const tokenizer = loadGPT2(folder).tokenizer!;
  for (const [text, ids] of Object.entries(reference.strings)) {
    assert.deepEqual(tokenizer.encode(text, { allowSpecial: true }), ids, JSON.stringify(text));
    assert.equal(tokenizer.decode(ids), text);
  }
});

test("names without a prefix, masks among the tensors, and a repeated last layer make no difference", () => {
  const older = withTensors("older", (tensors) => ({
    ...Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name.replace("transformer.", ""), t])),
    "h.0.attn.bias": { shape: [1, 1, 2, 2], data: Float32Array.of(1, 0, 1, 1) },
    "lm_head.weight": tensors["transformer.wte.weight"]!,
  }));
  assert.deepEqual(weightsOf(loadGPT2(older).model), weightsOf(loadGPT2(folder).model));
});

test("a last layer of its own, unknown tensors and missing ones are refused", () => {
  const ours = gpt2Config(config);
  const { tensors } = readSafetensors(readFileSync(path.join(folder, "model.safetensors")));
  const other = { shape: [290, 32], data: new Float32Array(290 * 32) };
  assert.throws(
    () => gpt2Weights({ ...tensors, "lm_head.weight": other }, ours),
    /a last layer that is the token embed/,
  );
  assert.throws(() => gpt2Weights({ ...tensors, "h.0.rotary": other }, ours), /received also h.0.rotary/);
  const without = withTensors("without", ({ "transformer.ln_f.bias": _, ...rest }) => rest);
  assert.throws(() => loadGPT2(without), /weights\["ln_f.bias"\]: expected 32 numbers/);
});

test("a model that computes something else is refused", () => {
  assert.throws(
    () => gpt2Config({ ...config, activation_function: "relu" }),
    /activation_function: expected "gelu_new", received "relu"/,
  );
  assert.throws(() => gpt2Config({ ...config, n_inner: 100 }), /n_inner: expected 128, received 100/);
  assert.throws(() => gpt2Config({ ...config, model_type: "llama" }), /model_type: expected "gpt2", received "llama"/);
  assert.throws(
    () => byteLevelTokenizer({ model: { type: "Unigram" } }),
    /expected BPE with GPT-2's byte level, received Unigram/,
  );
  assert.throws(() => loadGPT2(path.join(scratch, "nowhere")), /a folder with config.json, received none/);
});
