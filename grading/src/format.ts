/**
 * @file Writes values as short text, for the cards of `check`. Used in every notebook. A learner's text is shown as it is,
 * but never as markup, and never with characters that move the cursor or turn the line around.
 */

import { type Plain, toPlain } from "./plain";

/** How much of a value is written. */
export interface FormatOptions {
  /** Significant digits of a number. */
  digits?: number;
  /** Items of a list, keys of an object. */
  maxItems?: number;
  /** Characters altogether. */
  maxChars?: number;
}

/** A value as one line of text: `formatValue([0.1234567, NaN])` is `[0.123457, NaN]`. */
export function formatValue(value: Plain, { digits = 6, maxItems = 12, maxChars = 240 }: FormatOptions = {}): string {
  const write = (part: Plain): string => {
    if (typeof part === "number") return numberText(part, digits);
    if (typeof part === "string")
      return JSON.stringify(part.length > maxChars ? `${part.slice(0, maxChars)}...` : part);
    if (part === null || typeof part !== "object") return String(part);
    if (Array.isArray(part)) return `[${several(part, (item) => write(item as Plain))}]`;
    const entries = several(Object.entries(part), ([key, inner]) => `${visible(key)}: ${write(inner as Plain)}`);
    return entries ? `{ ${entries} }` : "{}";
  };
  const several = <T>(items: readonly T[], writeItem: (item: T) => string): string => {
    const shown = items.slice(0, maxItems).map(writeItem);
    if (items.length > maxItems) shown.push(`... ${items.length - maxItems} more`);
    return shown.join(", ");
  };
  return shorten(visible(write(toPlain(value).value)), maxChars);
}

/** Two values, with as many digits as it takes to tell them apart. */
export function formatPair(expected: Plain, received: Plain, options: FormatOptions = {}): [string, string] {
  for (const digits of [6, 9, 12]) {
    const pair = [
      formatValue(expected, { ...options, digits }),
      formatValue(received, { ...options, digits }),
    ] as const;
    if (pair[0] !== pair[1]) return [...pair];
  }
  return [formatValue(expected, { ...options, digits: 17 }), formatValue(received, { ...options, digits: 17 })];
}

/** A number as one would type it, with `digits` significant ones: `numberText(0.1234567)` is `0.123457`, 8.64e16 stays that. */
export function numberText(value: number, digits = 6): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number.isInteger(value) ? value + 0 : Number(value.toPrecision(digits));
  const plain = String(rounded);
  const power = rounded.toExponential().replace("e+", "e");
  return power.length + 3 < plain.length ? power : plain.replace("e+", "e");
}

/** Makes characters visible that would steer a terminal or turn the writing direction. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (c) =>
    c === "\n" || c === "\t" ? c : `\\u{${c.codePointAt(0)!.toString(16)}}`,
  );
}

/** Cuts a text, with dots where something is missing. */
export function shorten(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars - 4)} ...`;
}

/** Text that is safe inside HTML, also inside an attribute, and visible. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return visible(text).replace(/[&<>"']/g, (c) => entities[c]!);
}

/** A tutor's sentence as HTML: escaped, `code` between backticks as code, *x* between stars in italics. */
export function sentenceHtml(text: string): string {
  return escapeHtml(text)
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\*(\w+)\*(?![^<]*<\/code>)/g, "<em>$1</em>");
}
