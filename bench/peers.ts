/** @file Other programs to be measured beside the course, installed once into `.course/bench` where a registry can be reached. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { courseHome } from "../lib/src/home";

const PACKAGES = ["@genai-fi/nanogpt@1.3.0", "@jax-js/jax@0.1.25", "js-tiktoken@1.0.21"];
const PYTHON_PACKAGES = ["torch==2.13.0", "numpy", "micrograd==0.1.0"];

/** The folder with the JavaScript peers; what cannot be installed is missing there, and is left out of the tables. */
export function javascriptPeers(): string {
  const folder = courseHome("bench");
  mkdirSync(folder, { recursive: true });
  if (existsSync(path.join(folder, "node_modules", "js-tiktoken"))) return folder;
  writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
  attempt(`npm: ${PACKAGES.join(", ")}`, "npm", ["install", "--ignore-scripts", "--no-audit", ...PACKAGES], folder);
  return folder;
}

/** A Python with PyTorch and micrograd: the one that is asked for, or one made here. */
export function pythonPeers(asked?: string): string {
  if (asked) return asked;
  const folder = courseHome("bench", "venv");
  const python = path.join(folder, "bin", "python");
  if (existsSync(python)) return python;
  attempt("Python: a virtual environment", "python3", ["-m", "venv", folder], courseHome("bench"));
  const install = ["-m", "pip", "install", "--quiet", ...PYTHON_PACKAGES];
  attempt(`Python: ${PYTHON_PACKAGES.join(", ")}`, python, install, courseHome("bench"));
  return python;
}

function attempt(what: string, command: string, args: string[], cwd: string): void {
  console.log(`installing ${what}`);
  try {
    execFileSync(command, args, { cwd, stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    console.log(`  not possible: ${(error as Error).message.split("\n")[0]}`);
  }
}
