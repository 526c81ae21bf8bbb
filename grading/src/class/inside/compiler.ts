/**
 * @file The compiler's process. It reads learners' text but runs none of it, and still lives in a sandbox, because a text
 * can keep a compiler busy without end. Each request has two answers: JavaScript at once, then what TypeScript has against it.
 */

import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import ts from "typescript";
import type { CompileRequest, Complaint, Emitted, TypeComplaints } from "../compile-messages";
import { encode } from "../wire";
import { onlyComputes } from "./plain-code";
import { literal, predicted, type Slice, slicer } from "./slice";

const channel = new net.Socket({ fd: 3, readable: true, writable: true });
let waiting = "";
channel.setEncoding("utf8");
channel.on("data", (text: string) => {
  waiting += text;
  for (let end = waiting.indexOf("\n"); end >= 0; end = waiting.indexOf("\n")) {
    const request = JSON.parse(waiting.slice(0, end)) as CompileRequest;
    waiting = waiting.slice(end + 1);
    const typed: Typed[] = [];
    channel.write(`${JSON.stringify(emit(request, typed))}\n`);
    channel.write(
      `${JSON.stringify({ kind: "types", id: request.id, complaints: types(typed) } satisfies TypeComplaints)}\n`,
    );
  }
});
channel.on("end", () => process.exit());
channel.write('{"kind":"ready"}\n');

/** A module whose types are to be checked. */
interface Typed {
  exercise: string;
  part: Slice;
  /** The learner's cell. */
  source: string;
}

/** Makes JavaScript; puts into `typed` what has no errors of syntax. */
function emit({ id, cells, targets }: CompileRequest, typed: Typed[]): Emitted {
  const sliceOf = slicer(cells);
  const modules = targets.map(({ exercise, cell, names, prediction }): Emitted["modules"][number] => {
    try {
      if (prediction) {
        const value = predicted(cells[cell]!.source, exercise);
        if (!value) return { exercise, code: "", modules: [], declared: [], complaints: [] };
        const stated = literal(value);
        const { code } = transpile(`return { prediction: () => (${value.getText()}) };`);
        const result = { exercise, code, modules: [], declared: ["prediction"], complaints: [] };
        return stated ? { ...result, stated: encode(stated.value) } : result;
      }
      const part = sliceOf(cell, names);
      const { code, diagnostics } = transpile(part.text);
      const source = cells[cell]!.source;
      const complaints = diagnostics.map((one) => complaint(one, part, source));
      if (complaints.length === 0) typed.push({ exercise, part, source });
      const result = `\nreturn { ${part.declared.join(", ")} };`;
      const { modules, declared } = part;
      return { exercise, code: code + result, modules, declared, complaints, plain: onlyComputes(part.text) };
    } catch (error) {
      const says = error instanceof RangeError ? "it is nested too deeply" : String(error);
      return { exercise, code: "", modules: [], declared: [], complaints: [{ code: 0, line: 1, text: "", says }] };
    }
  });
  return { kind: "emitted", id, modules };
}

function transpile(text: string): { code: string; diagnostics: readonly ts.Diagnostic[] } {
  const { outputText, diagnostics } = ts.transpileModule(text, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, esModuleInterop: true },
  });
  return { code: outputText, diagnostics: diagnostics ?? [] };
}

/** As the kernel of the notebooks compiles: not strictly. */
const OPTIONS: ts.CompilerOptions = {
  strict: false,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  esModuleInterop: true,
  skipLibCheck: true,
  skipDefaultLibCheck: true,
  types: ["node"],
};

/** What the compiler says that is no concern of a learner here: `await` outside functions, a file that is no module. */
const UNCONCERNED = new Set([1375, 1378, 1431, 1432]);

const ROOT = process.argv[2] ?? "/course";
const FOLDER = path.join(ROOT, "notebooks", "graded");
const options = { ...OPTIONS, typeRoots: [path.join(ROOT, "node_modules", "@types")] };
const base = ts.createCompilerHost(options);
const kept = new Map<string, ts.SourceFile | undefined>();
const resolutions = ts.createModuleResolutionCache(ROOT, (name) => name, options);
let previous: ts.Program | undefined;
types([]); // reads the declarations that everything needs, before anybody waits for it

function types(typed: readonly Typed[]): TypeComplaints["complaints"] {
  const own = new Map(typed.map((one) => [path.join(FOLDER, `${one.exercise}.ts`), one]));
  const host: ts.CompilerHost = {
    ...base,
    getCurrentDirectory: () => ROOT,
    fileExists: (file) => own.has(file) || (isCourse(file) && base.fileExists(file)),
    readFile: (file) => (isCourse(file) ? base.readFile(file) : undefined),
    resolveModuleNameLiterals: (names, file, redirected) =>
      names.map(({ text }) => ts.resolveModuleName(text, file, options, host, resolutions, redirected)),
    getSourceFile(file, version) {
      const text = own.get(file)?.part.text;
      if (text !== undefined) return ts.createSourceFile(file, `${text}\nexport {};\n`, version, true);
      if (!isCourse(file)) return undefined;
      if (!kept.has(file)) kept.set(file, base.getSourceFile(file, version));
      return kept.get(file);
    },
  };
  const program = ts.createProgram([...own.keys()], options, host, previous);
  previous = program;
  return [...own].map(([file, { exercise, part, source }]) => {
    const found = program.getSemanticDiagnostics(program.getSourceFile(file));
    const concerns = found.filter(({ code }) => !UNCONCERNED.has(code)).map((one) => complaint(one, part, source));
    return { exercise, complaints: concerns.slice(0, 5) };
  });
}

/** The compiler reads declarations of the course and its packages, and nothing else. */
function isCourse(file: string): boolean {
  return file.startsWith(ROOT + path.sep) && /\.(d\.[cm]?ts|json)$/.test(file) && fs.existsSync(file);
}

function complaint(diagnostic: ts.Diagnostic, { linesBefore }: Slice, source: string): Complaint {
  const says = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ").slice(0, 600);
  const { file, start, code } = diagnostic;
  if (!file || start === undefined) return { code, line: 1, text: "", says };
  const line = file.getLineAndCharacterOfPosition(start).line - linesBefore;
  const text = source.split("\n")[line]?.trim().slice(0, 120) ?? "";
  return { code, line: line + 1, text, says };
}
