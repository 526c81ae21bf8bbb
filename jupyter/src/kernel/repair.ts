/**
 * @file Repairs in the code of a cell, made on the syntax tree before tslab's own rewriting.
 *
 * tslab keeps the variables of all cells in one object and rewrites `x`, declared in an earlier cell, to `exports.x`.
 * It asks the type checker which declaration a name belongs to, and that question has the wrong answer in three places:
 *
 * | in the cell                  | tslab makes                           | here                                  |
 * |------------------------------|---------------------------------------|---------------------------------------|
 * | `{ step }`                   | `{ step }`: step is not defined       | `{ "step": exports.step }`            |
 * | `({ a } = o)`                | assigns nothing                       | `({ "a": exports.a } = o)`            |
 * | `const { key: s } = earlier` | `{ exports.key: s }`: a syntax error  | `const { "key": s } = earlier`        |
 * | `f()`                        | `exports.f()`: `this` is all cells    | `(0, exports.f)()`: `this` is nothing |
 *
 * tslab also exports every name of a cell, so each assignment to a `let` becomes `exports.x = x = ...`, a hundred times
 * slower in a loop. Here `let` and `var` are not exported: later cells reach them by a link (variables.ts).
 *
 * Two more changes make a cell stop when the learner presses "Interrupt": each `await` becomes `await __cell.alive(...)`
 * and each loop looks at a flag. (Without them only code before the first `await` of a cell can be stopped.)
 * Also, `x = 1` as the last line shows nothing, as in Python.
 *
 * All synthetic nodes keep the place of the node they replace, so source maps stay true.
 */
import type TypeScript from "@tslab/typescript-for-tslab";
import type { CompilerModule } from "./typescript";

/** The names that executor.ts gives to each cell and module: the interrupt flag and the functions for cells. */
export const FLAG = "__stop";
export const HELPERS = "__cell";

/** Where tslab has the cell that it compiles, whatever its number, and the declarations of all earlier ones. */
export const CELL_SOURCE = "__tslab__.ts";
const EARLIER_CELLS = "__prev__.d.ts";

/** Whether a symbol is a `let` or `var`: a variable that functions of its cell and later cells share. */
export function isChangeable(ts: CompilerModule, symbol: TypeScript.Symbol | undefined): boolean {
  if (!symbol || !(symbol.flags & ts.SymbolFlags.Variable) || !symbol.valueDeclaration) return false;
  return !(ts.getCombinedNodeFlags(symbol.valueDeclaration) & ts.NodeFlags.Const);
}

