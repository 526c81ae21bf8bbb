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
      /** Objects to use instead of arguments, one call of the answer for each. They stay outside. */
      opened?: readonly RemoteShape[];
      isValue: boolean;
      isAsync: boolean;
      seed: number;
    };

/** What a sandbox is told of an object that stays outside: names of methods, and properties with their values, encoded. */
export interface RemoteShape {
  methods: readonly string[];
  /** Those of the methods that are sent with the next other one. */
  withoutReply: readonly string[];
  properties: Record<string, string>;
}

/** Before the answer to a call, a sandbox may use the objects of that call. */
export interface Use {
  object: number;
  /** Methods and their arguments, encoded; the last of them is replied to. */
  calls: readonly (readonly [method: string, args: string])[];
}

/** What came of the last call: a value or an error, and the properties that changed. */
export interface Used {
  kind: "used";
  value?: string;
  failed?: { name: string; message: string };
  properties: Record<string, string>;
}

/** What a sandbox answers. */
export type Answer =
  | { kind: "loaded"; id: number; late?: string[] }
  | { kind: "value"; id: number; value: string; strange?: Strange; changed?: number; late?: string[] }
  | { kind: "threw"; id: number; name: string; message: string; late?: string[] }
  | { kind: "missing"; id: number; late?: string[] };

/** A use may be as long as this. */
const LONGEST_USE = 10_000;

/** Reads what an answer wants of an object during the call `id`; nothing if the line is anything else. */
export function readUse(line: string, id: number): Use | undefined {
  if (!line.startsWith('{"kind":"use"') || line.length > LONGEST_USE) return undefined;
  try {
    const found = JSON.parse(line) as Record<string, unknown>;
    const { object, calls } = found;
    if (found.id !== id || typeof object !== "number" || !Array.isArray(calls)) return undefined;
    return { object, calls: calls.map((call) => [String(call?.[0]), String(call?.[1])]) };
  } catch {
    return undefined;
  }
}

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
