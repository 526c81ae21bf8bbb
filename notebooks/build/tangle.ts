/**
 * @file All code of a notebook as one TypeScript file, for the strict compiler: the kernel itself checks cells one by one
 * and not strictly. Names are declared once in a notebook (a lint rule), so cells need no scopes of their own; imports
 * that stand in several cells are kept once.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { importedNames } from "./lint-code";
import { cellTexts } from "./notebook";
import { coursePath, root } from "./paths";
import type { Problem, SourceNotebook } from "./source";

export interface Tangled {
  text: string;
  /** For each line of the text, the line of the source where its cell begins. */
  cellLines: number[];
}

/** The code of the solution, cell after cell, under a comment that says where each stands in the source. */
export function tangle(source: SourceNotebook): Tangled {
  const imported = new Set<string>();
  const lines: string[] = [];
  const cellLines: number[] = [];
  const add = (text: string, line: number): void => {
    for (const part of text.split("\n")) {
      lines.push(part);
      cellLines.push(line);
    }
  };
  for (const cell of source.cells) {
    if (cell.kind === "prose" || cell.kind === "answer") continue;
    add(`\n// ---- ${source.name}.md:${cell.line} ${cell.id}`, cell.line);
    add(withoutRepeatedImports(cellTexts(cell).solution, imported), cell.line);
  }
  add("\nexport {};\n", 1);
  return { text: lines.join("\n"), cellLines };
}

function withoutRepeatedImports(text: string, imported: Set<string>): string {
  const file = ts.createSourceFile("cell.ts", text, ts.ScriptTarget.ES2022, true);
  let result = text;
  for (const statement of [...file.statements].reverse()) {
    if (!ts.isImportDeclaration(statement)) continue;
    const names = importedNames(statement);
    const fresh = names.filter(([name]) => !imported.has(name));
    for (const [name] of names) imported.add(name);
    if (names.length === 0 || fresh.length === names.length) continue;
    const kept = fresh.map(([name, from]) => `${from.slice(from.lastIndexOf(":") + 1)} as ${name}`).join(", ");
    const module = statement.moduleSpecifier.getText();
    const replacement = kept ? `import { ${kept} } from ${module};` : "";
    result = result.slice(0, statement.getStart()) + replacement + result.slice(statement.end);
  }
  return result;
}

/** How the tangled notebooks are compiled: strict, modules as the workspaces export them. */
const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  esModuleInterop: true,
  skipLibCheck: true,
  types: ["node"],
  typeRoots: [path.join(root, "node_modules/@types")],
};

/** Writes the code of each notebook to `.course/tangled` and returns what the strict compiler says, by notebook. */
export function typeCheck(sources: SourceNotebook[]): Map<string, Problem[]> {
  mkdirSync(coursePath("tangled"), { recursive: true });
  const files = sources.map((source) => {
    const file = coursePath("tangled", `${source.name}.ts`);
    const tangled = tangle(source);
    writeFileSync(file, tangled.text);
    return { source, file, tangled };
  });
  const program = ts.createProgram(
    files.map(({ file }) => file),
    OPTIONS,
  );
  return new Map(
    files.map(({ source, file, tangled }) => {
      const diagnostics = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
      return [source.name, diagnostics.map((diagnostic) => toProblem(diagnostic, tangled))];
    }),
  );
}

function toProblem({ file, start, messageText, code }: ts.Diagnostic, tangled: Tangled): Problem {
  const message = ts.flattenDiagnosticMessageText(messageText, " ");
  if (!file || start === undefined) return { line: 1, message };
  const { line } = file.getLineAndCharacterOfPosition(start);
  const shown = file.text.split("\n")[line]!.trim();
  return { line: tangled.cellLines[line] ?? 1, message: `TS${code} at \`${shown}\`: ${message}` };
}
