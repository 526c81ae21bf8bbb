/**
 * @file Help while typing: completion, the signature of a name, whether a cell is complete, and the history.
 * The answers are tslab's; here they get Jupyter's form.
 */
import type { Executor } from "./executor";
import { isCompleteCode, printQuickInfo } from "./tslab";

/** The answer to `complete_request`, with the kind of each name for JupyterLab's list. */
export function complete(executor: Executor, code: string, cursor: number): object {
  const { start, end, candidates, original } = executor.complete(code, toUnits(code, cursor));
  const kinds = new Map(original?.entries.map((entry) => [entry.name, entry.kind]));
  const place = { start: toPoints(code, start), end: toPoints(code, end) };
  return {
    status: "ok",
    matches: candidates,
    cursor_start: place.start,
    cursor_end: place.end,
    metadata: {
      _jupyter_types_experimental: candidates.map((text) => ({ ...place, text, type: kinds.get(text) ?? "" })),
    },
  };
}

/** The answer to `inspect_request`: type and documentation of the name at the cursor, or of the one just before it. */
export function inspect(executor: Executor, code: string, cursor: number): object {
  const position = toUnits(code, cursor);
  const info = executor.inspect(code, position) ?? (position > 0 && executor.inspect(code, position - 1));
  const data = info ? { "text/plain": printQuickInfo(info) } : {};
  return { status: "ok", found: Boolean(info), data, metadata: {} };
}

/** The answer to `is_complete_request`: a console asks it when Enter is pressed. */
export function isComplete(code: string): object {
  const { completed, indent } = isCompleteCode(code);
  return completed ? { status: "complete" } : { status: "incomplete", indent };
}

/** The cells that were run in this session. */
export class History {
  readonly #cells: { count: number; code: string }[] = [];

  add(count: number, code: string): void {
    this.#cells.push({ count, code });
  }

  /**
   * The answer to `history_request`: the last `n`, a range, or the last `n` that match a pattern with `*` and `?`,
   * equal ones once if `unique` is asked for.
   */
  answer(request: {
    hist_access_type: "tail" | "range" | "search";
    output: boolean;
    n?: number;
    start?: number;
    stop?: number;
    pattern?: string;
    unique?: boolean;
  }): object {
    const { hist_access_type: access, output, n = Number.POSITIVE_INFINITY, pattern = "*" } = request;
    const { start = 1, stop = Number.POSITIVE_INFINITY } = request;
    let cells = this.#cells;
    if (access === "range") cells = cells.filter(({ count }) => count >= start && count < stop);
    if (access === "search") cells = cells.filter(({ code }) => matches(code, pattern));
    if (access === "search" && request.unique) cells = [...new Map(cells.map((cell) => [cell.code, cell])).values()];
    if (access !== "range") cells = cells.slice(Math.max(0, cells.length - n));
    const SESSION = 1;
    return { status: "ok", history: cells.map(({ count, code }) => [SESSION, count, output ? [code, null] : code]) };
  }
}

function matches(code: string, pattern: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", "[^]*").replaceAll("?", "[^]")}$`).test(code);
}

/** Jupyter counts code points, TypeScript UTF-16 units: they differ after an emoji. */
function toUnits(code: string, points: number): number {
  return [...code].slice(0, points).join("").length;
}

function toPoints(code: string, units: number): number {
  return [...code.slice(0, units)].length;
}
