/**
 * @file What a failed cell shows: the name and message of the error, the lines of the cell it comes from with a caret,
 * and the calls that led there. In the form of Jupyter's `error` message, which graders and test runners read too.
 */
import util from "node:util";
import { traceOf } from "./trace";
import type { Diagnostic } from "./tslab";

/** The content of Jupyter's `error` message and of the answer to a failed cell. */
export interface ErrorContent {
  ename: string;
  evalue: string;
  /** One line an element. */
  traceback: string[];
}

/** The learner pressed "Interrupt". */
export class Interrupted extends Error {
  override name = "Interrupted";
  constructor() {
    super("The cell was stopped. Variables that had their value by then are kept.");
  }
}

/** A cell did something that only the kernel may do. */
export class ForbiddenInCell extends Error {
  override name = "ForbiddenInCell";
}

/** A cell that does not compile; it has not run. */
export class CompileError extends Error {
  override name = "CompileError";
  constructor(readonly diagnostics: Diagnostic[]) {
    const [first] = diagnostics;
    super(
      first ? `${first.messageText} (line ${first.start.line + 1}, TS${first.code})` : "The cell does not compile.",
    );
  }
}

const MAX_PROBLEMS = 10;
const MAX_CAUSES = 3;
const LINES_ABOVE = 2;

/** Describes whatever `code` threw. It need not be an Error, and reading it may fail: a cell can throw anything. */
export function describeError(thrown: unknown, code: string): ErrorContent {
  try {
    return describe(thrown, code);
  } catch {
    const evalue = "The cell threw something that cannot be read.";
    return { ename: "Thrown", evalue, traceback: [evalue] };
  }
}

function describe(thrown: unknown, code: string): ErrorContent {
  if (thrown instanceof CompileError) return describeProblems(thrown, code);
  if (thrown instanceof Interrupted) {
    return { ename: thrown.name, evalue: thrown.message, traceback: [`${thrown.name}: ${thrown.message}`] };
  }
  if (!isError(thrown)) {
    const evalue = util.inspect(thrown);
    return { ename: "Thrown", evalue, traceback: [`Thrown: ${evalue}`, 'Use throw new Error("...") to see where.'] };
  }

  const ename = String(thrown.name || "Error");
  const evalue = readableMessage(thrown);
  const { frames, inCell } = traceOf(thrown);
  const lines = [evalue ? `${ename}: ${evalue}` : ename];
  if (inCell?.file.text !== undefined) {
    lines.push("", `${inCell.file.label}, line ${inCell.line}:`, excerpt(inCell.file.text, inCell.line, inCell.column));
  }
  if (frames.length > 1 || !inCell) lines.push("", ...frames); // one frame says no more than the excerpt
  return { ename, evalue, traceback: [...lines, ...describeCauses(thrown)].join("\n").split("\n") };
}

function isError(value: unknown): value is Error {
  return util.types.isNativeError(value) || value instanceof Error;
}

function describeCauses(error: Error): string[] {
  const lines: string[] = [];
  let cause = error.cause;
  for (let depth = 0; cause !== undefined && cause !== null && depth < MAX_CAUSES; depth++) {
    lines.push("", `Caused by ${isError(cause) ? (cause.stack ?? String(cause)) : util.inspect(cause)}`);
    cause = isError(cause) ? cause.cause : undefined;
  }
  return lines;
}

/** V8 names a function as the compiled code does: `(0 , lib_1.f) is not a function`, `exports.x.go is not ...`. */
function readableMessage(error: Error): string {
  const message = String(error.message);
  if (!(error instanceof TypeError || error instanceof ReferenceError)) return message;
  return message
    .replace(/\(0 ?, ?(?:exports|\w+?_\d+)\.([\w.]+)\)/g, "$1")
    .replace(/\b(?:exports|\w+_\d+)\.(?=[\w$])/g, "");
}

function describeProblems(error: CompileError, code: string): ErrorContent {
  const lines = ["The cell does not compile, so it has not run."];
  const shown = error.diagnostics.slice(0, MAX_PROBLEMS);
  for (const [i, { start, end, messageText, code: number, fileName }] of shown.entries()) {
    const continues = i > 0 && shown[i - 1]!.start.offset === start.offset && shown[i - 1]!.fileName === fileName;
    if (continues) {
      lines.push(`  ${messageText}`); // TypeScript explains one problem in several sentences
      continue;
    }
    const column = start.character + 1;
    const length = end.line === start.line ? end.character - start.character : 1;
    lines.push("", `${fileName ? `${fileName}, ` : ""}line ${start.line + 1}, column ${column}:`);
    if (!fileName) lines.push(excerpt(code, start.line + 1, column, length));
    lines.push(`${messageText} (TS${number})`);
  }
  const more = error.diagnostics.length - MAX_PROBLEMS;
  if (more > 0) lines.push("", `... and ${more} more.`);
  return { ename: error.name, evalue: error.message, traceback: lines.join("\n").split("\n") };
}

/**
 * The line of an error with up to two lines above it and a caret below:
 *
 *       1 | function half(n: number) {
 *     > 2 |   return n.x.y;
 *         |              ^
 */
export function excerpt(text: string, line: number, column: number, length = 1): string {
  const first = Math.max(1, line - LINES_ABOVE);
  const shown = text.split("\n").slice(first - 1, line);
  const width = String(line).length;
  const numbered = shown.map((content, i) => {
    const number = first + i;
    return `${number === line ? ">" : " "} ${String(number).padStart(width)} | ${content}`;
  });
  const caret = " ".repeat(Math.max(0, column - 1)) + "^".repeat(Math.max(1, length));
  return [...numbered, `  ${" ".repeat(width)} | ${caret}`].join("\n");
}
