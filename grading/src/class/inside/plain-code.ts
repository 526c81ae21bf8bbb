/**
 * @file Tells code that only computes: it reaches nothing beyond its arguments and the language's own pure functions, starts
 * nothing that goes on later, and changes nothing that others use. Answers of one learner that are such share a process.
 * Whoever gets around this spoils answers of his own, and no one else's: another learner never shares that process.
 */

import ts from "typescript";
import { declaredNames, usedNames } from "./slice";

/** What such code may name besides what it declares. */
const KNOWN = new Set(
  (
    "Math Number Array Object String Boolean Map Set JSON BigInt NaN Infinity undefined isNaN isFinite parseInt parseFloat " +
    "Error RangeError TypeError Float32Array Float64Array Int32Array Int16Array Int8Array Uint32Array Uint16Array Uint8Array " +
    "ArrayBuffer DataView console exports Record Partial Readonly ReadonlyArray ArrayLike Iterable Required Pick Omit const"
  ).split(" "),
);
/** Names of properties by which one gets at what is shared. */
const REACHING =
  /^(prototype|__proto__|constructor|defineProperty|defineProperties|setPrototypeOf|assign|__define\w+)$/;

/** True for code that only computes. */
export function onlyComputes(source: string): boolean {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ES2022, true);
  const own = new Set(file.statements.flatMap(declaredNames));
  if (file.statements.some(ts.isImportDeclaration)) return false;
  for (const name of usedNames(file)) if (!own.has(name) && !KNOWN.has(name)) return false;
  let fine = true;
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) fine &&= !REACHING.test(node.text);
    else if (ts.isAwaitExpression(node) || ts.isMetaProperty(node)) fine = false;
    else if (node.kind === ts.SyntaxKind.AsyncKeyword || node.kind === ts.SyntaxKind.ImportKeyword) fine = false;
    else if (node.kind === ts.SyntaxKind.ThisKeyword && !insideClass(node)) fine = false;
    else if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) fine &&= !isGlobal(node.left, own);
    if (fine) ts.forEachChild(node, visit);
  };
  visit(file);
  return fine;
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** True for `Math.random` and the like: a property of something that all code shares. */
function isGlobal(node: ts.Node, own: ReadonlySet<string>): boolean {
  let root = node;
  while (ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root)) root = root.expression;
  return ts.isIdentifier(root) && KNOWN.has(root.text) && !own.has(root.text);
}

function insideClass(node: ts.Node): boolean {
  for (let above = node.parent; above; above = above.parent) if (ts.isClassLike(above)) return true;
  return false;
}
