/**
 * A training step of `@genai-fi/nanogpt`, a library for browsers, on its CPU backend. For bench/training.ts.
 * It is written for a browser and stops in Node.js, so the little that it asks of one is put in place before it is loaded.
 */

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { batchSize, contextLength, peers, vocabSize, nLayer, nHead, nEmbd } = JSON.parse(process.argv[2]);
const file = createRequire(`${peers}/package.json`).resolve("@genai-fi/nanogpt");
Object.defineProperty(process, "versions", { value: {}, configurable: true }); // else it asks for a module that it lacks
globalThis.window ??= globalThis;
globalThis.document ??= { createElement: () => ({ getContext: () => null }) };
globalThis.navigator ??= { userAgent: "" };
const log = console.log;
console.log = () => {}; // its own messages would break the protocol

const { TeachableLLM, data } = await import(pathToFileURL(file).href);
await TeachableLLM.selectBackend("cpu");
const sizes = { vocabSize, blockSize: contextLength, nLayer, nHead, nEmbed: nEmbd, mlpFactor: 4 };
const teachable = TeachableLLM.create("char", { ...sizes, useRope: false, modelType: "GenAI_NanoGPT_v1" });
const letters = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ.,;:!?'-\n";
const text = Array.from({ length: 20_000 }, (_, i) => letters[(i * i * 31 + i * 7) % letters.length]).join("");
const stream = await data.loadTextData(new File([text], "text.txt", { type: "text/plain" }));
await teachable.trainTokeniser([stream]);

/** Trains until `steps` of them have been reported; each report says how fast the last one was. */
function train(steps) {
  return new Promise((resolve, reject) => {
    const times = [];
    const options = { method: { type: "pretraining" }, batchSize, logInterval: 1, maxEpochs: 1, learningRate: 1e-3 };
    teachable.training.on("progress", function report(job) {
      if (times.length >= steps) return;
      const last = job.history.at(-1);
      times.push((1000 * batchSize * contextLength) / last.tokensPerSecond);
      if (times.length === steps) {
        teachable.training.off("progress", report);
        teachable.training.cancel(job.id);
        resolve(times);
      }
    });
    teachable.training
      .job({ ...options, metrics: ["tokensPerSecond"] }, [stream], [{ id: "text", name: "text", size: text.length }])
      .catch(reject);
  });
}

log("ready");
createInterface({ input: process.stdin }).on("line", async (line) => {
  log((await train(Number(line))).map((ms) => ms.toFixed(1)).join(" "));
  await new Promise((resolve) => setTimeout(resolve, 1000)); // the cancelled job comes to its end
});
