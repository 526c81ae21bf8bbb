/**
 * @file What SmolLM2 learns and forgets: eight facts of an invented valley by LoRA in its last ten blocks, alone or beside twelve of its
 * own old answers, from several seeds. Adds to bench/results/smollm2-tuning.json, which notebook 6 shows.
 *
 *     npx tsx bench/smollm2-tuning.ts --seed 1      (then 2, 3; three minutes each on two cores; needs `npx course fetch smollm2`)
 */

import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { loadSmolLM2, VALLEY_LESSON } from "../datasets/src/smollm2";
import { type LessonScore, scoreLesson, teachLesson } from "../lib/src/llama-lesson";
import type { SmolLM2Lesson } from "../lib/src/smollm2-results";
import { keep, resultFile } from "./keep";

const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, steps: { type: "string", default: "24" } },
});
const [seed, steps] = [Number(values.seed), Number(values.steps)];
const FILE = resultFile("smollm2-tuning");
const { model, tokenizer } = loadSmolLM2();
const rounded = (score: LessonScore): LessonScore => ({ ...score, paris: Number(score.paris.toPrecision(4)) });
const percent = (share: number): string => `${Math.round(100 * share)} %`;

async function main(): Promise<void> {
  const kept: { before?: LessonScore; lessons: SmolLM2Lesson[] } = existsSync(FILE)
    ? JSON.parse(readFileSync(FILE, "utf8")).values
    : { lessons: [] };
  kept.before ??= rounded(await scoreLesson(model, tokenizer, VALLEY_LESSON));
  console.log(`before: general ${percent(kept.before.general)}`);
  for (const replay of [false, true]) {
    const taught = await teachLesson(model, tokenizer, VALLEY_LESSON, { replay, seed, steps, display: "none" });
    const score = rounded(await scoreLesson(taught.model, tokenizer, VALLEY_LESSON));
    taught.dispose();
    const lesson = {
      seed,
      replay,
      steps,
      seconds: Number((taught.elapsedMs / 1000).toFixed(1)),
      residentMB: Math.round(process.memoryUsage().rss / 1e6),
      ...score,
      lossesNats: taught.lossesNats.map((loss) => Number(loss.toFixed(4))),
    };
    kept.lessons = [...kept.lessons.filter((one) => one.seed !== seed || one.replay !== replay), lesson];
    kept.lessons.sort((a, b) => Number(a.replay) - Number(b.replay) || a.seed - b.seed);
    const { facts, reworded, general, paris, seconds } = lesson;
    console.log(
      `${replay ? "with replay" : "facts only"}, seed ${seed}: facts ${percent(facts)}, reworded ${percent(reworded)}, ` +
        `general ${percent(general)}, Paris ${paris}, ${seconds} s`,
    );
    keep("smollm2-tuning", { command: "npx tsx bench/smollm2-tuning.ts --seed 1 (then 2, 3)", values: kept });
  }
}

void main();
