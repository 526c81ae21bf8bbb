/**
 * @file A progress bar with the time that is left. Used by everything in the course that takes more than a second.
 * In a notebook an HTML bar that is updated in place, in a terminal one line that is written over, elsewhere only the end.
 */

import { type Display, inNotebook, showHtml } from "./display";
import { assertCount } from "./errors";
import { escapeHtml } from "./format";

export interface ProgressOptions {
  /** What is being done, e.g. `training`. */
  label: string;
  /** How much there is to do, in steps, bytes, questions ... */
  total: number;
  /** "none" shows nothing. Default "auto". */
  display?: "auto" | "none";
}

export interface ProgressBar {
  /** Shows that `done` of `total` is done; `note` is shown beside it. Cheap: redrawn at most five times a second. */
  update(done: number, note?: string): void;
  /** Shows the end, with the time it took. */
  finish(note?: string): void;
}

const REDRAW_MS = 200;

/**
 * Starts a progress bar.
 *
 * `const bar = progressBar({ label: "training", total: 2500 }); bar.update(500, "loss 2.31"); bar.finish();`
 */
export function progressBar(options: ProgressOptions): ProgressBar {
  const { label, total, display = "auto" } = options;
  assertCount("total", total, 0);
  const paint = display === "none" ? undefined : inNotebook() ? notebookPainter() : terminalPainter();
  const startedMs = performance.now();
  let startedAt: number | undefined; // what was done already at the first update, so that a continued run is timed rightly
  let paintedMs = -Infinity;
  let last = { done: 0, note: "" };

  const draw = (end: boolean): void => {
    const nowMs = performance.now();
    paintedMs = nowMs;
    const { done, note } = last;
    const elapsedMs = nowMs - startedMs;
    const advanced = done - (startedAt ?? 0);
    const leftMs = advanced > 0 && elapsedMs > 1000 ? (elapsedMs / advanced) * (total - done) : undefined;
    const time = end ? formatDuration(elapsedMs) : leftMs === undefined ? "" : `${formatDuration(leftMs)} left`;
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const count = `${done.toLocaleString("en-US")} of ${total.toLocaleString("en-US")}`;
    paint?.({
      label,
      share,
      text: [`${Math.floor(share * 100)} %`, count, time, note].filter(Boolean).join(" · "),
      end,
    });
  };
  draw(false);
  return {
    update(done, note = "") {
      startedAt ??= done;
      last = { done, note };
      if (performance.now() - paintedMs >= REDRAW_MS) draw(false);
    },
    finish(note) {
      if (note !== undefined) last.note = note;
      draw(true);
    },
  };
}

/** A length of time as people say it: `formatDuration(83_000)` is `1 min 23 s`. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

interface Picture {
  label: string;
  share: number;
  text: string;
  end: boolean;
}

function notebookPainter(): (picture: Picture) => void {
  let shown: Display | undefined;
  return ({ label, share, text }) => {
    const name = escapeHtml(label);
    const bar = `<progress value="${share.toFixed(4)}" max="1" aria-label="${name}"></progress>`;
    const html = `<div>${bar} ${name}: ${escapeHtml(text)}</div>`;
    const plain = `${label}: ${text}`;
    if (shown) shown.update({ "text/html": html, "text/plain": plain });
    else shown = showHtml(html, plain);
  };
}

function terminalPainter(): (picture: Picture) => void {
  const out = process.stderr; // standard output is for results
  return ({ label, share, text, end }) => {
    const filled = Math.round(share * 20);
    const line = `${label} ${"█".repeat(filled)}${"░".repeat(20 - filled)} ${text}`;
    if (out.isTTY) out.write(`\r\x1b[K${line.slice(0, out.columns - 1)}${end ? "\n" : ""}`);
    else if (end) out.write(`${label}: ${text}\n`);
  };
}
