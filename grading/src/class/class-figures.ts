/**
 * @file The pictures of the class page as Plotly figures. They contain words of the course only, nothing of a learner.
 * Used by `course report`.
 */

import type { ExerciseStatistics, NotebookStatistics } from "./class-statistics";
import { round } from "./gradebook";

/** A figure and what it shows, for those who do not see it. */
export interface ClassFigure {
  data: Record<string, unknown>[];
  layout: Record<string, unknown>;
  summary: string;
}

/** Each state with a colour that is told apart without red and green, and a pattern that is told apart without colour. */
const STATES = [
  { key: "passed", color: "#0072b2", shape: "" },
  { key: "wrong", color: "#e69f00", shape: "/" },
  { key: "error", color: "#d55e00", shape: "x" },
  { key: "not attempted", color: "#bdbdbd", shape: "." },
  { key: "to be marked", color: "#cc79a7", shape: "-" },
] as const;

/** How many learners earned how many points. */
export function pointsFigure({ points, maxPoints, notebook }: NotebookStatistics): ClassFigure {
  const width = maxPoints > 30 ? 2 : 1;
  const middle = round(median(points));
  return {
    data: [
      {
        type: "histogram",
        x: points,
        xbins: { start: -width / 2, end: maxPoints + width / 2, size: width },
        marker: { color: "#0072b2" },
        hovertemplate: "%{x} points: %{y} learners<extra></extra>",
      },
    ],
    layout: {
      ...layout(`Half of the class has ${middle} of ${maxPoints} points or more`, 300),
      xaxis: { title: { text: "points" }, range: [-width, maxPoints + width] },
      yaxis: { ...learnersAxis(most(points)), rangemode: "tozero" },
      bargap: 0.08,
    },
    summary: `Notebook ${notebook}: the points of ${points.length} learners; median ${middle} of ${maxPoints}.`,
  };
}

/** Per exercise: how many passed, were wrong, stopped, did not try. */
export function statusFigure({ exercises, notebook }: NotebookStatistics): ClassFigure {
  const y = exercises.map(({ id, title }) => `${id} ${title}`).reverse();
  const used = STATES.filter(({ key }) => exercises.some(({ counts }) => counts[key] > 0));
  const rated = hardestFirst(exercises);
  const hardest = rated.find(({ meanShare }) => meanShare < 1);
  const nothingWrong = rated.length > 0 ? "Whoever tried an exercise solved it" : "No exercise is graded yet";
  const title = hardest ? `Exercise ${hardest.id} was the hardest` : nothingWrong;
  return {
    data: used.map(({ key, color, shape }) => ({
      type: "bar",
      orientation: "h",
      name: key,
      y,
      x: exercises.map(({ counts }) => counts[key]).reverse(),
      marker: { color, pattern: { shape, fillmode: "overlay", fgcolor: "#00000066", size: 6, solidity: 0.2 } },
      hovertemplate: `%{y}<br>${key}: %{x}<extra></extra>`,
    })),
    layout: {
      ...layout(title, 135 + 30 * exercises.length),
      margin: { l: 60, r: 30, t: 95, b: 58 }, // the legend stands in two lines where there is little room
      barmode: "stack",
      xaxis: learnersAxis(Math.max(0, ...exercises.map(({ counts }) => sum(Object.values(counts))))),
      yaxis: { automargin: true },
      legend: { orientation: "h", y: 1.02, yanchor: "bottom", traceorder: "normal" },
    },
    summary: `Notebook ${notebook}: ${exercises.map(({ id, counts }) => `${id} passed by ${counts.passed}`).join(", ")}.`,
  };
}

/** The wrong answers that were recognised. */
export function mistakesFigure({ exercises, notebook }: NotebookStatistics): ClassFigure | undefined {
  const all = exercises.flatMap(({ id, mistakes }) => mistakes.map((one) => ({ ...one, id: `${id} ${one.id}` })));
  const frequent = all.sort((a, b) => b.count - a.count).slice(0, 12);
  const [first, second] = frequent;
  if (!first) return undefined;
  const isFirst = first.count > (second?.count ?? 0);
  const title = isFirst
    ? `The most frequent wrong answer: ${first.id}`
    : `No wrong answer was more frequent than ${first.id}`;
  const shown = [...frequent].reverse();
  return {
    data: [
      {
        type: "bar",
        orientation: "h",
        y: shown.map(({ id }) => id),
        x: shown.map(({ count }) => count),
        text: shown.map(({ count }) => String(count)),
        textposition: "outside",
        cliponaxis: false,
        marker: { color: "#e69f00" },
        hovertemplate: "%{y}: %{x} learners<extra></extra>",
      },
    ],
    layout: {
      ...layout(title, 90 + 26 * shown.length),
      xaxis: { ...learnersAxis(frequent[0]!.count), rangemode: "tozero" },
      yaxis: { automargin: true },
    },
    summary: `Notebook ${notebook}, wrong answers: ${frequent.map(({ id, count }) => `${id} ${count}`).join(", ")}.`,
  };
}

/** The exercises, the one with the smallest share of points first. */
export function hardestFirst(exercises: readonly ExerciseStatistics[]): ExerciseStatistics[] {
  return exercises.filter(({ meanShare }) => !Number.isNaN(meanShare)).sort((a, b) => a.meanShare - b.meanShare);
}

/** The value in the middle of an ordered list. */
export function median(ordered: readonly number[]): number {
  const half = ordered.length / 2;
  if (ordered.length === 0) return 0;
  return ordered.length % 2 ? ordered[Math.floor(half)]! : (ordered[half - 1]! + ordered[half]!) / 2;
}

/** An axis of learners, of whom there are no halves. */
function learnersAxis(highest: number): Record<string, unknown> {
  return { title: { text: "learners" }, ...(highest <= 8 ? { tick0: 0, dtick: 1 } : {}) };
}

/** How often the most frequent value occurs, fractions of a point together. */
function most(points: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const one of points) counts.set(Math.floor(one / 2), (counts.get(Math.floor(one / 2)) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function layout(title: string, height: number): Record<string, unknown> {
  return {
    title: {
      text: title,
      x: 0,
      xref: "paper",
      y: 1,
      yref: "container",
      yanchor: "top",
      pad: { t: 14 },
      font: { size: 15 },
    },
    height,
    margin: { l: 60, r: 30, t: 70, b: 58 },
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    font: { family: "system-ui, sans-serif", size: 13, color: "#222222" },
  };
}
