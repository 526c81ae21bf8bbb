import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import {
  type Annotator,
  agreement,
  chanceToPrefer,
  cohenKappa,
  noiseCeiling,
  normalCdf,
  pairsOf,
  type Ranking,
  rankBy,
} from "../src/preferences";
import { createRandom } from "../src/random";
import { appendRankings, readRankings } from "../src/ranking-file";
import { assertClose } from "./golden";

const ranking = (ranks: number[], responses = ["a", "b", "c", "d"].slice(0, ranks.length)): Ranking => ({
  prompt: "?",
  responses,
  ranks,
  annotator: "x",
});
const told = (r: Ranking): string[] => pairsOf(r).map(({ chosen, rejected }) => `${chosen}>${rejected}`);

test("a ranking of K responses without ties is K (K - 1) / 2 pairs, the better one first", () => {
  assert.deepEqual(told(ranking([2, 1, 3])), ["b>a", "a>c", "b>c"]);
  assert.equal(told(ranking([4, 2, 1, 3])).length, 6);
});

test("ties and responses with the same words give no pair", () => {
  assert.deepEqual(told(ranking([1, 1, 2])), ["a>c", "b>c"]);
  assert.deepEqual(told(ranking([1, 2, 3], ["a", "a", "b"])), ["a>b", "a>b"]);
});

test("a ranking with a rank missing, or a rank that is no place, is refused", () => {
  assert.throws(() => pairsOf(ranking([1, 2], ["a", "b", "c"])), /expected 3, one a response, received 2/);
  assert.throws(() => pairsOf(ranking([0, 1])), /at least 1, received 0/);
});

test("Cohen's kappa equals the example of its docblock, and the formula on a longer one", () => {
  assertClose([cohenKappa(["a", "a", "b", "b"], ["a", "b", "b", "b"])], [0.5], 1e-12);
  const [x, y] = ["aabbccaabc", "abbbcaacbc"].map((text) => [...text!]) as [string[], string[]];
  const alike = x.filter((label, i) => label === y[i]).length / 10;
  const chance = (4 * 3 + 3 * 4 + 3 * 3) / 100;
  assertClose([cohenKappa(x, y)], [(alike - chance) / (1 - chance)], 1e-12);
  assert.equal(cohenKappa(["a", "a"], ["a", "a"]), 1);
});

test("two rankings agree on the pairs that both judge alike, whatever the order in which responses are listed", () => {
  assert.deepEqual(agreement([ranking([1, 2, 3])], [ranking([1, 3, 2])]).share, 2 / 3);
  const turned = { ...ranking([3, 2, 1]), responses: ["c", "b", "a"] };
  assert.deepEqual(agreement([ranking([1, 2, 3])], [turned]), { pairs: 3, share: 1, kappa: 1 });
  assert.throws(() => agreement([ranking([1, 2])], [{ ...ranking([1, 2]), prompt: "!" }]), /both have ranked/);
});

test("the normal distribution's share below x is right to 2e-7", () => {
  // From Python: statistics.NormalDist().cdf(x)
  assertClose(
    [normalCdf(0), normalCdf(1), normalCdf(-2), normalCdf(0.3), normalCdf(4)],
    [0.5, 0.8413447460685429, 0.0227501319481792, 0.6179114221889526, 0.9999683287581669],
    2e-7,
  );
});

const annotators: Annotator<{ question: string }>[] = [
  { name: "sure", rubric: "longer is better", noise: 0.5, score: (_, text) => text.length },
  { name: "unsure", rubric: "shorter is better", noise: 2, score: (_, text) => -text.length },
];

test("the chance to prefer a response is how often it is ranked higher, over 40,000 rankings, to 0.01", () => {
  const random = createRandom(1);
  const prompt = { question: "?" };
  for (const [a, b] of [
    ["xx", "xxx"],
    ["x", "xxxx"],
  ] as const) {
    let first = 0;
    for (let i = 0; i < 40_000; i++) {
      const { ranks } = rankBy(random.pick(annotators), prompt, [a, b], random);
      if (ranks[0] === 1) first++;
    }
    assertClose([chanceToPrefer(annotators, prompt, a, b)], [first / 40_000], 0.01);
  }
});

test("no rule that knows the annotators but not who judged predicts better than the ceiling, and the best one reaches it, to 0.01", () => {
  const random = createRandom(2);
  const prompt = { question: "?" };
  const chances: number[] = [];
  let right = 0;
  for (let i = 0; i < 20_000; i++) {
    const [a, b] = ["x".repeat(1 + random.integer(4)), "x".repeat(5 + random.integer(4))];
    const chance = chanceToPrefer(annotators, prompt, a, b);
    chances.push(chance);
    const { ranks } = rankBy(random.pick(annotators), prompt, [a, b], random);
    if (chance > 0.5 === (ranks[0] === 1)) right++;
  }
  assertClose([noiseCeiling(chances)], [right / 20_000], 0.01);
  assertClose([noiseCeiling([0.9, 0.4, 0.7])], [(0.9 + 0.6 + 0.7) / 3], 1e-12);
});

test("whoever ranks gives the same words the same rank", () => {
  const { ranks } = rankBy(annotators[0]!, { question: "?" }, ["xxxxxxxx", "x", "xxxxxxxx"], createRandom(3));
  assert.deepEqual(ranks, [1, 2, 1]);
});

test("rankings are appended to a file, read again, and the later one of the same responses counts", () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "rankings-")), "mine", "rankings.jsonl");
  assert.deepEqual(readRankings(file), []);
  appendRankings(file, [ranking([1, 2]), { ...ranking([2, 1]), prompt: "!" }]);
  appendRankings(file, [ranking([2, 1])]);
  assert.equal(readFileSync(file, "utf8").trim().split("\n").length, 3);
  assert.deepEqual(
    readRankings(file).map(({ prompt, ranks }) => [prompt, ranks]),
    [
      ["!", [2, 1]],
      ["?", [2, 1]],
    ],
  );
  appendFileSync(file, '{"prompt": 1}\n');
  assert.throws(() => readRankings(file), /line 4: expected a ranking as JSON/);
});