/** The transformer that repairs a cell (or an imported TypeScript file), for one program's type checker. */
export function repairs(
  ts: CompilerModule,
  checker: TypeScript.TypeChecker,
): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  const { factory: f } = ts;
  const context = ts.nullTransformationContext ?? ts.getNullTransformationContext?.();
  if (!context) throw new Error("This TypeScript has no null transformation context; tslab needs 5.0.4.");

  const fromEarlierCell = (symbol: TypeScript.Symbol | undefined): boolean =>
    symbol?.declarations?.some((d) => d.getSourceFile().fileName.endsWith(EARLIER_CELLS)) ?? false;
  const isEarlier = (node: TypeScript.Node): boolean => fromEarlierCell(checker.getSymbolAtLocation(node));
  const placeAs = <T extends TypeScript.Node>(node: T, original: TypeScript.Node): T =>
    ts.setSourceMapRange(ts.setTextRange(node, original), original);
  const helper = (name: string, args: TypeScript.Expression[]): TypeScript.CallExpression =>
    f.createCallExpression(f.createPropertyAccessExpression(f.createIdentifier(HELPERS), name), undefined, args);

  /** `{ step }` -> `{ "step": exports.step }`, also `({ step = 1 } = o)`. */
  function shorthand(node: TypeScript.ShorthandPropertyAssignment): TypeScript.Node | undefined {
    const isVariable = fromEarlierCell(checker.getShorthandAssignmentValueSymbol(node));
    if (!isVariable && !isEarlier(node.name)) return undefined;
    const name = placeAs(f.createIdentifier(node.name.text), node.name);
    const value = isVariable
      ? placeAs(f.createPropertyAccessExpression(f.createIdentifier("exports"), name), node.name)
      : name; // a variable of this cell in a pattern whose property was declared in an earlier one
    const fallback = node.objectAssignmentInitializer && ts.visitNode(node.objectAssignmentInitializer, visit);
    const target = fallback ? f.createAssignment(value, fallback as TypeScript.Expression) : value;
    return placeAs(f.createPropertyAssignment(f.createStringLiteral(node.name.text), target), node);
  }

  /** `{ key: x }` with a key that an earlier cell declared: the key becomes a string, which tslab leaves alone. */
  function patternKey(node: TypeScript.Node): TypeScript.Node | undefined {
    const key = ts.isBindingElement(node) ? node.propertyName : ts.isPropertyAssignment(node) ? node.name : undefined;
    if (!key || !ts.isIdentifier(key) || !isEarlier(key)) return undefined;
    const text = placeAs(f.createStringLiteral(key.text), key);
    if (ts.isBindingElement(node)) {
      return f.updateBindingElement(node, node.dotDotDotToken, text, node.name, node.initializer);
    }
    return ts.isPropertyAssignment(node) ? f.updatePropertyAssignment(node, text, node.initializer) : undefined;
  }

  /** `f()` -> `(0, f)()` for a function of an earlier cell. */
  function bareCall(node: TypeScript.CallExpression): TypeScript.Node | undefined {
    const callee = ts.skipOuterExpressions(node.expression);
    if (!ts.isIdentifier(callee) || !isEarlier(callee)) return undefined;
    const comma = placeAs(f.createComma(f.createNumericLiteral(0), node.expression), node.expression);
    const detached = placeAs(f.createParenthesizedExpression(comma), node.expression);
    return f.updateCallExpression(node, detached, undefined, node.arguments);
  }

  /** Puts `if (__stop[1]) __cell.stopIfAsked();` at the start of a loop's body. */
  function loop(node: TypeScript.IterationStatement): TypeScript.Node {
    const flag = f.createElementAccessExpression(f.createIdentifier(FLAG), 1);
    const look = f.createIfStatement(flag, f.createExpressionStatement(helper("stopIfAsked", [])));
    const old = ts.isBlock(node.statement) ? node.statement.statements : [node.statement];
    const body = placeAs(f.createBlock([look, ...old], true), node.statement);
    if (ts.isForStatement(node)) {
      return f.updateForStatement(node, node.initializer, node.condition, node.incrementor, body);
    }
    if (ts.isForOfStatement(node)) {
      return f.updateForOfStatement(node, node.awaitModifier, node.initializer, node.expression, body);
    }
    if (ts.isForInStatement(node)) return f.updateForInStatement(node, node.initializer, node.expression, body);
    if (ts.isDoStatement(node)) return f.updateDoStatement(node, body, node.expression);
    return f.updateWhileStatement(
      node as TypeScript.WhileStatement,
      (node as TypeScript.WhileStatement).expression,
      body,
    );
  }

  /** A counting loop inside another loop is not worth the time: the outer one looks at the flag. */
  function isInnerCount(node: TypeScript.Node): boolean {
    if (!ts.isForStatement(node) || !node.condition || !node.incrementor) return false;
    for (let up = node.parent; up && !ts.isFunctionLike(up); up = up.parent) {
      if (ts.isIterationStatement(up, false)) return true;
    }
    return false;
  }

  function visit(node: TypeScript.Node): TypeScript.Node {
    const repaired = ts.isShorthandPropertyAssignment(node) ? shorthand(node) : undefined;
    if (repaired) return repaired;
    const looksAtFlag = ts.isIterationStatement(node, false) && !isInnerCount(node); // asked before children change
    const visited = ts.visitEachChild(node, visit, context);
    if (ts.isAwaitExpression(visited)) return f.updateAwaitExpression(visited, helper("alive", [visited.expression]));
    if (looksAtFlag) return loop(visited as TypeScript.IterationStatement);
    if (ts.isCallExpression(visited)) return bareCall(visited) ?? visited;
    return patternKey(visited) ?? visited;
  }

  const isAssignment = (node: TypeScript.Expression): boolean =>
    ts.isParenthesizedExpression(node) ? isAssignment(node.expression) : ts.isAssignmentExpression(node, false);

  /** `x = 1` at the end of a cell -> `void (x = 1)`. */
  function silenceAssignment(file: TypeScript.SourceFile): TypeScript.SourceFile {
    const last = file.statements.filter((s) => !ts.isExportDeclaration(s)).at(-1);
    if (!last || !ts.isExpressionStatement(last) || !isAssignment(last.expression)) return file;
    const silent = f.updateExpressionStatement(last, f.createVoidExpression(last.expression));
    return f.updateSourceFile(
      file,
      file.statements.map((s) => (s === last ? silent : s)),
    );
  }

  /** Takes `let` and `var` out of the `export { ... }` that tslab puts at the end of a cell. */
  function exportConstantsOnly(file: TypeScript.SourceFile): TypeScript.SourceFile {
    if (!file.fileName.endsWith(CELL_SOURCE)) return file;
    const statements = file.statements.map((statement) => {
      if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier) return statement;
      const { exportClause } = statement;
      if (!exportClause || !ts.isNamedExports(exportClause)) return statement;
      const kept = exportClause.elements.filter(
        (e) => !isChangeable(ts, checker.getExportSpecifierLocalTargetSymbol(e)),
      );
      const clause = f.updateNamedExports(exportClause, kept);
      return f.updateExportDeclaration(statement, statement.modifiers, false, clause, undefined, undefined);
    });
    return f.updateSourceFile(file, statements);
  }

  return () => (file) => silenceAssignment(ts.visitEachChild(exportConstantsOnly(file), visit, context));
}
