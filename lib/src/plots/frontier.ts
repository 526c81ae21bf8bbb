/**
 * @file What is gained, and what it costs: the reward a policy was trained for and the true one, over its distance from the
 * model it started from. Notebook 7, for reward hacking.
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import { boxOf, panel, type Series } from "./panel";
import { endSpace } from "./panel-labels";
import { figure, paddedRange, titleSpace } from "./style";

/** One run of optimisation, measured on the way. */
export interface RewardRun {
  /** e.g. `seed 0`; may be empty for a single run. */
  label: string;
  /** The distance from the reference policy at each measurement. */
  kl: ArrayLike<number>;
  /** What the reward model says. */
  proxy: ArrayLike<number>;
  /** What it should have said. */
  trueReward: ArrayLike<number>;
}

/** What {@link rewardFrontier} draws. */
export interface RewardFrontierOptions {
  runs: readonly RewardRun[];
  xLabel?: string;
  yLabel?: string;
  title?: string;
}

/**
 * Proxy (solid, circles) and true reward (dashed, squares) over the distance from the reference policy.
 *
 * `rewardFrontier({ runs: [{ label: "", kl: [0, 5], proxy: [0, 1.6], trueReward: [0.6, 0.2] }] })`
 *
 * @see Gao et al. 2022, figure 1, https://arxiv.org/abs/2210.10760
 */
export function rewardFrontier({ runs, xLabel, yLabel, title: given }: RewardFrontierOptions): Figure {
  const empty = runs.find((run) => run.kl.length === 0);
  if (runs.length === 0 || empty) {
    throw new CourseError({
      what: "runs",
      expected: "at least one run with one measurement",
      received: empty ? `"${empty.label}" is empty` : "none",
    });
  }
  const named = (kind: string, label: string): string => (label === "" ? kind : `${kind}, ${label}`);
  const series: Series[] = runs.flatMap((run): Series[] => [
    { label: named("proxy", run.label), x: run.kl, y: run.proxy, endText: written(last(run.proxy)), look: 0 },
    { label: named("true", run.label), x: run.kl, y: run.trueReward, endText: written(last(run.trueReward)), look: 1 },
  ]);
  const title = given ?? frontierTitle(runs);
  const margin = { l: 64, r: endSpace(series), t: titleSpace(title), b: 52 };
  const x = {
    label: xLabel ?? "Distance from the reference (KL, nats per response)",
    range: paddedRange(
      runs.map((run) => run.kl),
      { air: 0.02 },
    ),
  };
  const y = {
    label: yLabel ?? "Reward (points per response)",
    range: paddedRange(
      series.map((s) => s.y),
      { air: 0.08 },
    ),
  };
  return figure({
    title,
    margin,
    ...panel({ series, x: { ...x, grid: false }, y, box: boxOf(margin), unit: "points" }),
    summary: `${title}. ${runs.map(runInWords).join(" ")}`,
  });
}

const written = (reward: number): string => reward.toFixed(2);
const first = (values: ArrayLike<number>): number => values[0]!;
const last = (values: ArrayLike<number>): number => values[values.length - 1]!;

function frontierTitle(runs: readonly RewardRun[]): string {
  const mean = (of: (run: RewardRun) => number): number => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  const proxy = [mean((run) => first(run.proxy)), mean((run) => last(run.proxy))] as const;
  const real = [mean((run) => first(run.trueReward)), mean((run) => last(run.trueReward))] as const;
  const told = ([from, to]: readonly [number, number]): string =>
    `${to > from ? "rises" : "falls"} from ${written(from)} to ${written(to)}`;
  const joint = proxy[1] > proxy[0] === real[1] > real[0] ? "and" : "while";
  return `The proxy reward ${told(proxy)} ${joint} the true reward ${told(real)}`;
}

function runInWords({ label, kl, proxy, trueReward }: RewardRun): string {
  const best = Array.from(trueReward).reduce((at, value, i) => (value > trueReward[at]! ? i : at), 0);
  return (
    `${label === "" ? "Run" : label}: at a KL of ${written(last(kl))} the proxy is ${written(last(proxy))}, the true ` +
    `reward ${written(last(trueReward))}; the true reward was highest, ${written(trueReward[best]!)}, at a KL of ${written(kl[best]!)}.`
  );
}
