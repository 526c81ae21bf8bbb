/** llama.cpp through node-llama-cpp, for bench/smollm2.ts: a token, or a prompt. */

import path from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { library, file, what, tokens } = JSON.parse(process.argv[2]);
const { getLlama } = await import(pathToFileURL(path.resolve(library, "dist/index.js")).href);
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });
const model = await llama.loadModel({ modelPath: file });
const context = await model.createContext({ contextSize: 1024, threads: llama.cpuMathCores });
const sequence = context.getSequence();
const prompt = Array.from({ length: tokens }, (_, i) => 1000 + i);

let text;
async function token() {
  if (!text || sequence.nextTokenIndex > 119) {
    await sequence.clearHistory();
    text = sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true });
  }
  if ((await text.next()).done) text = undefined;
}

async function readPrompt() {
  await sequence.clearHistory();
  await sequence.evaluateWithoutGeneratingNewTokens(prompt);
}

const once = what === "token" ? token : readPrompt;
for (let i = 0; i < 3; i++) await once();
console.log("ready");
createInterface({ input: process.stdin }).on("line", async (line) => {
  const times = [];
  for (let i = 0; i < Number(line); i++) {
    const began = performance.now();
    await once();
    times.push(performance.now() - began);
  }
  console.log(times.map((ms) => ms.toFixed(4)).join(" "));
});
