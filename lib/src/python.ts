/**
 * @file Asking Python: runs a few lines in the course's own Python (`.venv`), or in the machine's. Notebook 2, to open the
 * file of weights with another program; nothing in the course depends on it.
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "./home";

/**
 * What a Python program prints, or undefined when there is no Python or a package of the program is missing.
 *
 * `tryPython("import sys; print(int(sys.argv[1]) + 1)", ["41"])` is `42`.
 */
export function tryPython(program: string, args: readonly string[] = []): string | undefined {
  const venv = path.join(repositoryRoot(), ".venv");
  const own = [path.join(venv, "bin", "python"), path.join(venv, "Scripts", "python.exe")].filter(existsSync);
  for (const python of [...own, "python3", "python"]) {
    const { status, stdout } = spawnSync(python, ["-c", program, ...args], { encoding: "utf8", timeout: 60_000 });
    if (status === 0) return stdout.trim();
  }
  return undefined;
}
