/**
 * @file tslab's own TypeScript (5.0.4), prepared before tslab loads it: source maps from the cell to the code that
 * runs, the types a cell may use, and a place for our repairs (repair.ts) in the compilation.
 *
 * tslab keeps its compiler to itself, so three functions of the TypeScript module are replaced by ones that call the
 * original with something added. The exports of that module are read-only getters: tslab is given a copy.
 */
import path from "node:path";
import type TypeScript from "@tslab/typescript-for-tslab";
import { CELL_SOURCE, repairs } from "./repair";

/** A source map in its JSON form. */
export interface RawMap {
  version: number;
  sources: string[];
  names: string[];
  mappings: string;
}

/** tslab compiles in two steps: TypeScript to an ES module, then to CommonJS. Each step has its own map. */
export interface Maps {
  toModule: RawMap;
  toCommonJs: RawMap;
}

/** TypeScript with the inner functions that we need and that its declarations leave out. */
export type CompilerModule = typeof TypeScript & {
  nullTransformationContext?: TypeScript.TransformationContext;
  getNullTransformationContext?(): TypeScript.TransformationContext;
  bindSourceFile(file: TypeScript.SourceFile, options: TypeScript.CompilerOptions): void;
  isIterationStatement(node: TypeScript.Node, lookInLabels: boolean): node is TypeScript.IterationStatement;
  isAssignmentExpression(node: TypeScript.Node, excludeCompound: boolean): boolean;
  skipOuterExpressions(node: TypeScript.Expression): TypeScript.Expression;
};

const compilerFile = require.resolve("@tslab/typescript-for-tslab", {
  paths: [path.dirname(require.resolve("tslab/package.json"))],
});
const original = require(compilerFile) as CompilerModule;

/** The TypeScript that compiles the cells. */
export const ts: CompilerModule = { ...original };
const loaded = require.cache[compilerFile];
if (loaded) loaded.exports = ts;

let newestCellMaps: Maps | undefined;
let onModule: (compiledFile: string, sourceFile: string, maps: Maps) => void = () => {};

/** The maps of the cell that was compiled last. */
export function takeCellMaps(): Maps | undefined {
  const maps = newestCellMaps;
  newestCellMaps = undefined;
  return maps;
}

/** Calls `register` for each compiled file that is not a cell: `@module` cells and imported TypeScript files. */
export function onCompiledModule(register: typeof onModule): void {
  onModule = register;
}

/** Where TypeScript finds `@types/node` (ours, if the notebook's folder has none) and the declarations for cells. */
function typeRoots(given: string[] | undefined): string[] {
  const nodeTypes = require.resolve("@types/node/package.json", { paths: [compilerFile, __dirname] });
  return [...(given ?? []), path.resolve(nodeTypes, "../.."), path.resolve(__dirname, "../../types")];
}

ts.createWatchCompilerHost = ((files: string[], options: TypeScript.CompilerOptions, ...rest: unknown[]) => {
  const additions: TypeScript.CompilerOptions = {
    inlineSourceMap: true,
    typeRoots: typeRoots(options.typeRoots),
    // Named, because otherwise every @types package in sight is read at the start.
    types: ["node", "course-cells"],
    ...JSON.parse(process.env.COURSE_COMPILER_OPTIONS || "{}"), // for example {"strict":true}
  };
  const create = original.createWatchCompilerHost as (...args: unknown[]) => unknown;
  return create(files, { ...options, ...additions }, ...rest);
}) as typeof original.createWatchCompilerHost;

ts.createWatchProgram = ((host: TypeScript.WatchCompilerHostOfFilesAndCompilerOptions<TypeScript.BuilderProgram>) => {
  const programCreated = host.afterProgramCreate;
  host.afterProgramCreate = (builder) => {
    const emit = builder.emit.bind(builder);
    builder.emit = (file, write, token, onlyDeclarations, transformers) => {
      const before = [repairs(ts, builder.getProgram().getTypeChecker())];
      return emit(file, write, token, onlyDeclarations, { ...transformers, before });
    };
    programCreated?.call(host, builder);
  };
  // tslab has room for one timer, the one that rebuilds. When a file appears that an import once looked for in vain (a
  // package that is installed while a notebook is open), TypeScript asks for a second one, and from then on no cell would
  // run. What that one is for can be done at once.
  const oneTimer = host.setTimeout?.bind(host);
  host.setTimeout = (callback, ms, ...args) => {
    if (callback.name !== "invalidateResolutionsOfFailedLookup") return oneTimer?.(callback, ms, ...args);
    callback(...args);
    return undefined;
  };
  return original.createWatchProgram(host);
}) as typeof original.createWatchProgram;

const INLINE_MAP = /\n\/\/# sourceMappingURL=data:[^,]*,/;

ts.transpileModule = (js, options) => {
  if (options.fileName !== "custom.js") return original.transpileModule(js, options); // not tslab's second step
  const [code = "", inlineMap] = js.split(INLINE_MAP);
  const compilerOptions = { ...options.compilerOptions, sourceMap: true };
  const output = original.transpileModule(code, { ...options, compilerOptions });
  output.outputText = output.outputText.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
  if (!inlineMap) return output;

  const toModule = JSON.parse(Buffer.from(inlineMap, "base64").toString()) as RawMap;
  const maps: Maps = { toModule, toCommonJs: JSON.parse(output.sourceMapText ?? "{}") };
  const source = toModule.sources[0] ?? "";
  if (path.basename(source) === CELL_SOURCE) {
    newestCellMaps = maps;
  } else {
    const file = path.resolve(source.replace(/^\.\.\//, "")); // relative to tslab's made-up output folder
    onModule(file.replace(/\.tsx?$/, ".js"), file, maps);
  }
  return output;
};
