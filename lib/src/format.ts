/**
 * @file Numbers and texts as people read them: for plots, tables and messages. Used by every notebook.
 * Leaves out other languages: numbers are written as in English.
 */

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const SCALES: readonly [number, string][] = [
  [1e12, "trillion"],
  [1e9, "billion"],
  [1e6, "million"],
  [1e3, "thousand"],
];

/**
 * A number for reading: whole numbers with commas, others to `digits` significant digits, huge and tiny ones as powers.
 *
 * `formatNumber(905984)` is `905,984`; `formatNumber(6.6438)` is `6.64`; `formatNumber(3.14e23)` is `3.14×10²³`.
 */
export function formatNumber(value: number, digits = 3): string {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e12) return value.toLocaleString("en-US");
  if (Math.abs(value) >= 1e12 || Math.abs(value) < 1e-4) return formatPower(value, digits);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** A loss in nats: `formatLoss(6.6438)` is `6.64`, `formatLoss(0.8)` is `0.80`, `formatLoss(0.0123)` is `0.012`. */
export function formatLoss(lossNats: number): string {
  if (!Number.isFinite(lossNats)) return formatNumber(lossNats);
  return Math.abs(lossNats) < 0.1 && lossNats !== 0 ? formatNumber(lossNats, 2) : lossNats.toFixed(2);
}

/** A number as a power of ten: `formatPower(314e21)` is `3.14×10²³`; `formatPower(1e6)` is `10⁶`. */
export function formatPower(value: number, digits = 3): string {
  if (value === 0 || !Number.isFinite(value)) return formatNumber(value);
  const [mantissa = "", exponent = "0"] = value.toExponential(digits - 1).split("e");
  const shown = String(Number(mantissa));
  const power = exponent.replace(/^\+/, "").replace(/\d/g, (d) => SUPERSCRIPTS[Number(d)]!);
  const ten = `10${power.replace("-", "⁻")}`;
  return shown === "1" ? ten : shown === "-1" ? `-${ten}` : `${shown}×${ten}`;
}

/** A large count in words: `formatCount(905984)` is `906 thousand`; `formatCount(1.75e11)` is `175 billion`. */
export function formatCount(value: number, digits = 3): string {
  const found = SCALES.find(([size]) => Number(Math.abs(value).toPrecision(digits)) >= size);
  if (!found) return formatNumber(value, digits);
  const [size, word] = found;
  const scaled = Number((value / size).toPrecision(digits));
  return scaled >= 1e4 ? formatPower(value, digits) : `${scaled.toLocaleString("en-US")} ${word}`;
}

/** A share as a percentage: `formatPercent(0.934)` is `93%`, `formatPercent(0.00412)` is `0.41%`. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  const size = Math.abs(percent);
  const decimals = size === 0 || size >= 9.95 ? 0 : size >= 0.995 ? 1 : 2;
  if (size > 0 && size < 0.005) return "<0.01%";
  return `${percent.toFixed(decimals)}%`;
}

/** Words joined as in a sentence: `formatList(["a", "b", "c"])` is `a, b and c`. */
export function formatList(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
}

/**
 * A token with its white space made visible: `visibleToken(" the\n")` is `␣the↵`. Spaces inside stay as they are;
 * the control characters of a terminal become their code, e.g. `\x1b`.
 */
export function visibleToken(token: string): string {
  if (token === "") return "(empty)";
  return token
    .replace(/^ +| +$/g, (spaces) => "␣".repeat(spaces.length))
    .replace(/\r?\n/g, "↵")
    .replace(/\t/g, "⇥")
    .replace(/\p{Cc}/gu, (c) => `\\x${c.codePointAt(0)!.toString(16).padStart(2, "0")}`);
}

/** Text made safe inside HTML and inside the labels of a Plotly figure: `escapeHtml("a < b")` is `a &lt; b`. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (c) => entities[c]!);
}
