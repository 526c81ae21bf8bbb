/**
 * @file Solution regions: what the author solves between `BEGIN SOLUTION` and `END SOLUTION`, and what the learner finds
 * there instead, which stands after `STUB`. The markers are nbgrader's; `STUB` is ours.
 */
import type { Problem } from "./source";

const BEGIN = /^\s*(?:\/\/|<!--)\s*BEGIN SOLUTION\b/;
const STUB = /^\s*(?:\/\/|<!--)\s*STUB\b/;
const END = /^\s*(?:\/\/|<!--)\s*END SOLUTION\b/;

export interface Regions {
  /** The text with its solutions, markers kept and stubs left out: what nbgrader calls the source version. */
  solution: string;
  /** The text as a learner gets it. */
  student: string;
  /** How many regions there were. */
  count: number;
  problems: Problem[];
}

/**
 * Splits a cell into its two versions.
 *
 * A region is `// BEGIN SOLUTION`, the solution, optionally `// STUB` and the learner's lines, `// END SOLUTION`. When
 * each of the learner's lines is commented out, one `// ` is taken off (so that an editor can check the source); otherwise
 * they are used as they are. Without `// STUB` they are `defaultStub`, indented like the region.
 */
export function splitRegions(text: string, defaultStub: string, firstLine = 1): Regions {
  const solution: string[] = [];
  const student: string[] = [];
  const problems: Problem[] = [];
  let place: "outside" | "solution" | "stub" = "outside";
  let stub: string[] = [];
  let count = 0;
  let opened = 0;
  const complain = (line: number, message: string): void => void problems.push({ line, message });

  text.split("\n").forEach((line, i) => {
    const number = firstLine + i;
    const indent = /^\s*/.exec(line)![0];
    if (BEGIN.test(line)) {
      if (place !== "outside") complain(number, `BEGIN SOLUTION inside the region opened at line ${opened}`);
      place = "solution";
      opened = number;
      count++;
      solution.push(line);
    } else if (STUB.test(line)) {
      if (place !== "solution") complain(number, "STUB belongs between BEGIN SOLUTION and END SOLUTION, once");
      place = "stub";
      stub = [];
    } else if (END.test(line)) {
      if (place === "outside") complain(number, "END SOLUTION without a BEGIN SOLUTION above it");
      if (place === "solution") {
        if (indent === "" && defaultStub.startsWith("throw")) {
          complain(
            number,
            "a region at the top level of a cell needs a `// STUB`: the usual one throws, and the notebook would stop here",
          );
        }
        student.push(...defaultStub.split("\n").map((text) => indent + text));
      }
      if (place === "stub") student.push(...uncommented(stub));
      place = "outside";
      solution.push(line);
    } else {
      if (place !== "stub") solution.push(line);
      if (place === "stub") stub.push(line);
      if (place === "outside") student.push(line);
    }
  });
  if (place !== "outside") complain(opened, "BEGIN SOLUTION is never closed: END SOLUTION is missing");
  return { solution: solution.join("\n"), student: student.join("\n"), count, problems };
}

/** Takes one comment mark off each line when all of them have one: `  // throw ...` becomes `  throw ...`. */
function uncommented(lines: string[]): string[] {
  const commented = lines.every((line) => line.trim() === "" || /^\s*\/\//.test(line));
  return commented ? lines.map((line) => line.replace(/^(\s*)\/\/ ?/, "$1")) : lines;
}
