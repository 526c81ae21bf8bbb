/**
 * @file What `course run` prints: a line for each cell with the time left, then the failures, the checks and the times.
 */
import path from "node:path";
import { root } from "./paths";
import type { CheckResult, Progress, RunResult } from "./run";

/** Where the report is written: `process.stdout`, or something like it. */
export interface ReportStream {
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  write(text: string): unknown;
}

/** `75.4` seconds is `1:15`, `9.31` is `9.3 s`. */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Shows progress: on a terminal the running cell with its seconds in place, elsewhere a line for each finished cell. */
export class ProgressPrinter {
  private timer: NodeJS.Timeout | undefined;
  private readonly stream: ReportStream;

  constructor(stream: ReportStream) {
    this.stream = stream;
  }

  /** Says what is going on before the first cell. */
  wait(text: string): void {
    if (this.stream.isTTY) this.stream.write(`  ${text} ...`);
  }

  /** For the option `onProgress` of a run. */
  update(progress: Progress): void {
    clearInterval(this.timer);
    if (progress.ended) {
      this.clearLine();
      this.stream.write(`${this.line(progress, progress.ended.seconds)}\n`);
    } else if (this.stream.isTTY) {
      const began = Date.now();
      const draw = (): void => {
        const text = this.line(progress, (Date.now() - began) / 1000);
        this.clearLine();
        this.stream.write(text.slice(0, (this.stream.columns || 80) - 1));
      };
      draw();
      this.timer = setInterval(draw, 500);
      this.timer.unref();
    }
  }

  /** Ends the line of a cell that will not end by itself. */
  finish(): void {
    clearInterval(this.timer);
    this.clearLine();
  }

  private clearLine(): void {
    if (this.stream.isTTY) this.stream.write("\r\u001b[K");
  }

  private line({ index, count, id, ended, secondsLeft }: Progress, seconds: number): string {
    const place = `${String(index).padStart(String(count).length)}/${count}`;
    const mark = !ended || ended.status === "ok" ? "" : `  ${ended.status.toUpperCase()}`;
    const left = secondsLeft === undefined ? undefined : Math.max(0, secondsLeft - (ended ? 0 : seconds));
    const about = left === undefined || index === count ? "" : `  about ${duration(left)} left`;
    return `  ${place}  ${id.padEnd(40)} ${duration(seconds).padStart(8)}${about}${mark}`;
  }
}

/** How a run ended, as text for people. */
export function describeResult(result: RunResult): string {
  const lines = result.failures.flatMap((failure) => [
    `Cell "${failure.cell}" failed:`,
    ...failure.source.split("\n").map((line) => `  | ${line}`),
    failure.error,
    "",
  ]);
  lines.push(...describeChecks(result.checks));
  const slowest = [...result.cells].sort((a, b) => b.seconds - a.seconds).slice(0, 3);
  const times = slowest.map(({ id, seconds }) => `${id} ${duration(seconds)}`).join(", ");
  lines.push(`Time: ${duration(result.elapsedSeconds)}${times ? `; slowest cells: ${times}` : ""}`);
  const how = result.ok ? "ran to its end" : result.stopped ? "was stopped" : "FAILED";
  lines.push(`${result.name} ${how}. Saved ${relative(result.file)} and ${relative(result.page)}`);
  return lines.join("\n");
}

/** True for a prediction that was not made: nobody can be right or wrong about it. */
export function isOpenPrediction({ kind, status }: CheckResult): boolean {
  return kind === "prediction" && status === "not attempted";
}

/** How many checks passed, and the points; predictions left open are not among them. */
export function countChecks(checks: readonly CheckResult[]): {
  passed: number;
  total: number;
  points: number;
  maxPoints: number;
} {
  const counted = checks.filter((check) => !isOpenPrediction(check));
  const sum = (pick: (check: CheckResult) => number): number =>
    Math.round(100 * counted.reduce((total, check) => total + pick(check), 0)) / 100;
  return {
    passed: counted.filter(({ status }) => status === "passed").length,
    total: counted.length,
    points: sum(({ points }) => points),
    maxPoints: sum(({ maxPoints }) => maxPoints),
  };
}

/** `Checks: 1 of 2 passed, 2 of 4 points`, then one line each. */
export function describeChecks(checks: CheckResult[]): string[] {
  if (checks.length === 0) return ["Checks: none in what was run"];
  const { passed, total, points, maxPoints } = countChecks(checks);
  return [
    `Checks: ${passed} of ${total} passed, ${points} of ${maxPoints} points`,
    ...checks.map((check) =>
      isOpenPrediction(check)
        ? `  ${check.id.padEnd(6)} a prediction, left open`
        : `  ${check.id.padEnd(6)} ${check.status.padEnd(14)} ${check.points} of ${check.maxPoints}`,
    ),
  ];
}

/** One line a notebook and one for all, when several were run. */
export function describeAll(results: RunResult[]): string {
  const rows = results.map((result) => {
    const { passed, total, points, maxPoints } = countChecks(result.checks);
    return [
      result.name,
      result.ok ? "ok" : result.stopped ? "stopped" : "FAILED",
      duration(result.elapsedSeconds),
      `${result.cells.length} cells`,
      `${passed} of ${total} checks`,
      `${points} of ${maxPoints} points`,
    ];
  });
  const all = countChecks(results.flatMap(({ checks }) => checks));
  rows.push([
    "all",
    results.every(({ ok }) => ok) ? "ok" : "FAILED",
    duration(results.reduce((sum, { elapsedSeconds }) => sum + elapsedSeconds, 0)),
    `${results.reduce((sum, { cells }) => sum + cells.length, 0)} cells`,
    `${all.passed} of ${all.total} checks`,
    `${all.points} of ${all.maxPoints} points`,
  ]);
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function relative(file: string): string {
  const inside = path.relative(root, file);
  return inside.startsWith("..") ? file : inside;
}
