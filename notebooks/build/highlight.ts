/**
 * @file Colours TypeScript for the HTML pages, from the compiler's own syntax tree, so that templates and regular
 * expressions come out right. Text that does not parse is coloured as far as it goes.
 */
import { escapeHtml } from "@course/lib/format";
import ts from "typescript";

/** Code as HTML with spans of the classes `keyword`, `string`, `number` and `comment`. */
export function highlight(code: string): string {
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ES2022, true);
  let html = "";
  let at = 0;
  const visit = (node: ts.Node): void => {
    if (node.getChildCount(file) > 0) {
      node.getChildren(file).forEach(visit);
      return;
    }
    const start = node.getStart(file);
    html += comments(code.slice(at, start)) + span(classOf(node.kind), code.slice(start, node.end));
    at = Math.max(at, node.end);
  };
  visit(file);
  return html + comments(code.slice(at));
}

function span(className: string | undefined, text: string): string {
  return className && text ? `<span class="${className}">${escapeHtml(text)}</span>` : escapeHtml(text);
}

/** What stands between two tokens: space and comments. */
function comments(text: string): string {
  return text.trim() === "" ? text : span("comment", text);
}

function classOf(kind: ts.SyntaxKind): string | undefined {
  if (kind >= ts.SyntaxKind.FirstKeyword && kind <= ts.SyntaxKind.LastKeyword) return "keyword";
  if (kind === ts.SyntaxKind.NumericLiteral || kind === ts.SyntaxKind.BigIntLiteral) return "number";
  const isTemplate = kind >= ts.SyntaxKind.FirstTemplateToken && kind <= ts.SyntaxKind.LastTemplateToken;
  if (isTemplate || kind === ts.SyntaxKind.StringLiteral || kind === ts.SyntaxKind.RegularExpressionLiteral)
    return "string";
  return undefined;
}
