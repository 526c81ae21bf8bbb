/**
 * @file Texts as a model sees and writes them: cut into tokens, and sampled along the way. Notebooks 1 and 5.
 */

import { escapeHtml, formatNumber, visibleToken } from "../format";
import { type HtmlBundle, table } from "../table";
import { fade, marksOf } from "./style";

/** What {@link tokenStrip} draws. */
export interface TokenStripOptions {
  /** The text of each token, in order. */
  tokens: readonly string[];
  /** Their numbers, printed below. */
  ids?: ArrayLike<number>;
  /** Positions to mark with a thick border, e.g. the ones that are predicted. */
  marked?: readonly number[];
  caption?: string;
  /** Show no more tokens than this. */
  limit?: number;
}

/**
 * A text with a border around every token; spaces and line ends are made visible.
 *
 * `show(tokenStrip({ tokens: ["The", " go", "at"], ids: [412, 305, 290] }))` prints `The|␣go|at` in a terminal.
 */
export function tokenStrip({ tokens, ids, marked = [], caption, limit = 300 }: TokenStripOptions): HtmlBundle {
  const shown = tokens.slice(0, limit);
  const length = [...tokens.join("")].length;
  const perToken = tokens.length > 0 ? `, ${formatNumber(length / tokens.length, 2)} characters a token` : "";
  const count = `${formatNumber(tokens.length)} tokens for ${formatNumber(length)} characters${perToken}`;
  const title = caption ? `${caption} (${count})` : count;
  const rest = tokens.length > limit ? `… and ${formatNumber(tokens.length - limit)} more` : "";
  const spans = shown.map((token, i) => {
    const id = ids?.[i];
    const border = marked.includes(i) ? `3px solid ${marksOf(1).color}` : "1px solid rgba(128,128,128,0.8)";
    const style =
      `display:inline-block;white-space:pre;text-align:center;vertical-align:top;margin:1px;padding:0 3px;border:${border};` +
      `border-radius:3px;background-color:${fade(marksOf(i % 3 === 2 ? 4 : i % 3).color, 0.18)}`;
    const number = id === undefined ? "" : `<br><small>${id}</small>`;
    const lineEnd = /\n$/.test(token) ? "<br>" : "";
    return `<span style="${style}">${escapeHtml(visibleToken(token))}${number}</span>${lineEnd}`;
  });
  const words = shown.map((token, i) => {
    const id = ids?.[i];
    const text = visibleToken(token) + (id === undefined ? "" : `=${id}`);
    return marked.includes(i) ? `[${text}]` : text;
  });
  return {
    "text/html":
      `<div><p style="margin:4px 0;font-weight:600">${escapeHtml(title)}</p>` +
      `<div style="font-family:monospace;line-height:1.5">${spans.join("")} ${rest}</div></div>`,
    "text/plain": `${title}\n${words.join("|")}${rest ? ` ${rest}` : ""}`,
  };
}

/** A text the model wrote after a number of training steps. */
export interface Sample {
  step: number;
  text: string;
  lossNats?: number;
}

/** What {@link samplesTable} shows. */
export interface SamplesTableOptions {
  samples: readonly Sample[];
  /** The text all samples continue. */
  prompt?: string;
  caption?: string;
  /** Letters of each sample. */
  limit?: number;
}

/**
 * What the model wrote at several steps of its training, one below the other.
 *
 * `show(samplesTable({ samples: [{ step: 0, text: "qz~ th" }, { step: 2500, text: "The goat sleeps." }] }))`
 */
export function samplesTable({ samples, prompt, caption, limit = 240 }: SamplesTableOptions): HtmlBundle {
  const withLoss = samples.some((sample) => sample.lossNats !== undefined);
  const rows = samples.map(({ step, text, lossNats }) => ({
    step,
    ...(withLoss ? { lossNats } : {}),
    text: printable(text, limit),
  }));
  const named = prompt ? `What the model writes after “${visibleToken(prompt)}”` : "What the model writes";
  return table(rows, {
    caption: caption ?? `${named}, by training step`,
    heads: { lossNats: "loss" },
    units: withLoss ? { lossNats: "nats" } : {},
    keepSpaces: true,
  });
}

/** A model may write anything: control characters become visible, line ends stay. */
function printable(text: string, limit: number): string {
  const letters = [...text];
  const cut = letters.length > limit ? `${letters.slice(0, limit).join("")}…` : text;
  return cut
    .split("\n")
    .map((line) => (line === "" ? "" : visibleToken(line).replace(/^␣+|␣+$/g, (marks) => " ".repeat(marks.length))))
    .join("\n");
}
