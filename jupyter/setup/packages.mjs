/**
 * @file The npm packages and the build of the course's own TypeScript. Used by `npm start` and `npm test`.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { failure, SetupError } from "./failure.mjs";
import { logs, packageEnvironment, root } from "./paths.mjs";
import { run, tail } from "./run.mjs";
import { keyOf } from "./steps.mjs";

/** The packages that are compiled, in the order of their dependencies. */
const compiled = ["lib", "datasets", "grading", "notebooks", "jupyter"];
const typescript = join(root, "node_modules", "typescript", "bin", "tsc");

/** How to call npm: the one that runs this script, else the one beside this Node.js, else the one on the path. */
export function npmCommand() {
  const beside = join(dirname(process.execPath), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js");
  const script = [process.env.npm_execpath, beside].find((path) => path?.endsWith("npm-cli.js") && existsSync(path));
  return script ? { command: process.execPath, args: [script] } : { command: "npm", args: [] };
}

/** @returns {Record<string, { version?: string, integrity?: string, optional?: boolean, link?: boolean }>} */
function lockedPackages(/** @type {string} */ file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return {};
  }
}

/** True when `node_modules` holds what package-lock.json names: npm writes down there what it has installed. */
export function packagesInstalled() {
  const wanted = lockedPackages(join(root, "package-lock.json"));
  const there = lockedPackages(join(root, "node_modules", ".package-lock.json"));
  return Object.entries(wanted).every(
    ([path, { version, integrity, optional, link }]) =>
      !path.includes("node_modules/") ||
      link ||
      (there[path] ? there[path].version === version && there[path].integrity === integrity : optional),
  );
}

/** npm by itself waits more than a minute for a registry that cannot be reached. */
const patience = ["--fetch-retries=3", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"];

/** @type {import("./steps.mjs").Step} */
export const npmPackages = {
  name: "npm packages",
  doing: "installing",
  work: async () => {
    // `npm ci` starts from an empty node_modules; over an existing one `npm install` is faster and keeps running programs alive.
    const fresh = !existsSync(join(root, "node_modules", ".package-lock.json"));
    const { command, args } = npmCommand();
    const log = join(logs, "npm.log");
    const all = [...args, fresh ? "ci" : "install", "--ignore-scripts", "--no-audit", "--no-fund", ...patience];
    const { code, error } = await run(command, all, { log, env: packageEnvironment() });
    if (error) {
      throw new SetupError("The npm packages could not be installed: npm was not found.", {
        remedy: "Install npm (it comes with Node.js), then run `npm start` or `npm test`, which use it.",
        log,
      });
    }
    if (code !== 0) throw failure("The npm packages could not be installed", tail(log, 400), log);
    return fresh ? "installed" : "updated";
  },
};

/** The packages that have something to compile. */
export function packagesToBuild() {
  return compiled.filter((name) => sources(name).some((folder) => hasTypeScript(folder)));
}

/** The folders that a package compiles. @returns {string[]} */
function sources(/** @type {string} */ name) {
  const { include = [] } = JSON.parse(readFileSync(join(root, name, "tsconfig.json"), "utf8"));
  return include.map((/** @type {string} */ folder) => join(root, name, folder.replace(/\/\*.*$/, "")));
}

function hasTypeScript(/** @type {string} */ folder) {
  return existsSync(folder) && readdirSync(folder, { recursive: true }).some((file) => String(file).endsWith(".ts"));
}

/** @returns {import("./steps.mjs").Step} */
export function build() {
  const packages = packagesToBuild();
  const inputs = packages.flatMap((name) => [...sources(name), join(root, name, "tsconfig.json")]);
  return {
    name: "TypeScript",
    doing: "building",
    key: keyOf({ values: [packages], files: [...inputs, join(root, "tsconfig.base.json"), typescript] }),
    stillThere: () => packages.every((name) => existsSync(join(root, name, "dist"))),
    work: async () => {
      const log = join(logs, "build.log");
      const { code } = await run(process.execPath, [typescript, "-b", ...packages], { log });
      if (code === 0) return `built ${packages.join(", ")}`;
      throw new SetupError("The TypeScript build failed.", {
        remedy: "Mend the errors below, then run the same command again.",
        log,
      });
    },
  };
}
