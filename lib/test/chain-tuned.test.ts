import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import type { Corpus } from "../src/chain";
import { type ChatCorpus, tuned } from "../src/chain-tuned";
import { checkpointFolder, readManifest } from "../src/checkpoint";
import { weightsOf } from "../src/gpt";

const home = mkdtempSync(path.join(os.tmpdir(), "course-tuned-"));
process.env.COURSE_HOME = home;
after(() => rmSync(home, { recursive: true, force: true }));

const documents = Array.from({ length: 60 }, (_, i) => ({
  text: `The ${["owl", "cat", "dog"][i % 3]} sleeps in the ${["mill", "barn"][i % 2]}. It is ${i}.`,
  register: "tales",
}));
const corpus: Corpus = {
  documents,
  heldOutDocuments: documents.slice(0, 20),
  probes: {
    clozes: [{ prompt: "The owl sleeps in the", answer: " mill", kind: "fact", group: "facts" }],
    pairs: [{ good: "It is 1.", bad: "It are 1.", kind: "is and are", group: "grammar" }],
  },
  text: () => documents.map(({ text }) => text).join("\n"),
  sha256: "a".repeat(64),
};
const chat: ChatCorpus = {
  train: Array.from({ length: 16 }, (_, i) => ({ question: `Where is the owl ${i}?`, answer: "In the mill." })),
  heldOut: [{ kind: "fact", question: "Where is the owl?", reference: "In the mill." }],
  sha256: "b".repeat(64),
};

test("a missing chain is made from its beginning, each link with its parent's hash, and is loaded the next time", async () => {
  const made = await tuned(corpus, chat, { steps: 2, pretrainingSteps: 2 });
  const parent = readManifest(checkpointFolder("01-pretrained"));
  assert.equal(made.manifest.name, "06-tuned");
  assert.equal(made.manifest.parentHash, parent.weightsHash);
  assert.notEqual(made.manifest.weightsHash, parent.weightsHash);
  assert.deepEqual([made.manifest.dataHash, made.manifest.steps], [chat.sha256, 2]);
  const sheet = made.manifest.evaluation!;
  assert.equal(sheet.groups.instructions!.n, 1);
  assert.equal(sheet.kinds["chat: fact"]!.n, 1);
  assert.ok(sheet.groups.facts && sheet.lossNats.tales! > 0, "what the parent was measured on is measured again");

  const again = await tuned(corpus, chat, { steps: 1 });
  assert.equal(again.manifest.weightsHash, made.manifest.weightsHash);
  assert.deepEqual(weightsOf(again.model), weightsOf(made.model));
});
