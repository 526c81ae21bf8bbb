/**
 * @file Asking the machine's Python to fetch something, without installing anything. Used by the fetches of this package:
 * Python knows the network's proxies and certificates, and pip knows where packages come from here.
 */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The course's own Python, if it has been made, then those that the machine may have. */
export function defaultPythons(): string[] {
  const own = join(__dirname, "..", "..", ".venv");
  const made = [join(own, "bin", "python"), join(own, "Scripts", "python.exe")].filter((python) => existsSync(python));
  return [...made, "python3", "python"];
}

/** Runs a command with `directory` for its temporary files; `undefined` when it went well, else its last words. */
export function run(
  command: string,
  args: readonly string[],
  directory: string,
  timeoutMs: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: { ...process.env, TMPDIR: directory, TEMP: directory, TMP: directory },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const timer = setTimeout(() => {
      child.kill();
      child.stderr.destroy(); // what pip itself started may still hold it
      resolve(`no answer in ${timeoutMs / 1000} s`);
    }, timeoutMs);
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      errors += chunk;
    });
    child.on("error", () => {
      clearTimeout(timer);
      resolve("no Python");
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      if (code === 0) return resolve(undefined);
      if (/NewConnectionError|NameResolution|ConnectTimeout|ProxyError|URLError/.test(errors)) {
        return resolve("no network");
      }
      const lines = errors.trim().split("\n");
      const line = lines.filter((text) => text.startsWith("ERROR")).at(-1) ?? lines.at(-1);
      resolve((line || `exit code ${code}`).trim().replace(/\.$/, ""));
    });
  });
}
