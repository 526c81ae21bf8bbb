/**
 * @file Finds submissions: in files, folders, zip archives (also inside each other), downloads of an LMS, nbgrader's
 * `submitted/` tree. Reads regular files of a sensible size and nothing else; what is not read becomes a submission all the
 * same, with the reason, so that nobody is lost. Nothing is written and nothing is run.
 */

import { createHash } from "node:crypto";
import { constants, type Dirent, lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { CourseError } from "@course/lib/errors";
import { shorten, visible } from "../format";
import { Archive } from "./archive";
import { LARGEST_NOTEBOOK_MB, parseIpynb } from "./ipynb";
import { type Handed, isOfOneLearner, parseTimestamp, whoHanded } from "./learner-names";
import { numberInName, whichNotebook } from "./read-submission";
import type { CollectedSubmission, Finding } from "./types";

/** What is looked for. */
export interface CollectOptions {
  /** Only this notebook; a file that does not tell its notebook is taken for it. */
  notebook?: string;
  /** Only these learners. */
  learners?: readonly string[];
}

/** A file that may be a submission, before it is read. */
interface Candidate {
  /** Relative to what was given. */
  path: string;
  /** The name of the folder, file or archive that was given. */
  given: string;
  modified: Date;
  /** Its content, or why there is none. */
  read(): Promise<Uint8Array | Finding>;
  /** True for a file that is no notebook by its name: it counts only for a learner who has no other. */
  other?: boolean;
  timestamp?: string | undefined;
  findings: Finding[];
}

const LARGEST = LARGEST_NOTEBOOK_MB * 2 ** 20;
const LARGEST_ARCHIVE_INSIDE = 100 * 2 ** 20;
const DEEPEST_FOLDER = 12;
const DEEPEST_ARCHIVE = 2;
const MOST_FILES = 200_000;
const MOST_FILES_OF_A_LEARNER = 50;
const IGNORED = /^(\.|__MACOSX$|node_modules$|Thumbs\.db$)/;

/** All submissions under the paths, ordered by learner and notebook; the newest where there are several. */
export async function* collect(
  paths: readonly string[],
  options: CollectOptions = {},
): AsyncGenerator<CollectedSubmission> {
  const archives: Archive[] = [];
  try {
    const candidates: Candidate[] = [];
    for (const given of paths) candidates.push(...(await candidatesOf(given, archives)));
    for (const [handed, files] of byLearner(candidates)) {
      if (options.learners && !options.learners.includes(handed.learner)) continue;
      yield* ofLearner(handed, files, options);
    }
  } finally {
    for (const archive of archives) archive.close();
  }
}

/** One file as a submission, e.g. a learner's own. */
export async function collectFile(file: string, options: CollectOptions = {}): Promise<CollectedSubmission> {
  for await (const found of collect([file], options)) return found;
  throw new CourseError({ what: "file", expected: "a notebook (.ipynb)", received: file });
}

/** The real path of what was given, which may be a link; says if nothing is there. */
export function assertThere(given: string): string {
  try {
    return realpathSync(given);
  } catch (error) {
    const received = (error as NodeJS.ErrnoException).code === "ENOENT" ? "nothing there" : String(error);
    throw new CourseError({ what: visible(given), expected: "a file or a folder", received });
  }
}

async function candidatesOf(given: string, archives: Archive[]): Promise<Candidate[]> {
  const full = assertThere(given); // (what lies inside may be no link)
  const name = path.basename(full).replace(/\.(zip|ipynb)$/i, "");
  const found: Candidate[] = [];
  if (statSync(full).isDirectory()) await walk(full, "", name, found, archives);
  else await addFile(full, path.basename(full), name, found, archives);
  return found;
}

async function walk(
  folder: string,
  relative: string,
  given: string,
  found: Candidate[],
  archives: Archive[],
): Promise<void> {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const says = `The folder could not be read (${(error as NodeJS.ErrnoException).code}).`;
    found.push(refusal(`${relative}/?`, given, finding("unreadable-folder", says)));
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (IGNORED.test(entry.name) || found.length > MOST_FILES) continue;
    const inside = relative ? `${relative}/${entry.name}` : entry.name;
    const full = path.join(folder, entry.name);
    if (!entry.isDirectory()) await addFile(full, inside, given, found, archives);
    else if (inside.split("/").length > DEEPEST_FOLDER) {
      found.push(
        refusal(inside, given, finding("too-deep", `Folders lie more than ${DEEPEST_FOLDER} deep in each other.`)),
      );
    } else await walk(full, inside, given, found, archives);
  }
}

