/**
 * @file The first line of a code fence: ```` ```typescript exercise="1.3" points="2" minutes="8" ````.
 * Tells cells from prose and says what is wrong with an attribute.
 */
import type { CellKind } from "./source";

/** The attributes of a fence; flags such as `folded` have the value `""`. */
export interface Attributes {
  id?: string;
  exercise?: string;
  check?: string;
  predict?: string;
  answer?: string;
  points?: string;
  minutes?: string;
  title?: string;
  tags?: string;
  folded?: string;
  slow?: string;
  assert?: string;
}

export interface Fence {
  kind: CellKind;
  attributes: Attributes;
  problems: string[];
}

/** What each kind may carry; the attribute that makes the kind comes first. */
const ALLOWED: Record<Exclude<CellKind, "prose">, (keyof Attributes)[]> = {
  exercise: ["exercise", "points", "minutes", "title", "tags"],
  check: ["check", "tags", "slow"],
  predict: ["predict", "minutes", "title", "tags"],
  answer: ["answer", "points", "minutes", "title", "tags"],
  assert: ["assert", "id", "tags", "folded", "slow"],
  code: ["id", "folded", "slow", "tags"],
};

const FLAGS = new Set(["folded", "slow", "assert"]);
const NUMBERED = ["exercise", "check", "predict", "answer"] as const;

/** Reads the info line. `undefined`: a fence of another language, which stays prose. */
export function parseFenceInfo(info: string): Fence | undefined {
  const [language = "", rest = ""] = splitFirst(info.trim());
  const problems: string[] = [];
  const attributes = parseAttributes(rest, problems);
  if (language === "markdown" && attributes.answer === undefined) return undefined;
  if (language !== "typescript" && language !== "markdown") return undefined;
  const kind = kindOf(language, attributes);
  for (const key of Object.keys(attributes) as (keyof Attributes)[]) {
    if (ALLOWED[kind].includes(key)) continue;
    problems.push(`the attribute "${key}" means nothing on ${kind} cells; these have: ${ALLOWED[kind].join(", ")}`);
  }
  for (const key of NUMBERED) {
    const number = attributes[key];
    if (number !== undefined && !/^\d\.\d{1,2}$/.test(number)) {
      problems.push(`${key}="${number}": expected notebook.exercise, as in ${key}="1.3"`);
    }
  }
  if (kind === "exercise" || kind === "answer") {
    const [points, minutes] = [Number(attributes.points), Number(attributes.minutes)];
    if (!(points > 0)) problems.push(`${kind} ${attributes[kind]} has no points: add points="2"`);
    if (!(minutes > 0)) problems.push(`${kind} ${attributes[kind]} has no time: add minutes="8"`);
    if (!attributes.title) problems.push(`${kind} ${attributes[kind]} has no title: add title="..."`);
  }
  return { kind, attributes, problems };
}

function splitFirst(text: string): [string, string] {
  const end = text.search(/\s/);
  return end === -1 ? [text, ""] : [text.slice(0, end), text.slice(end)];
}

function kindOf(language: string, attributes: Attributes): Exclude<CellKind, "prose"> {
  if (language === "markdown") return "answer";
  if (attributes.exercise !== undefined) return "exercise";
  if (attributes.check !== undefined) return "check";
  if (attributes.predict !== undefined) return "predict";
  if (attributes.assert !== undefined) return "assert";
  return "code";
}

/** `id="babble" folded` is `{ id: "babble", folded: "" }`. */
function parseAttributes(text: string, problems: string[]): Attributes {
  const attributes: Record<string, string> = {};
  const rest = text.replace(/([A-Za-z][\w-]*)(?:="([^"]*)")?(?=\s|$)/g, (_, key: string, value?: string) => {
    if (value === undefined && !FLAGS.has(key)) problems.push(`"${key}" needs a value: ${key}="..."`);
    if (key in attributes) problems.push(`"${key}" stands twice on one fence`);
    attributes[key] = value ?? "";
    return "";
  });
  if (rest.trim() !== "") problems.push(`cannot read \`${rest.trim()}\` on the fence: write key="value" or a flag`);
  return attributes;
}
