/**
 * @file Stack traces in terms of what the learner wrote: lines of cells and of TypeScript sources instead of lines of
 * compiled code, without the frames of the kernel, and with long runs of library frames folded.
 *
 * The compiled code of a cell has two source maps (typescript.ts), that of our own packages one beside the file.
 */
import fs from "node:fs";
import Module from "node:module";
import path from "node:path";
import type { Maps, RawMap } from "./typescript";

/** A place in a source text; both numbers start at 1. */
export interface Place {
  file: MappedFile;
  line: number;
  column: number;
}

/** The frames of an error, ready to print, and the first place inside a cell. */
export interface Trace {
  frames: string[];
  inCell?: Place;
}

/** A compiled file that can be traced back to its source. */
export class MappedFile {
  readonly #json: RawMap[];
  readonly #lineOffset: number;
  #maps: Module.SourceMap[] | undefined;

  /**
   * `maps` lead back from the code that runs to the source, last step of the compilation first.
   * `text` is the source of a cell; library files have none, as their errors are shown by a cell's line.
   */
  constructor(
    readonly label: string,
    maps: RawMap[],
    options: { text?: string; lineOffset: number },
  ) {
    this.#json = maps;
    this.#lineOffset = options.lineOffset;
    this.text = options.text;
  }

  readonly text: string | undefined;

  locate(line: number, column: number): { line: number; column: number } | undefined {
    this.#maps ??= this.#json.map((map) => new Module.SourceMap(map as unknown as Module.SourceMapPayload));
    let at = { line: line - 1, column: column - 1 };
    for (const map of this.#maps) {
      const entry = map.findEntry(at.line, at.column);
      // An entry of an earlier line means that the compiler made this line up.
      if (!("generatedLine" in entry) || entry.generatedLine !== at.line || entry.originalLine < 0) return undefined;
      at = { line: entry.originalLine, column: entry.originalColumn };
    }
    return { line: at.line + this.#lineOffset, column: at.column + 1 };
  }
}

const KERNEL_FOLDER = __dirname + path.sep;
const PROJECT_FOLDER = path.resolve(__dirname, "../../..") + path.sep;
const MAX_FRAMES = 12;

const mapped = new Map<string, MappedFile | undefined>();
const traces = new WeakMap<object, Trace>();

/** tslab puts one line of its own before a cell: the second line of what it compiles is line 1 of the cell. */
export function registerCell(file: string, label: string, text: string, maps: Maps): void {
  mapped.set(file, new MappedFile(label, [maps.toCommonJs, maps.toModule], { text, lineOffset: 0 }));
}

/** A `@module` cell (no such file exists, so tslab put its line before it) or an imported TypeScript file. */
export function registerModule(compiledFile: string, sourceFile: string, maps: Maps): void {
  const lineOffset = fs.existsSync(sourceFile) ? 1 : 0;
  mapped.set(compiledFile, new MappedFile(shorten(sourceFile), [maps.toCommonJs, maps.toModule], { lineOffset }));
}

/** The trace of an error; without frames when it has no stack. */
export function traceOf(error: object): Trace {
  void (error as Error).stack; // V8 makes the trace when it is first read
  return traces.get(error) ?? { frames: [] };
}

/** Makes `error.stack` of every error readable, from now on. */
export function installTraces(): void {
  Error.stackTraceLimit = 60; // a TensorFlow.js call alone takes 20 frames
  Error.prepareStackTrace = (error, callSites) => {
    const trace = makeTrace(callSites);
    traces.set(error, trace);
    return [headline(error), ...trace.frames].join("\n");
  };
}

function headline(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "Error"; // its name or message cannot be read
  }
}

function makeTrace(callSites: NodeJS.CallSite[]): Trace {
  const frames: { text: string; from: string | undefined }[] = [];
  let inCell: Place | undefined;
  for (const site of callSites) {
    const file = site.getFileName() ?? "";
    const source = mappedFile(file);
    const at = source?.locate(site.getLineNumber() ?? 0, site.getColumnNumber() ?? 0);
    if (isCell(source) && !at) continue; // code that the compiler added
    const ours = file.startsWith(KERNEL_FOLDER) || file.includes("/tslab/dist/");
    if (ours && inCell) break; // below a cell is only the kernel that ran it
    if (ours || file.startsWith("node:")) continue;
    if (isCell(source) && at) inCell ??= { file: source, ...at };
    frames.push({ text: describeFrame(site, file, source, at), from: packageOf(file) });
  }
  // An error of the kernel itself: all frames are needed.
  if (frames.length === 0) return { frames: callSites.map((site) => `    at ${site}`) };
  return { frames: fold(frames), ...(inCell && { inCell }) };
}

const isCell = (file: MappedFile | undefined): file is MappedFile & { text: string } => file?.text !== undefined;

function describeFrame(
  site: NodeJS.CallSite,
  file: string,
  source: MappedFile | undefined,
  at: { line: number; column: number } | undefined,
): string {
  const compiled = `${file}:${site.getLineNumber()}:${site.getColumnNumber()}`;
  const place = source && at ? `${source.label}:${at.line}:${at.column}` : shorten(compiled);
  return `    at ${String(site).replace(compiled, place)}`;
}

/** One frame stands for a run of frames of the same package. */
function fold(frames: { text: string; from: string | undefined }[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < frames.length && lines.length < MAX_FRAMES; i++) {
    const { text, from } = frames[i]!;
    let more = 0;
    while (from !== undefined && frames[i + 1]?.from === from) {
      more += 1;
      i += 1;
    }
    lines.push(more > 0 ? `${text} (and ${more} more in ${from})` : text);
  }
  return lines;
}

/** `.../node_modules/@tensorflow/tfjs-core/dist/engine.js` -> `@tensorflow/tfjs-core` */
function packageOf(file: string): string | undefined {
  const parts = file.replaceAll("\\", "/").split("/node_modules/");
  return parts.length > 1 ? parts.at(-1)?.match(/^(@[^/]+\/)?[^/]+/)?.[0] : undefined;
}

function shorten(file: string): string {
  return file.startsWith(PROJECT_FOLDER) ? file.slice(PROJECT_FOLDER.length) : file;
}

/** A registered file, or a built file of our own packages with its map beside it. */
function mappedFile(file: string): MappedFile | undefined {
  if (mapped.has(file)) return mapped.get(file);
  if (!file.startsWith(PROJECT_FOLDER) || packageOf(file) !== undefined) return undefined;
  mapped.set(file, readMap(file));
  return mapped.get(file);
}

function readMap(file: string): MappedFile | undefined {
  try {
    const map = JSON.parse(fs.readFileSync(`${file}.map`, "utf8")) as RawMap;
    const source = path.resolve(path.dirname(file), map.sources[0] ?? "");
    return new MappedFile(shorten(source), [map], { lineOffset: 1 });
  } catch {
    return undefined; // no map: the compiled lines must do
  }
}
