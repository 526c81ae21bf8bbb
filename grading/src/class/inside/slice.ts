/**
 * @file Makes one TypeScript module of the cell that answers an exercise. What the cell uses from other cells is added:
 * imports, functions, types and constants without side effects, and what those use in turn. Nothing else of the notebook
 * runs, so a cell that trains a model costs nothing here. Other cells that answer exercises give only their declarations.
 */

import ts from "typescript";
import type { Plain } from "../../plain";

/** A cell in the notebook's order; `exercise` is set on the learner's cells. */
export interface SliceCell {
  source: string;
  exercise?: string;
}

/** A module for one exercise. */
export interface Slice {
  /** TypeScript. */
  text: string;
  /** How many lines stand before the learner's own. */
  linesBefore: number;
  /** Every module that the text names, also inside calls of `require`. */
  modules: string[];
  /** Which of the wanted names the cell declares. */
  declared: string[];
}

interface Part {
  cell: number;
  text: string;
  declares: string[];
  uses: Set<string>;
  isConstant: boolean;
  /** True if it can be repeated without running anything of the course. */
  harmless: boolean;
  /** For an import: the text that imports only these names. */
  only?: (names: ReadonlySet<string>) => string;
}

/** Makes the module of the exercise that the cell at `target` answers with `names`. */
export type Slicer = (target: number, names: readonly string[]) => Slice;

/** What makes modules of a notebook's cells. The cells are read once, the course's own once for all notebooks. */
export function slicer(cells: readonly SliceCell[]): Slicer {
  const partsByCell = cells.map((cell, i) => (cell.exercise ? partsOf(cell, i) : courseParts(cell, i)));
  return (target, names) => slice(cells, partsByCell, target, names);
}

function slice(
  cells: readonly SliceCell[],
  partsByCell: readonly (readonly Part[])[],
  target: number,
  names: readonly string[],
): Slice {
  const own = parse(cells[target]!.source);
  const declared = new Set(own.statements.flatMap(declaredNames));
  const parts = usable(partsByCell.flatMap((parts, i) => (i === target ? [] : parts)));
  // Where a name is declared twice, the course's own declaration goes before a learner's.
  const byName = new Map<string, Part>();
  for (const part of [
    ...parts.filter(({ cell }) => cells[cell]!.exercise),
    ...parts.filter(({ cell }) => !cells[cell]!.exercise),
  ]) {
    for (const name of part.declares) byName.set(name, part);
  }

  const taken = new Map<Part, Set<string>>();
  const wanted = [...usedNames(own)];
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    const part = declared.has(name) ? undefined : byName.get(name);
    if (!part || taken.get(part)?.has(name)) continue;
    const known = taken.get(part);
    if (known) known.add(name);
    else {
      taken.set(part, new Set([name]));
      wanted.push(...part.uses);
    }
  }
  const before = parts
    .filter((part) => taken.has(part))
    .map((part) => (part.only ? part.only(taken.get(part)!) : part.text));
  const head = before.map((text) => `${text}\n`).join("");
  const text = `${head}${cells[target]!.source}\n`;
  return {
    text,
    linesBefore: head.split("\n").length - 1,
    modules: moduleNames(parse(text)),
    declared: names.filter((name) => declared.has(name)),
  };
}

/** The value that a prediction's cell hands over: the `["a", "b"]` of `predict("1.5", ["a", "b"])`. */
export function predicted(source: string, exercise: string): ts.Expression | undefined {
  let found: ts.Expression | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === "predict") {
      const [id, value] = node.arguments;
      if (id && ts.isStringLiteralLike(id) && id.text === exercise && value) found = value;
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(source));
  return found;
}

/** The value of an expression that only states it; nothing for one that has to be computed. */
export function literal(node: ts.Expression): { value: Plain } | undefined {
  if (ts.isStringLiteralLike(node)) return { value: node.text };
  if (ts.isNumericLiteral(node)) return { value: Number(node.text) };
  if (node.kind === ts.SyntaxKind.TrueKeyword) return { value: true };
  if (node.kind === ts.SyntaxKind.FalseKeyword) return { value: false };
  if (["Number.NaN", "NaN", "undefined"].includes(node.getText())) return { value: undefined };
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
    const inner = literal(node.operand);
    return typeof inner?.value === "number" ? { value: -inner.value } : undefined;
  }
  if (!ts.isArrayLiteralExpression(node)) return undefined;
  const items = node.elements.map(literal);
  return items.every((item) => item !== undefined) ? { value: items.map((item) => item.value) } : undefined;
}

function parse(source: string): ts.SourceFile {
  return ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ES2022, true);
}

