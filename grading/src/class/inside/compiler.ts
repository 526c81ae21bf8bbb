/**
 * @file The compiler's process. It reads learners' text but runs none of it, and still lives in a sandbox, because a text
 * can keep a compiler busy without end. `emit` makes JavaScript at once; `types` says what TypeScript has against it.
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
    channel.write(`${JSON.stringify(request.kind === "emit" ? emit(request) : types(request))}\n`);
  }
});
channel.on("end", () => process.exit());
channel.write('{"kind":"ready"}\n');

function emit({ id, cells, targets }: CompileRequest): Emitted {
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
      const complaints = diagnostics.map((one) => complaint(one, part, cells[cell]!.source));
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
const kept = new Map<string, ts.SourceFile | undefined>();
let previous: ts.Program | undefined;

function types({ id, cells, targets }: CompileRequest): TypeComplaints {
  const slices = new Map<string, { part: Slice; exercise: string; source: string }>();
  const sliceOf = slicer(cells);
  for (const { exercise, cell, names, prediction } of targets) {
    if (prediction) continue;
    const part = sliceOf(cell, names);
    slices.set(path.join(FOLDER, `${exercise}.ts`), { part, exercise, source: cells[cell]!.source });
  }
  const options = { ...OPTIONS, typeRoots: [path.join(ROOT, "node_modules", "@types")] };
  const base = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...base,
    getCurrentDirectory: () => ROOT,
    fileExists: (file) => slices.has(file) || (isCourse(file) && base.fileExists(file)),
    readFile: (file) => (isCourse(file) ? base.readFile(file) : undefined),
    getSourceFile(file, version) {
      const own = slices.get(file);
      if (own) return ts.createSourceFile(file, `${own.part.text}\nexport {};\n`, version, true);
      if (!isCourse(file)) return undefined;
      if (!kept.has(file)) kept.set(file, base.getSourceFile(file, version));
      return kept.get(file);
    },
  };
  const program = ts.createProgram([...slices.keys()], options, host, previous);
  previous = program;
  const complaints: TypeComplaints["complaints"] = [];
  for (const [file, { part, exercise, source }] of slices) {
    const found = program.getSemanticDiagnostics(program.getSourceFile(file));
    const own = found.filter(({ code }) => !UNCONCERNED.has(code)).map((one) => complaint(one, part, source));
    complaints.push({ exercise, complaints: own.slice(0, 5) });
  }
  return { kind: "types", id, complaints };
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
