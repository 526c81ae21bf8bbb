/**
 * @file Looks ten times a second at what sandboxed processes use, as long as they are at work: processor time, resident memory
 * (a limit on addresses would break WebAssembly) and the number of processes, all with all descendants. Reads `/proc` on
 * Linux, asks `ps` on other systems.
 */

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** What a process and its descendants may use. */
export interface Limits {
  memoryMegabytes: number;
  processes: number;
  /**
   * Of processor time from now on, so that a busy machine takes nothing away; by the clock {@link PATIENCE} times as many,
   * or as many for a process that only waits.
   */
  seconds: number;
}

/** Which limit was passed. */
export type Passed = "memory" | "processes" | "time";

/** What a process and its descendants use. */
interface Usage {
  megabytes: number;
  processes: number;
  cpuSeconds: number;
  /** True if one of them wants to compute just now. */
  running: boolean;
}

interface Entry {
  parent: number;
  megabytes: number;
  cpuSeconds: number;
  running: boolean;
}

interface Watched {
  pid: number;
  limits: Limits;
  tell: (why: Passed) => void;
  startedMs: number;
  /** Processor time before the first look at all descendants, and at the last look. */
  cpuBefore?: number;
  cpuSeconds?: number;
}

/** By the clock a process may take this many times its processor time. */
const PATIENCE = 10;
const PERIOD_MS = 100;
const PAGE_MEGABYTES = 4096 / 2 ** 20;
const TICKS_PER_SECOND = 100;
const LINUX = existsSync("/proc/self/stat");

const watched = new Set<Watched>();
let timer: NodeJS.Timeout | undefined;

/** Watches a process until the returned function is called; tells, once, which limit it has passed. */
export function watch(pid: number, limits: Limits, tell: Watched["tell"]): () => void {
  const entry: Watched = { pid, limits, tell, startedMs: performance.now() };
  watched.add(entry);
  timer ??= setInterval(look, LINUX ? PERIOD_MS : 5 * PERIOD_MS);
  return () => {
    watched.delete(entry);
    if (watched.size > 0 || !timer) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** What a process and its descendants use now. */
function usageOf(pid: number, table: ReadonlyMap<number, Entry>): Usage {
  const usage: Usage = { megabytes: 0, processes: 0, cpuSeconds: 0, running: false };
  for (const id of descendantsOf(pid, table)) {
    const entry = table.get(id)!;
    usage.megabytes += entry.megabytes;
    usage.cpuSeconds += entry.cpuSeconds;
    usage.running ||= entry.running;
    usage.processes++;
  }
  return usage;
}

/** A process and all it has started, as far as they are in the table. */
function descendantsOf(pid: number, table: ReadonlyMap<number, Entry>): number[] {
  const children = new Map<number, number[]>();
  for (const [id, { parent }] of table) children.set(parent, [...(children.get(parent) ?? []), id]);
  const found = table.has(pid) ? [pid] : [];
  for (let i = 0; i < found.length; i++) found.push(...(children.get(found[i]!) ?? []));
  return found;
}

/** The descendants are looked for anew only at every third look; in between, those known are looked at. */
const LOOKS_PER_SEARCH = 3;
let looks = 0;
let family: number[] = [];

function look(): void {
  const searches = looks++ % LOOKS_PER_SEARCH === 0 || !LINUX;
  const table = searches ? processes() : fromProc([...family, ...[...watched].map(({ pid }) => pid)]);
  if (searches) family = [...watched].flatMap(({ pid }) => descendantsOf(pid, table));
  for (const entry of [...watched]) {
    const usage = usageOf(entry.pid, table);
    if (searches) entry.cpuBefore ??= usage.cpuSeconds;
    const why = passed(entry, usage);
    entry.cpuSeconds = usage.cpuSeconds;
    if (why) entry.tell(why);
  }
}

function passed({ limits, startedMs, cpuBefore, cpuSeconds }: Watched, usage: Usage): Passed | undefined {
  if (usage.megabytes > limits.memoryMegabytes) return "memory";
  if (usage.processes > limits.processes) return "processes";
  const elapsed = (performance.now() - startedMs) / 1000;
  const used = usage.cpuSeconds - (cpuBefore ?? usage.cpuSeconds);
  const waits = !usage.running && usage.cpuSeconds === cpuSeconds;
  const most = waits ? limits.seconds : PATIENCE * limits.seconds;
  return used >= limits.seconds || elapsed >= most ? "time" : undefined;
}

function processes(): Map<number, Entry> {
  return LINUX ? fromProc() : fromPs();
}

function fromProc(pids: readonly number[] = allPids()): Map<number, Entry> {
  const table = new Map<number, Entry>();
  for (const pid of pids) {
    try {
      // "pid (name) state ppid ...": a name may hold anything, so the fields are counted from its last bracket.
      const text = readFileSync(`/proc/${pid}/stat`, "latin1");
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      table.set(pid, {
        parent: Number(fields[1]),
        megabytes: Number(fields[21]) * PAGE_MEGABYTES,
        cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
        running: fields[0] === "R" || fields[0] === "D",
      });
    } catch {
      // It has ended in the meantime.
    }
  }
  return table;
}

function allPids(): number[] {
  return readdirSync("/proc").map(Number).filter(Number.isInteger);
}

function fromPs(): Map<number, Entry> {
  const table = new Map<number, Entry>();
  const text = execFileSync("ps", ["-A", "-o", "pid=,ppid=,rss=,state=,time="], { encoding: "utf8" });
  for (const line of text.split("\n")) {
    const [pid, parent, kilobytes, state, time = ""] = line.trim().split(/\s+/);
    if (!pid) continue;
    const cpuSeconds = time.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0);
    const running = state?.startsWith("R") ?? false;
    table.set(Number(pid), { parent: Number(parent), megabytes: Number(kilobytes) / 1024, cpuSeconds, running });
  }
  return table;
}
