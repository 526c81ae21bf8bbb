/**
 * @file `require` for cells: from the notebook's folder, where `@module` cells and TypeScript files beside the notebook
 * are found in their compiled form, and `tslab` is the copy that the kernel runs.
 */
import Module from "node:module";
import path from "node:path";
import { FLAG, HELPERS } from "./repair";
import type { SideOutput } from "./tslab";

/** Makes the interrupt flag and the helpers of cells known in a module; see executor.ts. */
const MODULE_START = `const [, , ${FLAG}, ${HELPERS}] = globalThis.__course__; `;

/** Node's own, which its types leave out. */
const ModuleWithInternals = Module as unknown as {
  new (id: string): NodeJS.Module & { _compile(code: string, file: string): void };
  _nodeModulePaths(folder: string): string[];
};

export class CellModules {
  readonly #compiled = new Map<string, string>(); // file -> JavaScript
  readonly #loaded = new Map<string, NodeJS.Module>();

  /** Takes what tslab compiled besides the cell. A module that was loaded already is loaded anew when next asked for. */
  add(outputs: SideOutput[] | undefined): void {
    for (const { path: file, data } of outputs ?? []) {
      this.#compiled.set(file, data);
      this.#loaded.delete(file);
    }
  }

  /** A `require` that looks from `folder`. */
  requireFrom(folder: string): NodeJS.Require {
    const nodeRequire = Module.createRequire(path.join(folder, "cell.js"));
    const require = (id: string): unknown => {
      if (id === "tslab") return module.require("tslab");
      const file = path.join(folder, path.extname(id) === ".js" ? id : `${id}.js`);
      return id.startsWith(".") && this.#compiled.has(file) ? this.#load(file) : nodeRequire(id);
    };
    return Object.assign(require, nodeRequire);
  }

  #load(file: string): unknown {
    const known = this.#loaded.get(file);
    if (known) return known.exports;
    const loading = new ModuleWithInternals(file);
    loading.filename = file;
    loading.paths = ModuleWithInternals._nodeModulePaths(path.dirname(file));
    loading.require = this.requireFrom(path.dirname(file));
    this.#loaded.set(file, loading); // before it runs: modules may import each other
    try {
      loading._compile(MODULE_START + this.#compiled.get(file), file);
    } catch (error) {
      this.#loaded.delete(file);
      throw error;
    }
    return loading.exports;
  }
}
