/**
 * @file The second way to native speed: tfjs-node's own binding, compiled here against the TensorFlow libraries that a
 * Python wheel carries. It needs the package registry and a C++ compiler, and nothing from any other host.
 */

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { explain } from "./failure.mjs";
import { generated, logs, packageEnvironment, venvPython } from "./paths.mjs";
import { findProgram } from "./programs.mjs";
import { ask, run, tail } from "./run.mjs";
import { keyOf } from "./steps.mjs";

export const tensorflowVersion = "2.21.0";
/** Which wheel has the libraries; the Python version in it does not matter, since nothing of it runs. */
const wheels = {
  "linux-x64": {
    package: "tensorflow-cpu",
    platform: "manylinux_2_27_x86_64",
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
    tested: true,
  },
  "linux-arm64": {
    package: "tensorflow",
    platform: "manylinux_2_27_aarch64",
    sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
    tested: false,
  },
  "darwin-arm64": {
    package: "tensorflow",
    platform: "macosx_12_0_arm64",
    sha256: "51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88",
    tested: false,
  },
};
const neededBytes = 2e9;
const oldestGlibc = [2, 27];

const target = `${process.platform}-${process.arch}`;
export const wheelFolder = () => join(generated, "native", `tensorflow-${tensorflowVersion}-${target}`);
const wheel = () => (target in wheels ? wheels[/** @type {keyof typeof wheels} */ (target)] : undefined);

/** True when this way has been tried on this kind of machine by the people who wrote it. */
export const wheelTested = () => wheel()?.tested ?? false;

/** The C++ compiler, if there is one that works. (macOS has a `g++` that only says how to install one.) */
export function findCompiler() {
  const named = process.env.CXX ? [process.env.CXX] : [];
  return [...named, "g++", "clang++", "c++"]
    .map((name) => findProgram(name))
    .find((path) => path && ask(path, ["--version"]));
}

/** Why this way is closed here, as far as that can be seen before anything is downloaded. */
function obstacle() {
  if (!wheel()) return `there are no TensorFlow ${tensorflowVersion} libraries for ${target}`;
  if (process.platform === "linux" && !hasGlibc()) return `its libraries need glibc ${oldestGlibc.join(".")} or newer`;
  if (!existsSync(venvPython)) return "it needs Python's pip to download the libraries";
  if (!findCompiler()) {
    const install = process.platform === "darwin" ? "xcode-select --install" : "sudo apt-get install g++";
    return `no C++ compiler was found (${install})`;
  }
  const { bavail, bsize } = statfsSync(generated);
  if (bavail * bsize < neededBytes) return `it needs ${neededBytes / 1e9} GB of free disk`;
  return undefined;
}

function hasGlibc() {
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  const [major = 0, minor = 0] = (report.header.glibcVersionRuntime ?? "").split(".").map(Number);
  return major > (oldestGlibc[0] ?? 0) || (major === oldestGlibc[0] && minor >= (oldestGlibc[1] ?? 0));
}

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
/** What is compiled into the binding beside tfjs-node's own source text. */
const intoBinding = ["calling-thread.cc", "kernels/gelu.cc", "kernels/layer-norm.cc", "kernels/softmax.cc"].map(here);
/** All source text of our own. */
export const ownSources = [...intoBinding, ...["kernels/kernel.h", "kernels/loops.h", "quiet.cc"].map(here)];
const compiledFrom = (/** @type {string} */ folder) => join(folder, "lib", "compiled-from.txt");

/** True when the binding in `folder` was compiled from the source text that is here now. */
export function isCurrent(/** @type {string} */ folder) {
  const file = compiledFrom(folder);
  return existsSync(file) && readFileSync(file, "utf8") === keyOf({ files: ownSources });
}

/** @typedef {(note: string) => void} Progress */

/**
 * Fills `folder` with `deps` and `lib` of the compiled binding. What was downloaded and unpacked stays there when the
 * compiler fails, for the next attempt.
 *
 * @param {string} folder
 * @param {{ tfjsNode: string, progress: Progress }} options
 * @returns {Promise<string | undefined>} why it could not be done; `undefined` when it was
 */
export async function buildFromWheel(folder, { tfjsNode, progress }) {
  const closed = obstacle();
  if (closed) return closed;
  const log = join(logs, "native-wheel.log");
  rmSync(log, { force: true });
  const deps = join(folder, "deps");
  if (!existsSync(deps)) {
    const downloads = join(generated, "native", "downloads");
    const failed = (await download(downloads, log, progress)) ?? (await unpack(downloads, deps, log, progress));
    if (failed) return failed;
    rmSync(downloads, { recursive: true, force: true });
  }
  progress("compiling the binding");
  return compile(folder, tfjsNode, log);
}

/** pip checks the hash, goes on after a broken connection, and keeps to the registry it is set to. */
async function download(/** @type {string} */ to, /** @type {string} */ log, /** @type {Progress} */ progress) {
  const { package: name, platform, sha256 } = /** @type {NonNullable<ReturnType<typeof wheel>>} */ (wheel());
  mkdirSync(to, { recursive: true });
  const pinned = join(to, "requirements.txt");
  writeFileSync(pinned, `${name}==${tensorflowVersion} --hash=sha256:${sha256}\n`);
  const python = ["--python-version", "3.11", "--implementation", "cp", "--platform", platform];
  const what = ["--no-input", "--no-deps", "--only-binary=:all:", ...python, "-r", pinned];
  const how = ["--dest", to, "--progress-bar", "raw", "--resume-retries", "5"];
  progress("asking for the TensorFlow libraries");
  const onLine = (/** @type {string} */ line) => {
    const [, done, all] = /^\s*Progress (\d+) of (\d+)/.exec(line) ?? [];
    if (done && all) progress(`downloading the TensorFlow libraries: ${megabytes(done)} of ${megabytes(all)} MB`);
  };
  const env = packageEnvironment();
  const { code } = await run(venvPython, ["-m", "pip", "download", ...what, ...how], {
    log,
    env,
    append: true,
    onLine,
  });
  return code === 0 ? undefined : reason("the TensorFlow libraries could not be downloaded", log);
}

