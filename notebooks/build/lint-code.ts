/**
 * @file Rules for the code of a notebook, read from its syntax tree: it parses in both versions, no cell is longer than a
 * screen, every name is declared once, and chance comes from a seed.
 */
import ts from "typescript";
import { cellTexts } from "./notebook";
import type { Problem, SourceCell, SourceNotebook } from "./source";

/** Everything wrong with the code cells of a source. */
export function lintCode(source: SourceNotebook, limits: { codeLines: number; codeColumns: number }): Problem[] {
  const problems: Problem[] = [];
  const declared = new Map<string, Declaration>();
  for (const cell of source.cells) {
    if (cell.kind === "prose" || cell.kind === "answer") continue;
    const { solution, student } = cellTexts(cell);
    const lines = solution.split("\n").filter((line) => !/^\s*\/\/ (BEGIN|END) SOLUTION/.test(line)).length;
    const wide = solution.split("\n").find((line) => line.length > limits.codeColumns);
    if (wide !== undefined) {
      const message = `a line of ${wide.length} characters, ${limits.codeColumns} at most: \`${wide.trim().slice(0, 40)}...\``;
      problems.push({ line: cell.line, message });
    }
    if (lines > limits.codeLines) {
      const message = `${lines} lines in one cell, ${limits.codeLines} at most: show one idea a cell, or move the work to the library`;
      problems.push({ line: cell.line, message });
    }
    const file = parse(solution);
    problems.push(...syntaxProblems(file, cell));
    if (student !== solution) problems.push(...syntaxProblems(parse(student), cell, "what the learner gets"));
    problems.push(...chanceProblems(file, cell), ...redeclared(file, cell, declared));
  }
  return problems;
}

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile("cell.ts", text, ts.ScriptTarget.ES2022, true);
}

function syntaxProblems(file: ts.SourceFile, cell: SourceCell, which = "the cell"): Problem[] {
  const { parseDiagnostics } = file as ts.SourceFile & { parseDiagnostics: ts.DiagnosticWithLocation[] };
  return parseDiagnostics.slice(0, 1).map(({ messageText, start }) => {
    const { line } = file.getLineAndCharacterOfPosition(start);
    const shown = file.text.split("\n")[line]!.trim();
    const message = `${which} does not parse at \`${shown}\`: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    return { line: cell.line, message };
  });
}

function chanceProblems(file: ts.SourceFile, cell: SourceCell): Problem[] {
  const problems: Problem[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && node.getText() === "Math.random") {
      const message = "Math.random gives other numbers in every run: pass a seeded generator, createRandom(1)";
      problems.push({ line: cell.line, message });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return problems;
}

interface Declaration {
  line: number;
  /** The module that an import came from; the same import may stand in several cells. */
  from?: string;
}

/**
 * A name declared in two cells means one thing above and another below, and running the upper cell again changes the
 * lower. Worst where a library function takes the name of the learner's own: the check would then judge the library's.
 */
function redeclared(file: ts.SourceFile, cell: SourceCell, declared: Map<string, Declaration>): Problem[] {
  const problems: Problem[] = [];
  for (const [name, from] of topLevelNames(file)) {
    const before = declared.get(name);
    if (before && !(from !== undefined && before.from === from)) {
      const remedy = from ? `import it under another name: { ${name} as ... }` : "choose another name";
      problems.push({
        line: cell.line,
        message: `"${name}" is already declared in the cell at line ${before.line}: ${remedy}`,
      });
    }
    declared.set(name, from === undefined ? { line: cell.line } : { line: cell.line, from });
  }
  return problems;
}

/** The names a cell declares for the cells below it, each with the module it is imported from, if it is. */
function topLevelNames(file: ts.SourceFile): Map<string, string | undefined> {
  const names = new Map<string, string | undefined>();
  const add = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) names.set(name.text, undefined);
    else for (const element of name.elements) if (ts.isBindingElement(element)) add(element.name);
  };
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) for (const d of statement.declarationList.declarations) add(d.name);
    else if (ts.isImportDeclaration(statement)) {
      for (const [name, imported] of importedNames(statement)) names.set(name, imported);
    } else if (isNamedDeclaration(statement) && statement.name) names.set(statement.name.text, undefined);
  }
  return names;
}

function isNamedDeclaration(node: ts.Statement): node is ts.Statement & { name?: ts.Identifier } {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isEnumDeclaration(node)
  );
}

/** `import { a as b } from "m"` is `[["b", "m:a"]]`. */
export function importedNames(statement: ts.ImportDeclaration): [name: string, from: string][] {
  const module = (statement.moduleSpecifier as ts.StringLiteral).text;
  const clause = statement.importClause;
  const names: [string, string][] = [];
  if (clause?.name) names.push([clause.name.text, `${module}:default`]);
  const bindings = clause?.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) names.push([bindings.name.text, `${module}:*`]);
  if (bindings && ts.isNamedImports(bindings)) {
    for (const { name, propertyName } of bindings.elements) {
      names.push([name.text, `${module}:${(propertyName ?? name).text}`]);
    }
  }
  return names;
}
