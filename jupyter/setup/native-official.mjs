/**
 * @file The first way to native speed: the binary that the makers of tfjs-node offer for download. Its own installer
 * runs in a copy of the package, so that a download that breaks off leaves nothing behind. Many networks refuse the
 * host, so the first byte has to come soon.
 */

import { cpSync, readdirSync, rmSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { explain } from "./failure.mjs";
import { logs, packageEnvironment, root } from "./paths.mjs";
import { run, tail } from "./run.mjs";

const firstByteMs = 6_000;
const silenceMs = 60_000;

/** The bytes of all files under a folder. @returns {number} */
function sizeOf(/** @type {string} */ folder) {
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true })) {
    const stats = statSync(join(folder, String(name)), { throwIfNoEntry: false });
    if (stats?.isFile()) bytes += stats.size;
  }
  return bytes;
}

/**
 * Fills `folder` with `deps` and `lib` of the official binary.
 *
 * @param {string} folder
 * @param {{ tfjsNode: string, progress: (note: string) => void }} options
 * @returns {Promise<string | undefined>} why it could not be done; `undefined` when it was
 */
export async function installOfficial(folder, { tfjsNode, progress }) {
  const name = /^(deps|lib)$/;
  cpSync(tfjsNode, folder, {
    recursive: true,
    filter: (path) => path === tfjsNode || !name.test(path.slice(tfjsNode.length + 1)),
  });
  const log = join(logs, "native-official.log");
  const env = packageEnvironment();
  env.PATH = [join(root, "node_modules", ".bin"), env.PATH].join(delimiter);
  const giveUp = new AbortController();
  const before = sizeOf(folder);
  const start = Date.now();
  let bytes = before;
  let lastGrowth = start;
  progress("asking for the official binary");
  const watch = setInterval(() => {
    const now = sizeOf(folder);
    if (now !== bytes) lastGrowth = Date.now();
    bytes = now;
    const nothingYet = bytes === before;
    if (!nothingYet) progress(`downloading the official binary: ${Math.round((bytes - before) / 1e6)} MB unpacked`);
    if (Date.now() - lastGrowth > (nothingYet ? firstByteMs : silenceMs)) giveUp.abort();
  }, 500);
  const { code } = await run(process.execPath, ["scripts/install.js"], {
    log,
    cwd: folder,
    env,
    signal: giveUp.signal,
  });
  clearInterval(watch);
  if (code === 0 && statSync(join(folder, "lib"), { throwIfNoEntry: false })) {
    keepBinary(folder);
    return undefined;
  }
  rmSync(folder, { recursive: true, force: true });
  if (giveUp.signal.aborted) return bytes === before ? "its download host does not answer" : "its download broke off";
  const printed = tail(log, 40);
  return explain(printed) || /ENOTFOUND|ECONN|socket/.test(printed)
    ? "its download host cannot be reached"
    : "its installer failed (the log is native-official.log)";
}

/** Removes the copy of the package around `deps` and `lib`. */
function keepBinary(/** @type {string} */ folder) {
  for (const name of readdirSync(folder)) {
    if (name !== "deps" && name !== "lib") rmSync(join(folder, name), { recursive: true, force: true });
  }
}
