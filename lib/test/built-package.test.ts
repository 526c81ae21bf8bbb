/**
 * The built package, used exactly as a notebook cell uses it: through tslab's own converter, which compiles cells with
 * TypeScript 5.0 in the folder of the notebooks. Needs `npm run build`.
 */

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import cellTypeScript from "@tslab/typescript-for-tslab";
import { createConverter } from "tslab/dist/converter";
import ts from "typescript";

const root = path.resolve(__dirname, "../..");
const dist = path.join(root, "lib/dist");
process.chdir(path.join(root, "notebooks")); // where tslab runs; it looks once
const converter = createConverter();
after(() => converter.close());

/** A module as a cell imports it, and the file with its declarations. */
interface Module {
  name: string;
  declarations: string;
}

const modules: Module[] = readdirSync(path.join(root, "lib/src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3).replaceAll(path.sep, "/"))
  .sort()
  .map((name) => ({ name: `@course/lib/${name}`, declarations: path.join(dist, `${name}.d.ts`) }));

/** What a module exports, type-only exports left out: `{ name: "createRandom", kind: "function" }`. */
interface Value {
  name: string;
  kind: "function" | "class" | "other";
  /** The static methods of a class. */
  methods: string[];
}

/** The values that each module's declarations promise. */
function promisedValues(of: readonly Module[]): Value[][] {
  const options = { skipLibCheck: true, types: ["node"], typeRoots: [path.join(root, "node_modules/@types")] };
  const program = ts.createProgram(
    of.map(({ declarations }) => declarations),
    options,
  );
  const checker = program.getTypeChecker();
  return of.map(({ declarations }) => {
    const symbol = checker.getSymbolAtLocation(program.getSourceFile(declarations)!);
    if (!symbol) return []; // only side effects
    return checker.getExportsOfModule(symbol).flatMap((exported): Value[] => {
      const target = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (!(target.flags & ts.SymbolFlags.Value)) return [];
      const members = [...(target.exports?.values() ?? [])];
      const methods = members.filter(({ flags }) => flags & ts.SymbolFlags.Method).map(({ name }) => name);
      const isClass = target.flags & ts.SymbolFlags.Class;
      const kind = isClass ? "class" : target.flags & ts.SymbolFlags.Function ? "function" : "other";
      return [{ name: exported.name, kind, methods }];
    });
  });
}

/** What tslab says about a cell that imports the modules and keeps each constant, result and instance in a variable. */
function complaints(of: readonly Module[]): string[] {
  const lines: { code: string; about: string }[] = [];
  const add = (code: string, about: string) => lines.push({ code, about });
  promisedValues(of).forEach((values, i) => {
    add(`import * as m${i} from ${JSON.stringify(of[i]!.name)};`, of[i]!.name);
    for (const { name, kind, methods } of values) {
      const it = `m${i}.${name}`;
      const keep = (value: string) => add(`const v${lines.length} = ${value};`, `${of[i]!.name}, ${name}`);
      const call = (fn: string) => keep(`${fn}(...(null! as Parameters<typeof ${fn}>))`);
      if (kind === "function") call(it);
      else if (kind === "class") keep(`new ${it}(...(null! as ConstructorParameters<typeof ${it}>))`);
      else keep(it);
      for (const method of methods) call(`${it}.${method}`);
    }
  });
  const { diagnostics } = converter.convert("", lines.map(({ code }) => code).join("\n"));
  return diagnostics.map(({ start, messageText }) => `${lines[start.line]?.about}: ${messageText}`);
}

test("all declarations are understood by the TypeScript that compiles cells", () => {
  const files = modules.map(({ declarations }) => declarations);
  const program = cellTypeScript.createProgram(files, {
    target: cellTypeScript.ScriptTarget.ES2022,
    moduleResolution: cellTypeScript.ModuleResolutionKind.Node10,
    lib: ["lib.es2022.d.ts"],
    types: ["node"],
    typeRoots: [path.join(root, "node_modules/@types")],
    esModuleInterop: true,
  });
  assert.match(cellTypeScript.version, /^5\.0\./);
  const wrong = files.flatMap((file) => {
    const source = program.getSourceFile(file);
    if (!source) return [`${file} is missing: run \`npm run build\``];
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${file}: ${cellTypeScript.flattenDiagnosticMessageText(messageText, " ")}`,
    );
  });
  assert.deepEqual(wrong, []);
});

test("a cell can import every module and keep whatever it gives", () => {
  assert.deepEqual(complaints(modules), []);
});

test("a type that is used but not exported would be noticed", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "cell-"));
  after(() => rmSync(folder, { recursive: true }));
  const declarations = path.join(folder, "leaky.d.ts");
  writeFileSync(declarations, "interface Hidden { n: number }\nexport declare function f(): Hidden;\nexport {};\n");
  const found = complaints([{ name: path.join(folder, "leaky"), declarations }]);
  assert.match(found.join(), /f: .*'Hidden'.*cannot be named/);
});

test("a cell sees the types: a wrong argument is an error", () => {
  const cell = `import { createRandom } from "@course/lib/random"; const n: string = createRandom(1).uniform();`;
  const messages = converter.convert("", cell).diagnostics.map(({ messageText }) => messageText);
  assert.deepEqual(messages, ["Type 'number' is not assignable to type 'string'."]);
});

test("a cell's require finds every module, with all the values that its declarations promise", () => {
  const require = createRequire(path.join(root, "notebooks/cell.js"));
  promisedValues(modules).forEach((values, i) => {
    const { name } = modules[i]!;
    const loaded = require(name) as Record<string, unknown>;
    for (const value of values) assert.notEqual(loaded[value.name], undefined, `${name}, ${value.name}`);
  });
});
