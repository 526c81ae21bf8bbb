/** @file package-lock.json, from which `npm ci` installs on every kind of machine. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(__dirname, "..", "..");

interface Locked {
  version?: string;
  link?: boolean;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

const locked: Record<string, Locked> = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;

test("package-lock.json names the binary packages of every platform, also of those it was not written on", () => {
  const names = new Set(Object.keys(locked).map((path) => path.replace(/^.*node_modules\//, "")));
  const wanted = Object.values(locked).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
  assert.deepEqual(
    wanted.filter((name) => !names.has(name)),
    [],
  );
});

test("package-lock.json names no host, so that it works with any registry", () => {
  const hosts = Object.values(locked).filter(({ link, resolved }) => !link && resolved !== undefined);
  assert.deepEqual(hosts, []);
});

test("every dependency of a package.json of ours has one exact version", () => {
  const folders = ["", "bin", "lib", "datasets", "grading", "notebooks", "jupyter"];
  const loose = folders.flatMap((folder) => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(
      readFileSync(join(root, folder, "package.json"), "utf8"),
    );
    return Object.entries<string>({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^(npm:[\w.-]+@)?\d+\.\d+\.\d+$/.test(version),
    );
  });
  assert.deepEqual(loose, []);
});
