/**
 * @file What the text of a cell declares, found with TypeScript's own parser before the cell is compiled.
 * Used by executor.ts: tslab tells neither the names of a cell nor which of them can change.
 */
import type TypeScript from "@tslab/typescript-for-tslab";
import { isChangeable } from "./repair";
import { ts } from "./typescript";

export interface CellSource {
  /** The text to compile: `export` before a declaration is blanked out, because tslab exports everything anyway. */
  text: string;
  /** All names that the cell declares at its top level. */
  names: string[];
  /** Those of `let` and `var`: functions of the cell and later cells share them. */
  changeable: string[];
  /** Whether there is an `await` (or `for await`) outside functions. tslab does not notice the loop. */
  awaits: boolean;
}

/** Makes the parser treat a cell as a module. It stays on the first line so that line numbers are the cell's own. */
const MODULE_MARK = "export {};";

/** `examine("export let a = 1; const b = 2")` finds the names `a` and `b`, of which only `a` can change. */
export function examine(code: string): CellSource {
  const text = withoutExports(code);
  const file = parse(text);
  ts.bindSourceFile(file, { target: ts.ScriptTarget.ESNext });
  const locals = (file as unknown as { locals: Map<string, TypeScript.Symbol> }).locals;
  return {
    text,
    names: [...locals.keys()],
    changeable: [...locals].filter(([, symbol]) => isChangeable(ts, symbol)).map(([name]) => name),
    awaits: hasTopLevelAwait(file),
  };
}

function parse(text: string): TypeScript.SourceFile {
  return ts.createSourceFile("cell.ts", MODULE_MARK + text, ts.ScriptTarget.Latest, true);
}

/** Replaces the word `export` by spaces, so that all columns stay. `export { x }` and `export default` are left. */
function withoutExports(code: string): string {
  let text = code;
  for (const statement of parse(code).statements) {
    if (ts.isExportDeclaration(statement) || !ts.canHaveModifiers(statement)) continue;
    for (const modifier of ts.getModifiers(statement) ?? []) {
      if (modifier.kind !== ts.SyntaxKind.ExportKeyword) continue;
      const start = modifier.getStart() - MODULE_MARK.length;
      const end = modifier.end - MODULE_MARK.length;
      text = text.slice(0, start) + " ".repeat(end - start) + text.slice(end);
    }
  }
  return text;
}

function hasTopLevelAwait(node: TypeScript.Node): boolean {
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) return true;
  if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
  return ts.forEachChild(node, hasTopLevelAwait) ?? false;
}
