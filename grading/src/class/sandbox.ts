/**
 * @file How a process is shut in. From the strongest to the weakest: bubblewrap (namespaces: no network, no files but those
 * named here, a user who owns nothing), docker or podman (the same in a container), and a plain child under Node's
 * permission flags, which Node's own manual does not promise to hold against malice: for one's own work only.
 *
 * Inside, the course stands at `/course`, read-only, and only the parts that are needed: no case tables, no solutions, no
 * submissions, no shell. `/tmp` holds 16 MB and is new for every process.
 */

import { spawnSync } from "node:child_process";
import { existsSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { CourseError } from "@course/lib/errors";
import { repositoryRoot } from "@course/lib/home";
import type { Rung } from "./types";

/** A process to shut in. */
export interface Confinement {
  /** The program in `grading/dist/src/class/inside/`. */
  program: "runner" | "compiler";
  /** What of the course it may read, relative to the repository. */
  reads: readonly string[];
  /** Modules of the course's library that are not there: `baselines`. */
  refused?: readonly string[];
  memoryMegabytes: number;
  /** Tells processes apart that run at the same time. */
  slot: number;
}

/** How to start it. */
export interface Launch {
  file: string;
  args: string[];
  env: Record<string, string>;
  /** Where the course stands for the program inside. */
  root: string;
  /** True when requests go to the standard input instead of descriptor 3. */
  relayed: boolean;
}

/** More processes and threads than this are not needed: Node has about ten, TensorFlow as many again for each core. */
export const MOST_PROCESSES = 64;
const INSIDE = "/course";
const DIST = "grading/dist/src";
const IMAGE = "docker.io/library/node:20-bookworm-slim";
const MEGABYTE = 2 ** 20;

/** What the programs inside are made of. */
const PARTS: Record<Confinement["program"], readonly string[]> = {
  runner: [
    "plain.js",
    "compare.js",
    "opened.js",
    "class/wire.js",
    "class/inside/runner.js",
    "class/inside/stand-in.js",
    "class/inside/refused.js",
    "class/inside/relay.js",
  ],
  compiler: [
    "class/wire.js",
    "class/inside/compiler.js",
    "class/inside/slice.js",
    "class/inside/plain-code.js",
    "class/inside/relay.js",
  ],
};

/** What the compiler has to read: itself, Node's types, and the declarations of the course. */
export const COMPILER_READS: readonly string[] = [
  "node_modules",
  "lib/package.json",
  "lib/dist",
  "datasets/package.json",
  "datasets/dist",
];
/** What code may read that imports the course's library. */
export const LIBRARY_READS: readonly string[] = ["node_modules", "lib/package.json", "lib/dist", "datasets"];

/** The command that starts the process on a rung. */
export function launch(rung: Rung, confinement: Confinement): Launch {
  if (rung === "bubblewrap") return bubblewrap(confinement);
  if (rung === "plain") return plain(confinement);
  return container(rung, confinement);
}

/** Every file and folder that the process reads, as it is called outside and inside. */
function mounts({ program, reads, refused = [] }: Confinement): [from: string, to: string][] {
  const parts = PARTS[program].map((part) => path.posix.join(DIST, part));
  const stub = path.join(repositoryRoot(), DIST, "class/inside/refused.js");
  return [
    ...[...parts, ...reads].map((part): [string, string] => [path.join(repositoryRoot(), part), `${INSIDE}/${part}`]),
    ...refused.map((name): [string, string] => [stub, `${INSIDE}/lib/dist/${name}.js`]),
  ];
}

function nodeFlags({ memoryMegabytes, reads }: Confinement): string[] {
  // (A package with compiled parts, such as TensorFlow, is loaded only where the library is there.)
  const addons = reads.length > 0 ? [] : ["--no-addons"];
  return [`--max-old-space-size=${Math.round(memoryMegabytes * 0.75)}`, "--no-deprecation", ...addons];
}

function programArgs({ program, refused = [] }: Confinement, root: string): string[] {
  return [path.posix.join(root, DIST, "class/inside", `${program}.js`), root, refused.join(",")];
}

function bubblewrap(confinement: Confinement, command = programCommand(confinement)): Launch {
  const root = process.getuid?.() === 0;
  const tool = root ? "setpriv" : "prlimit";
  const limits = [
    "--core=0",
    `--fsize=${16 * MEGABYTE}`,
    "--nofile=256",
    "--cpu=600",
    `--data=${dataLimit(confinement)}`,
  ];
  const args = [
    ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"],
    ["--die-with-parent", "--new-session", "--clearenv", "--hostname", "course"],
    ["/usr", "/etc", "/bin", "/dev", ...foldersAbove(mounts(confinement))].flatMap((dir) => [
      "--perms",
      "0755",
      "--dir",
      dir,
    ]),
    systemLibraries(),
    [
      "--ro-bind",
      realpathSync(process.execPath),
      "/bin/node",
      "--ro-bind",
      which(tool),
      `/bin/${tool}`,
      "--proc",
      "/proc",
    ],
    ["/dev/null", "/dev/urandom"].flatMap((device) => ["--dev-bind", device, device]),
    mounts(confinement).flatMap(([from, to]) => ["--ro-bind", from, to]),
    ["--perms", "1777", "--size", String(16 * MEGABYTE), "--tmpfs", "/tmp", "--remount-ro", "/"],
    ["--chdir", "/tmp", "--setenv", "HOME", "/tmp", "--setenv", "UV_THREADPOOL_SIZE", "2"],
    ["--setenv", "TF_CPP_MIN_LOG_LEVEL", "3"],
    root ? asNobody(confinement.slot) : ["--unshare-user", "/bin/prlimit", `--nproc=${MOST_PROCESSES}`],
    command,
  ].flat();
  if (root) limits.push(`--nproc=${MOST_PROCESSES}`);
  return { file: "prlimit", args: [...limits, "bwrap", ...args], env: environment(), root: INSIDE, relayed: false };
}

function programCommand(confinement: Confinement): string[] {
  return ["/bin/node", ...nodeFlags(confinement), ...programArgs(confinement, INSIDE)];
}

/**
 * Written memory has a hard limit besides the watchdog's, which looks only ten times a second. (A limit on addresses would
 * be simpler, but WebAssembly reserves some 10 GB of addresses for each memory.)
 */
function dataLimit({ memoryMegabytes }: Confinement): number {
  return (2 * memoryMegabytes + 1024) * MEGABYTE;
}

/** Started by root, the process becomes a user whom nobody else is, so that the limit of processes counts its own alone. */
function asNobody(slot: number): string[] {
  const user = String(1_600_000_000 + (process.pid % 100_000) * 100 + (slot % 100));
  const caps = ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"].flatMap((cap) => ["--cap-add", cap]);
  const nothing = ["--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"];
  return [...caps, "/bin/setpriv", "--reuid", user, "--regid", user, ...nothing];
}

/** The shared libraries of the system, where they are: a folder, or on many systems a link. */
function systemLibraries(): string[] {
  const folders = ["/usr/lib", "/usr/lib64", "/usr/lib32"].filter(existsSync).flatMap((dir) => ["--ro-bind", dir, dir]);
  const links = ["/lib", "/lib64", "/lib32"].filter(existsSync).flatMap((dir) => {
    const real = realpathSync(dir);
    return real === dir ? ["--ro-bind", dir, dir] : ["--symlink", real.slice(1), dir];
  });
  return [...folders, ...links, "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"];
}

/** bubblewrap makes missing folders for its own user only; these are made readable before. */
function foldersAbove(all: readonly (readonly [string, string])[]): string[] {
  const folders = new Set<string>();
  for (const [, to] of all) {
    for (let dir = path.posix.dirname(to); dir !== "/"; dir = path.posix.dirname(dir)) folders.add(dir);
  }
  const inside = (dir: string): boolean => all.some(([, to]) => dir === to || dir.startsWith(`${to}/`));
  return [...folders].filter((dir) => !inside(dir)).sort();
}

function container(rung: "docker" | "podman", confinement: Confinement): Launch {
  const args = [
    ["run", "--rm", "--interactive", "--pull", "never", "--network", "none", "--read-only", "--cap-drop", "ALL"],
    ["--security-opt", "no-new-privileges", "--user", "65534:65534", "--pids-limit", String(MOST_PROCESSES)],
    ["--memory", `${confinement.memoryMegabytes}m`, "--memory-swap", `${confinement.memoryMegabytes}m`, "--cpus", "1"],
    ["--tmpfs", `/tmp:size=${16 * MEGABYTE},mode=1777`, "--workdir", "/tmp", "--env", "HOME=/tmp"],
    ["--env", "UV_THREADPOOL_SIZE=2", "--env", "TF_CPP_MIN_LOG_LEVEL=3"],
    mounts(confinement).flatMap(([from, to]) => ["--mount", `type=bind,source=${from},target=${to},readonly`]),
    [IMAGE, "node", ...nodeFlags(confinement), `${INSIDE}/${DIST}/class/inside/relay.js`],
    programArgs(confinement, INSIDE),
  ].flat();
  return { file: rung, args, env: environment(), root: INSIDE, relayed: true };
}

function plain(confinement: Confinement): Launch {
  const root = repositoryRoot();
  const isNew = Number(process.versions.node.split(".")[0]) >= 23;
  const flags = [
    isNew ? "--permission" : "--experimental-permission",
    // (A path that is named twice ends this version of Node.)
    ...new Set(mounts(confinement).map(([from]) => `--allow-fs-read=${isFolder(from) ? path.join(from, "*") : from}`)),
    ...(confinement.reads.length > 0 && confinement.program === "runner"
      ? [`--allow-fs-read=${root}/*`, "--allow-addons"]
      : []),
  ];
  const env = {
    ...environment(),
    HOME: "/nonexistent",
    UV_THREADPOOL_SIZE: "2",
    TF_CPP_MIN_LOG_LEVEL: "3",
    NODE_NO_WARNINGS: "1",
  };
  const args = [...flags, ...nodeFlags(confinement), ...programArgs(confinement, root)];
  return { file: process.execPath, args, env, root, relayed: false };
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** What a sandbox learns of this process's environment: where programs are, to start itself. */
function environment(): Record<string, string> {
  return { PATH: process.env.PATH ?? "" };
}

function which(program: string): string {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/bin", "/bin", "/usr/sbin", "/sbin"];
  const found = folders.map((folder) => path.join(folder || ".", program)).find(existsSync);
  if (!found) throw new CourseError({ what: program, expected: "the program to be installed", received: "none" });
  return realpathSync(found);
}

/** Whether a rung works here: nothing, or a sentence that says what is missing. */
export function missing(rung: Rung): string | undefined {
  if (rung === "plain") return undefined;
  const reason = rung === "bubblewrap" ? probe() : probeContainer(rung);
  return reason === undefined ? undefined : `${rung} does not work here: ${reason}`;
}

/** Starts a program in the sandbox that only looks around. */
function probe(): string | undefined {
  try {
    const nothing: Confinement = { program: "runner", reads: [], memoryMegabytes: 256, slot: 99 };
    const { file, args, env } = bubblewrap(nothing, ["/bin/node", "-p", "fs.readdirSync('/').join()"]);
    const { stdout, stderr, error } = spawnSync(file, args, { env, encoding: "utf8", timeout: 20_000 });
    if (stdout?.includes("course") && !stdout.includes("home")) return undefined;
    return error?.message || stderr.trim().split("\n")[0] || "it did not start";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function probeContainer(rung: "docker" | "podman"): string | undefined {
  const { status, stderr, error } = spawnSync(rung, ["image", "inspect", IMAGE], { encoding: "utf8", timeout: 20_000 });
  if (status === 0) return undefined;
  return `${(error?.message ?? stderr.trim().split("\n")[0]) || "no answer"} (\`${rung} pull ${IMAGE}\` once)`;
}

/** The strongest rung that works here, and why the stronger ones do not. */
export function strongestRung(): { rung: Rung; without: string[] } {
  const without: string[] = [];
  for (const rung of ["bubblewrap", "docker", "podman"] as const) {
    const reason = missing(rung);
    if (reason === undefined) return { rung, without };
    without.push(reason);
  }
  return { rung: "plain", without };
}
