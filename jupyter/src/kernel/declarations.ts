/**
 * @file The declarations that later cells are compiled against, after a cell that did not reach its end.
 * tslab has one text for them (a .d.ts); a successful cell's result simply replaces it.
 */
import type TypeScript from "@tslab/typescript-for-tslab";
import { ts } from "./typescript";

/**
 * The declarations `after` the cell without the variables in `unset`; those that an earlier cell had declared, too,
 * keep the declaration `before` the cell. Types and functions need no value, so they stay.
 *
 * `mergeDeclarations("declare let a: number;", "declare let a: string; declare let b: string;", new Set(["a"]))`
 * is `declare let b: string; declare let a: number;`, each on its line.
 */
export function mergeDeclarations(before: string, after: string, unset: Set<string>): string {
  if (unset.size === 0) return after;
  const kept = select(after, (name) => !unset.has(name), { types: true });
  const restored = select(before, (name) => unset.has(name), { types: false });
  return kept + restored;
}

function select(declarations: string, keep: (name: string) => boolean, { types }: { types: boolean }): string {
  const file = ts.createSourceFile("cells.d.ts", declarations, ts.ScriptTarget.Latest, true);
  const statements = file.statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement)) return selectVariables(statement, keep);
    const names = valueNames(statement);
    const stays = names ? names.some(keep) : types;
    return stays ? [statement] : [];
  });
  const chosen = ts.factory.updateSourceFile(file, statements);
  return ts.createPrinter({ newLine: ts.NewLineKind.LineFeed }).printFile(chosen);
}

function selectVariables(
  statement: TypeScript.VariableStatement,
  keep: (name: string) => boolean,
): TypeScript.Statement[] {
  const list = statement.declarationList;
  const chosen = list.declarations.filter(({ name }) => ts.isIdentifier(name) && keep(name.text));
  if (chosen.length === 0) return [];
  const newList = ts.factory.updateVariableDeclarationList(list, chosen);
  return [ts.factory.updateVariableStatement(statement, statement.modifiers, newList)];
}

/** The names of a class, an enum or an import, which have no value before their line has run. */
function valueNames(statement: TypeScript.Statement): string[] | undefined {
  if (ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement)) return [statement.name?.text ?? ""];
  if (!ts.isImportDeclaration(statement)) return undefined;
  const { name, namedBindings } = statement.importClause ?? {};
  const named = namedBindings && ts.isNamedImports(namedBindings) ? namedBindings.elements.map((e) => e.name.text) : [];
  const namespace = namedBindings && ts.isNamespaceImport(namedBindings) ? [namedBindings.name.text] : [];
  return [...(name ? [name.text] : []), ...named, ...namespace];
}