async function addFile(
  full: string,
  inside: string,
  given: string,
  found: Candidate[],
  archives: Archive[],
): Promise<void> {
  const stat = lstatSync(full, { throwIfNoEntry: false });
  if (!stat) return; // it went away in the meantime
  if (!stat.isFile()) {
    const what = stat.isSymbolicLink() ? "a link to another file" : "a pipe, a device or the like";
    const id = stat.isSymbolicLink() ? "link" : "not-a-file";
    const other = !isNotebookName(inside);
    found.push({
      ...refusal(inside, given, finding(id, `This is ${what}, and was not opened. Hand in the notebook itself.`)),
      other,
    });
    return;
  }
  if (/\.zip$/i.test(inside)) {
    await addArchive(() => Archive.open(full), inside, given, found, archives, 0);
    return;
  }
  found.push({
    path: inside,
    given,
    modified: stat.mtime,
    other: !isNotebookName(inside),
    read: () => readFile(full, inside),
    findings: [],
  });
}

/** Reads a regular file; one that was replaced by something else in the meantime is refused too. */
async function readFile(full: string, inside: string): Promise<Uint8Array | Finding> {
  try {
    const file = await open(full, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = await file.stat();
      if (!stat.isFile()) return finding("not-a-file", "This is no regular file, and was not read.");
      if (stat.size > LARGEST) return tooLarge(stat.size);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    return finding(
      "unreadable",
      `${visible(inside)} could not be read (${(error as NodeJS.ErrnoException).code ?? "an error"}).`,
    );
  }
}

async function addArchive(
  openIt: () => Promise<Archive>,
  inside: string,
  given: string,
  found: Candidate[],
  archives: Archive[],
  depth: number,
): Promise<void> {
  let archive: Archive;
  try {
    archive = await openIt();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    found.push(
      refusal(
        inside,
        given,
        finding("not-an-archive", `The archive cannot be opened: ${shorten(visible(reason), 150)}.`),
      ),
    );
    return;
  }
  if (depth === 0) archives.push(archive);
  const name = inside.replace(/\.zip$/i, "");
  const isTop = depth === 0 && !inside.includes("/");
  const isOfOne = isTop && name !== given && isOfOneLearner(archive.members, name);
  const base = isTop && !isOfOne ? "" : `${name}/`;
  if (archive.problem)
    found.push(
      refusal(`${base}?`, given, finding("damaged-archive", `The archive was read in part: ${archive.problem}.`)),
    );
  for (const member of archive.members) {
    const full = `${base}${member.path}`;
    if (full.split("/").some((part) => IGNORED.test(part))) continue;
    const findings = member.wasUnsafe
      ? [
          finding(
            "unsafe-path",
            "The archive gives this file a path that leads out of it. Nothing was written there.",
            "warning",
          ),
        ]
      : [];
    if (member.refused) {
      const reasons = {
        link: finding("link", "This is a link to another file, and was not opened. Hand in the notebook itself."),
        encrypted: finding("encrypted", "The file is locked with a password."),
        special: finding("not-a-file", "This is no regular file, and was not read."),
      };
      found.push({ ...refusal(full, given, reasons[member.refused]), other: !isNotebookName(full) });
    } else if (/\.zip$/i.test(member.path)) {
      await addInner(archive, member, full, given, found, archives, depth);
    } else {
      const read = (): Promise<Uint8Array | Finding> => readMember(archive, member, LARGEST);
      found.push({ path: full, given, modified: member.modified, other: !isNotebookName(full), read, findings });
    }
  }
}

async function addInner(
  archive: Archive,
  member: Archive["members"][number],
  full: string,
  given: string,
  found: Candidate[],
  archives: Archive[],
  depth: number,
): Promise<void> {
  if (depth >= DEEPEST_ARCHIVE) {
    found.push(
      refusal(
        full,
        given,
        finding("nested-archive", "Archives lie inside archives, too many times. This one was not opened."),
      ),
    );
    return;
  }
  const openIt = async (): Promise<Archive> => {
    const bytes = await readMember(archive, member, LARGEST_ARCHIVE_INSIDE);
    if (!(bytes instanceof Uint8Array)) throw new Error(bytes.says);
    return Archive.open(Buffer.from(bytes));
  };
  await addArchive(openIt, full, given, found, archives, depth + 1);
}

async function readMember(
  archive: Archive,
  member: Archive["members"][number],
  most: number,
): Promise<Uint8Array | Finding> {
  if (member.bytes > most) return tooLarge(member.bytes);
  try {
    return (await archive.read(member, most)) ?? tooLarge(most);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return finding("damaged-archive", `This file of the archive is damaged (${shorten(visible(reason), 120)}).`);
  }
}

/** The files of each learner, learners in order. */
function byLearner(candidates: readonly Candidate[]): [Handed, Candidate[]][] {
  const groups = new Map<string, [Handed, Candidate[]]>();
  for (const candidate of candidates) {
    const handed = whoHanded(candidate.path, candidate.given);
    // Two people of one name are two people: an LMS gives them numbers.
    // A file of another kind beside the learners' folders is nobody's; one that an LMS named is somebody's.
    const isLoose = candidate.other && !candidate.path.includes("/") && !handed.lmsId && !handed.submittedAt;
    if (isLoose && candidates.length > 1) continue;
    const key = `${handed.learner}\n${handed.lmsId ?? ""}`;
    const group = groups.get(key) ?? [handed, []];
    group[1].push(candidate);
    groups.set(key, group);
  }
  const ordered = [...groups.values()].sort(([a], [b]) => (a.learner < b.learner ? -1 : a.learner > b.learner ? 1 : 0));
  const names = ordered.map(([{ learner }]) => learner);
  return ordered.map(([handed, files]) => {
    const isShared = names.filter((name) => name === handed.learner).length > 1;
    return [isShared && handed.lmsId ? { ...handed, learner: `${handed.learner} (${handed.lmsId})` } : handed, files];
  });
}

async function* ofLearner(
  handed: Handed,
  files: readonly Candidate[],
  options: CollectOptions,
): AsyncGenerator<CollectedSubmission> {
  const dates = new Map<string, string | undefined>();
  for (const file of files.filter(({ path: name }) => /(^|\/)timestamp\.txt$/.test(name))) {
    const text = await file.read();
    if (text instanceof Uint8Array) dates.set(folderOf(file), parseTimestamp(Buffer.from(text).toString("latin1")));
  }
  const notebooks = files.filter(({ other }) => !other).slice(0, MOST_FILES_OF_A_LEARNER);
  const read = await Promise.all(
    (notebooks.length > 0
      ? notebooks
      : files.filter(({ path: name }) => !/(^|\/)timestamp\.txt$/.test(name)).slice(0, 3)
    ).map((file) => readCandidate(handed, file, dates.get(folderOf(file)), options)),
  );
  if (read.length === 0) return;
  const numbers = [...new Set(read.map(({ submission }) => submission.notebook))].sort();
  for (const number of numbers) {
    if (options.notebook && number !== "" && Number(number) !== Number(options.notebook)) continue;
    const [newest, ...older] = read
      .filter(({ submission }) => submission.notebook === number)
      .sort(
        (a, b) =>
          Number(b.content !== undefined) - Number(a.content !== undefined) ||
          (a.submission.submittedAt < b.submission.submittedAt ? 1 : -1),
      );
    if (older.length > 0) {
      const others = older.map(({ submission }) => submission.file).join(", ");
      newest!.findings.push(
        finding(
          "several-files",
          `There are ${older.length + 1} files; this is the newest. Not graded: ${shorten(others, 300)}.`,
          "note",
        ),
      );
    }
    yield newest!;
  }
}

async function readCandidate(
  { submittedAt, timing, ...handed }: Handed,
  file: Candidate,
  timestamp: string | undefined,
  { notebook }: CollectOptions,
): Promise<CollectedSubmission> {
  const content = await file.read();
  const findings = [...file.findings];
  const known = submittedAt ?? timestamp;
  const submission = {
    ...handed,
    notebook: "",
    file: shorten(visible(file.path), 300),
    sha256: "",
    submittedAt: known ?? file.modified.toISOString(),
    ...(timing && known === undefined ? { timing } : {}),
  };
  if (!(content instanceof Uint8Array)) {
    submission.notebook = numberInName(file.path) ?? notebook ?? "";
    return { submission, findings: [...findings, content] };
  }
  if (file.other && !looksLikeNotebook(content)) {
    const says = `There is no notebook, only ${submission.file}. Hand in the file that ends in .ipynb.`;
    return {
      submission: { ...submission, notebook: notebook ?? "" },
      findings: [...findings, finding("no-notebook", says)],
    };
  }
  submission.notebook = whichNotebook(parseIpynb(content), file.path) ?? notebook ?? "";
  submission.sha256 = createHash("sha256").update(content).digest("hex");
  return { submission, content, findings };
}

function folderOf({ path: name }: Candidate): string {
  return path.posix.dirname(name);
}

function isNotebookName(name: string): boolean {
  return /\.ipynb\b[^/]*$/i.test(name);
}

function looksLikeNotebook(content: Uint8Array): boolean {
  const head = Buffer.from(content.subarray(0, 2000)).toString("latin1");
  return /^\s*\{/.test(head) && /"cells"|"nbformat"|"cell_type"/.test(head);
}

function refusal(where: string, given: string, reason: Finding): Candidate {
  return { path: where, given, modified: new Date(0), read: async () => reason, findings: [] };
}

function tooLarge(bytes: number): Finding {
  const says = `The file has ${Math.round(bytes / 2 ** 20)} MB or more; at most ${LARGEST_NOTEBOOK_MB} MB are read. Clear its outputs (Edit > Clear Outputs of All Cells) and hand it in again.`;
  return finding("too-large", says);
}

function finding(id: string, says: string, level: Finding["level"] = "error"): Finding {
  return { id, level, says };
}
