/**
 * @file What live learning does, drawn: what is left of a model's abilities after so many messages, and how many lies it
 * takes to change an answer. Notebook 8. Several runs are drawn as faint lines, their mean as a strong one.
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import { formatList, formatPercent } from "../format";
import { boxOf, panel, type Series } from "./panel";
import { endSpace } from "./panel-labels";
import { fade, figure, marksOf, shortenAll, titleSpace } from "./style";

/** One run: what was measured after so many messages. */
export interface DriftRun {
  messages: ArrayLike<number>;
  /** Shares from 0 to 1, by what was measured; as many as `messages`. */
  scores: Readonly<Record<string, ArrayLike<number>>>;
}

/** What {@link driftCurves} draws. */
export interface DriftCurvesOptions {
  /** Runs that were measured at the same messages. */
  runs: readonly DriftRun[];
  /** What to draw, in this order; by default all scores of the first run. */
  measures?: readonly { key: string; label: string }[];
  xLabel?: string;
  yLabel?: string;
  title?: string;
}

/**
 * What is left after so many messages, a line for each ability. Of more than two, the title names the one that lost least
 * and the one that lost most.
 *
 * `driftCurves({ runs: [{ messages: [0, 100], scores: { facts: [0.92, 0.9], refusals: [0.93, 0] } }] })` is titled
 * `After 100 messages: facts from 92% to 90% and refusals from 93% to 0%`.
 */
export function driftCurves(options: DriftCurvesOptions): Figure {
  const { runs, xLabel = "Messages learned from (count)", yLabel = "Share of all questions (%)" } = options;
  const [first] = runs;
  if (!first) throw new CourseError({ what: "runs", expected: "at least one run", received: "none" });
  for (const { messages } of runs) {
    if (Array.from(messages).join() === Array.from(first.messages).join()) continue;
    const expected = "runs that were measured after the same numbers of messages";
    throw new CourseError({ what: "runs", expected, received: "different ones" });
  }
  const measures = options.measures ?? Object.keys(first.scores).map((key) => ({ key, label: key }));
  const percent = (run: DriftRun, key: string): number[] => Array.from(run.scores[key]!, (share) => 100 * share);
  const series: Series[] = measures.map(({ key, label }, look) => {
    const curves = runs.map((run) => percent(run, key));
    const y = curves[0]!.map((_, i) => curves.reduce((sum, curve) => sum + curve[i]!, 0) / curves.length);
    return { label, x: first.messages, y, endText: formatPercent(y.at(-1)! / 100), look };
  });
  const last = first.messages[first.messages.length - 1]!;
  const changes = series.map(({ label, y }) => {
    const [from, to] = [y[0]! / 100, y[y.length - 1]! / 100];
    return `${label} from ${formatPercent(from)} to ${formatPercent(to)}`;
  });
  const lost = ({ y }: Series): number => y[0]! - y[y.length - 1]!;
  const extremes = [...series.keys()].sort((a, b) => lost(series[a]!) - lost(series[b]!));
  const told = series.length <= 2 ? changes : [changes[extremes[0]!]!, changes[extremes.at(-1)!]!];
  const seeds = runs.length > 1 ? `Faint: each of ${runs.length} runs; strong: their mean` : undefined;
  const title = options.title ?? `After ${last} messages: ${formatList(told)}`;
  const margin = { l: 64, r: endSpace(series), t: titleSpace(title, { subtitle: seeds }), b: 52 };
  const parts = panel({
    series,
    x: { label: xLabel, range: [0, last], grid: false },
    y: { label: yLabel, range: [0, 103] },
    box: boxOf(margin),
    unit: "%",
  });
  const faint =
    runs.length > 1 ? measures.flatMap(({ key }, i) => runs.map((run) => faintLine(run, percent(run, key), i))) : [];
  return figure({
    title,
    subtitle: seeds,
    margin,
    ...parts,
    data: [...faint, ...parts.data],
    summary: `${title}. ${runs.length === 1 ? "One run" : `Means of ${runs.length} runs`}: ${changes.join("; ")}.`,
  });
}

function faintLine(run: DriftRun, y: readonly number[], look: number): Record<string, unknown> {
  return {
    type: "scatter",
    mode: "lines",
    x: shortenAll(run.messages, 6),
    y: shortenAll(y, 3),
    line: { color: fade(marksOf(look).color, 0.3), width: 1 },
    hoverinfo: "skip",
  };
}

/** Lies told to some models. */
export interface PoisoningRun {
  /** e.g. `learning rate 0.03`. */
  label: string;
  /** For each fact the number of messages until the lie was the answer; null if it never was. */
  messages: readonly (number | null)[];
}

/** What {@link poisoningCurve} draws. */
export interface PoisoningCurveOptions {
  runs: readonly PoisoningRun[];
  /** How many messages were tried at most: where the curves end. */
  atMost: number;
  title?: string;
}

/**
 * The share of the facts that were changed by so many messages or fewer, a step at each number.
 *
 * `poisoningCurve({ runs: [{ label: "lies", messages: [1, 1, 2, null] }], atMost: 5 })` is titled
 * `One message changes 50% of the facts, 5 messages change 75%`.
 */
export function poisoningCurve({ runs, atMost, title: given }: PoisoningCurveOptions): Figure {
  if (runs.length === 0 || runs.some(({ messages }) => messages.length === 0)) {
    throw new CourseError({ what: "runs", expected: "at least one run with one lie", received: "none" });
  }
  const counts = Array.from({ length: atMost + 1 }, (_, k) => k);
  const share = ({ messages }: PoisoningRun, k: number): number =>
    messages.filter((needed) => needed !== null && needed <= k).length / messages.length;
  const series: Series[] = runs.map((run) => {
    const y = counts.map((k) => 100 * share(run, k));
    return { label: run.label, x: counts, y, endText: formatPercent(y.at(-1)! / 100) };
  });
  const [main] = runs as [PoisoningRun, ...PoisoningRun[]];
  const claim = `One message changes ${formatPercent(share(main, 1))} of the facts, ${atMost} messages change ${formatPercent(share(main, atMost))}`;
  const title = given ?? claim;
  const margin = { l: 64, r: endSpace(series), t: titleSpace(title), b: 52 };
  const parts = panel({
    series,
    x: { label: "Messages with the same lie (count)", range: [0, atMost], grid: false },
    y: { label: "Facts that are answered with the lie (%)", range: [0, 103] },
    box: boxOf(margin),
    unit: "%",
  });
  const told = runs.map((run) => {
    const flipped = run.messages.filter((needed) => needed !== null && needed <= atMost).length;
    return `${run.label}: ${flipped} of ${run.messages.length} facts within ${atMost} messages, ${Math.round(100 * share(run, 1))} % after the first`;
  });
  return figure({ title, margin, ...parts, summary: `${title}. ${told.join("; ")}.` });
}
