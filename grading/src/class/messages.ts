/**
 * @file What the trusted side and a sandbox say to each other, one JSON a line. The trusted side believes nothing of an
 * answer except that some text came: {@link readAnswer} takes out what has the right type and drops the rest.
 */

import type { Strange } from "../plain";

/** What is asked of a sandbox. */
export type Request =
  | {
      kind: "load";
      id: number;
      /** JavaScript: the body of an async function that returns the answers by name. */
      code: string;
      /** The file the code stands for; imports are looked up from there. */
      file: string;
      /** Source text of the exercise's own way to call an answer. */
      call?: string;
      seed: number;
    }
  | {
      kind: "call";
      id: number;
      name: string;
      /** The arguments, encoded. */
      args: string;
      isValue: boolean;
      isAsync: boolean;
      seed: number;
    };

/** What a sandbox answers. */
export type Answer =
  | { kind: "loaded"; id: number; late?: string[] }
  | { kind: "value"; id: number; value: string; strange?: Strange; changed?: number; late?: string[] }
  | { kind: "threw"; id: number; name: string; message: string; late?: string[] }
  | { kind: "missing"; id: number; late?: string[] };

/** Reads an answer that was written by nobody knows whom; nothing if it is none to the request `id`. */
export function readAnswer(line: string, id: number): Answer | undefined {
  let found: Record<string, unknown>;
  try {
    found = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  if (found === null || typeof found !== "object" || found.id !== id) return undefined;
  const text = (value: unknown): string => (typeof value === "string" ? value.slice(0, 2000) : "");
  const late = Array.isArray(found.late) ? { late: found.late.slice(0, 3).map(text) } : {};
  switch (found.kind) {
    case "loaded":
    case "missing":
      return { kind: found.kind, id, ...late };
    case "threw":
      return { kind: "threw", id, name: text(found.name), message: text(found.message), ...late };
    case "value": {
      if (typeof found.value !== "string") return undefined;
      const strange = found.strange as Partial<Strange> | undefined;
      return {
        kind: "value",
        id,
        value: found.value,
        ...(strange ? { strange: { path: text(strange.path), what: text(strange.what) } } : {}),
        ...(Number.isInteger(found.changed) ? { changed: found.changed as number } : {}),
        ...late,
      };
    }
    default:
      return undefined;
  }
}
