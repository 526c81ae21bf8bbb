/** @file Small words of the pages and messages of grading: counts and dates. */

/** `several(1, "point")` is `1 point`, `several(0.5, "point")` is `0.5 points`. */
export function several(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/** A date as everybody reads it, in UTC: `2026-10-05 21:59 UTC`. */
export function formatDate(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
