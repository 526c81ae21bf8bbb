/**
 * @file Puts the kernel and the figure extension where JupyterLab finds them: under `share/jupyter` of a prefix, which
 * is a Python environment or a user's folder. Called by the set-up; does nothing else, and may be called again.
 */
import fs from "node:fs";
import path from "node:path";

/** Notebooks name the kernel by this word in their metadata. */
export const KERNEL_NAME = "course-typescript";
const EXTENSION_NAME = "course-plotly";

/** The folder of this package, whether this file runs from `src` or from `dist`. */
const PACKAGE = path.resolve(__dirname, "..");

export interface InstallKernelOptions {
  /** Where `share/jupyter` is, e.g. `<repository>/.venv`. */
  prefix: string;
  /** The Node that runs the kernel; default: the one that runs now. */
  nodePath?: string;
  /** Environment variables for the kernel, added to ours. */
  env?: Record<string, string>;
}

/** Without this, TensorFlow writes dozens of lines to the terminal of the server. */
const KERNEL_ENV = { TF_CPP_MIN_LOG_LEVEL: "3" };

/**
 * Installs the kernel and returns its folder.
 *
 * `installKernel({ prefix: ".venv" })` writes `.venv/share/jupyter/kernels/course-typescript/kernel.json`.
 */
export function installKernel({ prefix, nodePath = process.execPath, env = {} }: InstallKernelOptions): string {
  const folder = emptyFolder(prefix, "kernels", KERNEL_NAME);
  const specification = {
    argv: [nodePath, "--no-deprecation", path.join(PACKAGE, "dist/kernel/main.js"), "{connection_file}"],
    display_name: "TypeScript",
    language: "typescript",
    interrupt_mode: "signal",
    env: { ...KERNEL_ENV, ...env },
    metadata: { debugger: false },
  };
  fs.writeFileSync(path.join(folder, "kernel.json"), `${JSON.stringify(specification, null, 2)}\n`);
  fs.cpSync(path.join(PACKAGE, "kernelspec"), folder, { recursive: true });
  return folder;
}

export interface InstallExtensionOptions {
  /** Where `share/jupyter` is. */
  prefix: string;
}

/** Installs the figure extension with an unchanged copy of Plotly's own file, and returns its folder. */
export function installExtension({ prefix }: InstallExtensionOptions): string {
  const folder = emptyFolder(prefix, "labextensions", EXTENSION_NAME);
  fs.cpSync(path.join(PACKAGE, "labextension"), folder, { recursive: true });
  const plotly = path.join(path.dirname(require.resolve("plotly.js/package.json")), "plotly.min.js");
  fs.copyFileSync(plotly, path.join(folder, "static", "plotly.min.js"));
  return folder;
}

function emptyFolder(prefix: string, kind: string, name: string): string {
  const folder = path.resolve(prefix, "share", "jupyter", kind, name);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}
