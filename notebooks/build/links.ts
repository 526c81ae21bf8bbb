/**
 * @file Links and images of the prose. The solution notebooks lie one folder deeper, so their relative links get one step
 * up; links between notebooks stay within the same version.
 */
import { markdown } from "./source";

export interface Link {
  href: string;
  isImage: boolean;
  /** The words of the link, or the alternative text of the image. */
  text: string;
}

/** All links and images of a piece of Markdown, in order. */
export function linksOf(text: string): Link[] {
  const links: Link[] = [];
  for (const block of markdown.parse(text, {})) {
    const inline = block.children ?? [];
    inline.forEach((token, i) => {
      if (token.type === "link_open") {
        links.push({ href: String(token.attrGet("href") ?? ""), isImage: false, text: inline[i + 1]?.content ?? "" });
      } else if (token.type === "image") {
        links.push({ href: String(token.attrGet("src") ?? ""), isImage: true, text: token.content });
      }
    });
  }
  return links;
}

/** Whether a link goes to a file of the repository, and not to the web or within the page. */
export function isRelative(href: string): boolean {
  return !/^(?:[a-z][a-z0-9+.-]*:|#|\/)/i.test(href);
}

/** Whether a link goes to another notebook beside this one: `02-weights.ipynb#heads`. */
export function isSibling(href: string): boolean {
  return /^(?:\.\/)?\d\d-[a-z0-9-]+\.ipynb(?:#|$)/.test(href);
}

/** The same prose for a notebook in `solutions/`: `](../lib/src/gpt.ts)` becomes `](../../lib/src/gpt.ts)`. */
export function fromSolutions(text: string): string {
  const moving = linksOf(text).filter(({ href }) => isRelative(href) && !isSibling(href));
  return [...new Set(moving.map((link) => link.href))].reduce(
    (result, href) => result.replaceAll(`](${href}`, `](../${href}`),
    text,
  );
}
