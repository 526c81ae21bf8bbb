/**
 * @file The course's kernel and its Plotly extension, put into the repository's `.venv` and nowhere else, with the
 * settings of JupyterLab that the course needs. Used by `npm start` and `npm test`.
 */

import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root, venv } from "./paths.mjs";
import { keyOf, writeWhole } from "./steps.mjs";

const installer = join(root, "jupyter", "dist", "install.js");

/** What JupyterLab does otherwise than by default. */
const settings = {
  "@jupyterlab/notebook-extension:tracker": {
    recordTiming: true,
    accessKernelHistory: false,
    scrollPastEnd: true,
    windowingMode: "none",
  },
  "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
  "@jupyterlab/docmanager-extension:plugin": { autosaveInterval: 30 },
};

/** The kernels that are registered in the `.venv`. */
export function installedKernels() {
  const folder = join(venv, "share", "jupyter", "kernels");
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** @returns {import("./steps.mjs").Step} */
export function kernel() {
  return {
    name: "kernel",
    doing: "registering",
    key: keyOf({
      values: [root, process.execPath, settings],
      files: ["dist/install.js", "kernelspec", "labextension", "package.json"].map((path) =>
        join(root, "jupyter", path),
      ),
    }),
    stillThere: () => installedKernels().some((name) => name !== "python3"),
    work: async () => {
      const require = createRequire(import.meta.url);
      const { installKernel, installExtension } = require(installer);
      await installKernel({ prefix: venv, nodePath: process.execPath });
      await installExtension({ prefix: venv });
      const overrides = join(venv, "share", "jupyter", "lab", "settings", "overrides.json");
      writeWhole(overrides, `${JSON.stringify(settings, undefined, 2)}\n`);
      return "kernel and Plotly extension registered in .venv";
    },
  };
}
