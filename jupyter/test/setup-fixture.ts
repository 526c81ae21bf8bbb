/** @file A copy of the set-up in an otherwise empty repository, whose path has spaces, for tests that break things. */

import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

export const repository: string = join(__dirname, "..", "..");

/** What a script printed, and how it ended. */
export interface Ended {
  code: number | null;
  printed: string;
}

export class Fixture {
  readonly root: string = join(mkdtempSync(join(tmpdir(), "course-")), "a path with spaces");

  constructor() {
    cpSync(join(repository, "jupyter", "setup"), this.path("jupyter", "setup"), { recursive: true });
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  write(file: string, text: string): string {
    const path = this.path(file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** A program that prints `text` and ends with `code`. Returns its folder, for the PATH. */
  program(name: string, text: string, code = 0): string {
    const script = `#!/bin/sh\ncat <<'END'\n${text}\nEND\nexit ${code}\n`;
    chmodSync(this.write(join("programs", name), script), 0o755);
    return this.path("programs");
  }

  /** Lends the packages of the real repository. */
  lendPackages(): void {
    symlinkSync(join(repository, "node_modules"), this.path("node_modules"));
  }

  /** The address of a module of the copied set-up, for an import. */
  url(module: string): string {
    return pathToFileURL(this.path("jupyter", "setup", module)).href;
  }

  /** Runs a script that may import `./python.mjs` and the like, in a Node of its own. */
  run(script: string, env: NodeJS.ProcessEnv = {}): Ended {
    const code = script.replace(/from "\.\/([\w-]+\.mjs)"/g, (_, module: string) => `from "${this.url(module)}"`);
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      cwd: this.root,
      encoding: "utf8",
      env: { ...process.env, npm_execpath: "", ...env },
    });
    return { code: status, printed: stdout + stderr };
  }
}