/** Without the parts that run something, and without constants made of those. */
function usable(parts: readonly Part[]): Part[] {
  const inNotebook = new Set(parts.flatMap(({ declares }) => declares));
  let left = parts.filter(({ harmless }) => harmless);
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    const there = new Set(left.flatMap(({ declares }) => declares));
    left = left.filter(
      ({ isConstant, uses }) => !isConstant || [...uses].every((name) => !inNotebook.has(name) || there.has(name)),
    );
  }
  return left;
}

const ofCourse = new Map<string, Part[]>();

/** {@link partsOf} of a cell that no learner wrote, the same in each notebook of its kind. */
function courseParts(cell: SliceCell, index: number): Part[] {
  const key = `${index}\n${cell.source}`;
  const known = ofCourse.get(key) ?? partsOf(cell, index);
  ofCourse.set(key, known);
  return known;
}

function partsOf(cell: SliceCell, index: number): Part[] {
  let file: ts.SourceFile;
  try {
    file = parse(cell.source);
  } catch {
    return []; // nested too deeply: its own exercise is told, the others go on without it
  }
  return file.statements.flatMap((statement): Part[] => {
    const declares = declaredNames(statement);
    if (declares.length === 0) return [];
    const isConstant = ts.isVariableStatement(statement);
    const harmless = isHarmless(statement);
    const part: Part = {
      cell: index,
      text: statement.getText(),
      declares,
      uses: usedNames(statement),
      isConstant,
      harmless,
    };
    if (ts.isImportDeclaration(statement)) {
      part.uses = new Set();
      part.only = (names) => importOnly(statement, names);
    }
    return [part];
  });
}

/** The names that a statement declares at the top of a module. */
export function declaredNames(statement: ts.Statement): string[] {
  if (ts.isImportDeclaration(statement)) {
    const clause = statement.importClause;
    const named = clause?.namedBindings;
    return [
      ...(clause?.name ? [clause.name.text] : []),
      ...(named && ts.isNamespaceImport(named) ? [named.name.text] : []),
      ...(named && ts.isNamedImports(named) ? named.elements.map((element) => element.name.text) : []),
    ];
  }
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => bound(name));
  const named =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return named && statement.name ? [statement.name.text] : [];
}

function bound(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : bound(element.name)));
}

/**
 * Every name that is used and not declared inside of a function around it. The names of properties are left out.
 * Simplified: a function's own names hold in all of it, also those that are declared in a block of it.
 */
export function usedNames(root: ts.Node): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node, local: ReadonlySet<string>): void => {
    if (ts.isIdentifier(node) && isUse(node) && !local.has(node.text)) names.add(node.text);
    const inner = ts.isFunctionLike(node) ? new Set([...local, ...namesInside(node)]) : local;
    ts.forEachChild(node, (child) => visit(child, inner));
  };
  visit(root, new Set());
  return names;
}

function isUse(node: ts.Identifier): boolean {
  const { parent } = node;
  const isProperty =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node) ||
    ((ts.isPropertyAssignment(parent) || ts.isClassElement(parent) || ts.isTypeElement(parent)) &&
      parent.name === node);
  return !isProperty;
}

/** The parameters of a function and what is declared in its body. */
function namesInside(root: ts.SignatureDeclaration): Set<string> {
  const names = new Set(root.parameters.flatMap(({ name }) => bound(name)));
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node)) for (const name of bound(node.name)) names.add(name);
    if ((ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) && node.name) names.add(node.name.text);
    if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit);
  };
  ts.forEachChild(root, visit);
  return names;
}

const PURE_OBJECTS = new Set(["Math", "Number", "Object", "Array", "String", "createRandom"]);
const PURE_CLASSES = /^(Map|Set|Float32Array|Float64Array|Int32Array|Uint8Array|Uint16Array|Array)$/;

/** True for a declaration that only declares: it calls nothing of the course and of the learner. */
function isHarmless(statement: ts.Statement): boolean {
  if (ts.isImportDeclaration(statement) || !ts.isVariableStatement(statement)) return true;
  let harmless = true;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isCallExpression(node)) harmless &&= PURE_OBJECTS.has(node.expression.getText().split(".")[0]!);
    else if (ts.isNewExpression(node)) harmless &&= PURE_CLASSES.test(node.expression.getText());
    else if (ts.isAwaitExpression(node) || ts.isTaggedTemplateExpression(node)) harmless = false;
    ts.forEachChild(node, visit);
  };
  visit(statement);
  return harmless;
}

function importOnly(statement: ts.ImportDeclaration, names: ReadonlySet<string>): string {
  const named = statement.importClause?.namedBindings;
  if (!named || !ts.isNamedImports(named) || statement.importClause?.name) return statement.getText();
  const kept = named.elements.filter((element) => names.has(element.name.text)).map((element) => element.getText());
  return `import { ${kept.join(", ")} } from ${statement.moduleSpecifier.getText()};`;
}

function moduleNames(file: ts.SourceFile): string[] {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && /^@course\b|^@tensorflow\b/.test(node.text)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...names];
}