const megabytes = (/** @type {string} */ bytes) => Math.round(Number(bytes) / 1e6);

function reason(/** @type {string} */ what, /** @type {string} */ log) {
  return `${what}: ${explain(tail(log, 40))?.cause ?? "see .course/logs/native-wheel.log"}`;
}

/** Takes the two libraries and the headers of TensorFlow's C interface out of the wheel. */
const unpackScript = `
import os, shutil, sys, zipfile
source, target = sys.argv[1:]
headers = tuple("tensorflow/include/" + p for p in ("tensorflow/c/", "tensorflow/core/platform/ctstring", "tsl/platform/", "xla/tsl/c/"))
with zipfile.ZipFile(source) as wheel:
    for entry in wheel.infolist():
        name = entry.filename
        if name.startswith("tensorflow/libtensorflow_") and name.count("/") == 1:
            to = os.path.join(target, "lib", os.path.basename(name))
        elif name.startswith(headers) and name.endswith(".h"):
            to = os.path.join(target, *name.split("/")[1:])
        else:
            continue
        os.makedirs(os.path.dirname(to), exist_ok=True)
        with wheel.open(entry) as packed, open(to, "wb") as plain:
            shutil.copyfileobj(packed, plain, 1 << 20)
`;

/** @returns {Promise<string | undefined>} */
async function unpack(
  /** @type {string} */ downloads,
  /** @type {string} */ deps,
  /** @type {string} */ log,
  /** @type {Progress} */ progress,
) {
  progress("unpacking the TensorFlow libraries");
  const file = readdirSync(downloads).find((name) => name.endsWith(".whl")) ?? "";
  const aside = `${deps}.part`;
  rmSync(aside, { recursive: true, force: true });
  const { code } = await run(venvPython, ["-c", unpackScript, join(downloads, file), aside], { log, append: true });
  if (code !== 0) return reason("the TensorFlow libraries could not be unpacked", log);
  renameSync(aside, deps);
  return undefined;
}

/** @returns {Promise<string | undefined>} */
async function compile(/** @type {string} */ folder, /** @type {string} */ tfjsNode, /** @type {string} */ log) {
  const out = join(folder, "lib", "napi-v8");
  mkdirSync(out, { recursive: true });
  const libraries = readdirSync(join(folder, "deps", "lib")).map((name) => join(folder, "deps", "lib", name));
  const { include_dir: nodeHeaders } = createRequire(import.meta.url)("node-api-headers");
  const mac = process.platform === "darwin";
  const compiler = findCompiler() ?? "g++";
  const quiet = mac ? [] : await compileQuiet(compiler, out, libraries, log);
  const args = [
    // Without traps, and with sums in any order where kernels/loops.h says so, loops become vector instructions.
    ...[
      "-O3",
      "-fno-trapping-math",
      ...(mac ? [] : ["-fopenmp-simd"]),
      "-std=c++17",
      "-fPIC",
      "-shared",
      ...(mac ? ["-undefined", "dynamic_lookup"] : []),
    ],
    ...["-DNAPI_VERSION=8", "-DBUILDING_NODE_EXTENSION", "-DTF_LoadSessionFromSavedModel=loadGraph"],
    ...["-I", nodeHeaders, "-I", join(folder, "deps", "include")],
    ...["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(tfjsNode, "binding", name)),
    ...intoBinding,
    ...libraries,
    ...quiet,
    // The libraries are found from the binding's own place, so the folder can be moved and linked to.
    `-Wl,-rpath,${mac ? "@loader_path" : "$ORIGIN"}/../../deps/lib`,
    ...(mac ? [] : ["-Wl,-rpath,$ORIGIN"]),
    ...["-o", join(out, "tfjs_binding.node")],
  ];
  const { code } = await run(compiler, args, { log, append: true });
  if (code !== 0) return reason("the binding could not be compiled", log);
  writeFileSync(compiledFrom(folder), keyOf({ files: ownSources }));
  return undefined;
}

/**
 * Compiles quiet.cc and returns how the binding is linked to it: last, so that it is loaded before the library that greets.
 * Nothing depends on it; where it cannot be compiled, TensorFlow greets.
 */
async function compileQuiet(
  /** @type {string} */ compiler,
  /** @type {string} */ out,
  /** @type {string[]} */ libraries,
  /** @type {string} */ log,
) {
  const framework = libraries.filter((name) => name.includes("framework"));
  const file = join(out, "libcourse_quiet.so");
  const place = ["-Wl,-soname,libcourse_quiet.so", "-Wl,-rpath,$ORIGIN/../../deps/lib"];
  const args = ["-O2", "-fPIC", "-shared", here("quiet.cc"), ...framework, ...place, "-o", file];
  const { code } = await run(compiler, args, { log, append: true });
  return code === 0 ? ["-Wl,--no-as-needed", file] : [];
}
