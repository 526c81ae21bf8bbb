/** @file What the set-up says when something it needs is missing: one sentence that names it, and what to do. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { Fixture, repository } from "./setup-fixture";

const python = (about: object): string =>
  JSON.stringify({ version: [3, 12, 1], venv: true, virtualenv: false, path: "/opt/python", ...about });

const choose = `
  import { choosePython } from "./python.mjs";
  try { console.log(choosePython().version.join(".")); } catch (error) { console.log(error.message + "\\n" + error.remedy); }
`;
/** A registry at an address of this machine where nothing listens. */
const noRegistry = "http://127.0.0.1:9";

test("without Python: a sentence says so and how to install it", () => {
  const fixture = new Fixture();
  const { printed } = fixture.run(choose, { PATH: fixture.path("nothing") });
  assert.match(printed, /no Python was found\.\nInstall Python 3\.12/);
});

test("with a Python that is too old: a sentence names it and its version", () => {
  const fixture = new Fixture();
  const PATH = `${fixture.program("python3", python({ version: [3, 8, 1] }))}:/bin:/usr/bin`;
  const noOther = ["python", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14"];
  for (const name of noOther) fixture.program(name, "", 1);
  assert.match(fixture.run(choose, { PATH }).printed, /\/opt\/python is 3\.8\.1\.\nInstall Python/);
});

test("with a Python without venv: a sentence names the package that brings it", () => {
  const fixture = new Fixture();
  const PATH = `${fixture.program("python3", python({ venv: false }))}:/bin:/usr/bin`;
  for (const name of ["python", "python3.10", "python3.11", "python3.13", "python3.14"]) fixture.program(name, "", 1);
  fixture.program("python3.12", python({ venv: false }));
  assert.match(fixture.run(choose, { PATH }).printed, /lacks its venv module\.\nInstall it .*python3\.12-venv/);
});

test("a Python without venv is passed over for one that has it", () => {
  const fixture = new Fixture();
  fixture.program("python", python({ version: [3, 11, 4] }));
  const PATH = `${fixture.program("python3", python({ venv: false }))}:/bin:/usr/bin`;
  assert.equal(fixture.run(choose, { PATH }).printed, "3.11.4\n");
});

test("without a way to the Python registry: one sentence, the remedy, the end of the log", () => {
  const fixture = new Fixture();
  fixture.write("requirements.txt", "jupyterlab==4.6.6\n");
  const { printed } = fixture.run(
    `
    import { pythonPackages } from "./python.mjs";
    import { Steps, printFailure } from "./steps.mjs";
    await new Steps().run(pythonPackages({ name: "JupyterLab", requirements: "requirements.txt" })).catch(printFailure);
    `,
    {
      PIP_INDEX_URL: noRegistry,
      PIP_CONFIG_FILE: "/dev/null",
      PIP_RETRIES: "0",
      PIP_FIND_LINKS: "",
      PIP_EXTRA_INDEX_URL: "",
    },
  );
  assert.match(
    printed,
    /^The Python packages of requirements\.txt could not be installed: the package registry cannot be reached\.$/m,
  );
  assert.match(printed, /^Check the network .* then run the same command again/m);
  assert.match(printed, /The end of \.course\/logs\/requirements\.log:/);
});

test("without a way to the npm registry: one sentence and the remedy", () => {
  const fixture = new Fixture();
  const dependencies = { "left-out": "1.0.0" };
  fixture.write("package.json", JSON.stringify({ name: "fixture", version: "1.0.0", dependencies }));
  const packages = {
    "": { name: "fixture", version: "1.0.0", dependencies },
    "node_modules/left-out": { version: "1.0.0" },
  };
  fixture.write("package-lock.json", JSON.stringify({ name: "fixture", lockfileVersion: 3, requires: true, packages }));
  const { printed } = fixture.run(
    `
    import { npmPackages } from "./packages.mjs";
    import { Steps, printFailure } from "./steps.mjs";
    await new Steps().run(npmPackages).catch(printFailure);
    `,
    { npm_config_registry: noRegistry, npm_config_fetch_retries: "0", npm_config_cache: fixture.path("cache") },
  );
  assert.match(printed, /^The npm packages could not be installed: the package registry cannot be reached\.$/m);
});

test("where the home folder cannot be written, the caches move into the repository", () => {
  const fixture = new Fixture();
  const { printed } = fixture.run(
    `
    import { packageEnvironment } from "./paths.mjs";
    const env = packageEnvironment({ HOME: "/dev/null/home" });
    console.log(env.npm_config_cache + "\\n" + env.PIP_CACHE_DIR);
    `,
  );
  assert.deepEqual(printed.trim().split("\n"), [
    fixture.path(".course", "cache", "npm"),
    fixture.path(".course", "cache", "pip"),
  ]);
});

test("Jupyter writes nothing into the home folder: every folder of its environment is in the repository", () => {
  const fixture = new Fixture();
  const { printed } = fixture.run(`
    import { courseEnvironment } from "./paths.mjs";
    console.log(JSON.stringify(courseEnvironment({})));
  `);
  const folders = Object.entries<string>(JSON.parse(printed)).filter(([name]) => /_DIR$|^IPYTHONDIR$/.test(name));
  assert.ok(folders.length >= 6);
  for (const [name, folder] of folders) assert.ok(folder.startsWith(fixture.path(".course")), `${name} is ${folder}`);
});

const official = `
  import { installOfficial } from "./native-official.mjs";
  import { existsSync, mkdirSync } from "node:fs";
  mkdirSync(".course/native/official", { recursive: true });
  const tfjsNode = process.cwd() + "/node_modules/@tensorflow/tfjs-node";
  console.log(await installOfficial(process.cwd() + "/.course/native/official", { tfjsNode, progress: () => {} }));
  console.log("something is left: " + existsSync(".course/native/official"));
`;

test("a refused download of the official binary is given up and leaves nothing behind", () => {
  const fixture = new Fixture();
  fixture.lendPackages();
  const { printed } = fixture.run(official, { TFJS_NODE_BASE_URI: `${noRegistry}/libtensorflow-` });
  assert.equal(printed, "its download host cannot be reached\nsomething is left: false\n");
});

test("a download host that never answers is given up", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await new Promise((listening) => silent.once("listening", listening));
  const { port } = silent.address() as AddressInfo;
  const fixture = new Fixture();
  fixture.lendPackages();
  // The connection is accepted by the system although this process is busy waiting for the answer.
  const { printed } = fixture.run(official, { TFJS_NODE_BASE_URI: `http://127.0.0.1:${port}/libtensorflow-` });
  silent.close();
  assert.equal(printed, "its download host does not answer\nsomething is left: false\n");
});

test("without a C++ compiler the native binding is not tried, and the sentence says how to get one", () => {
  const fixture = new Fixture();
  fixture.write(".venv/bin/python", "");
  const { printed } = fixture.run(
    `
    import { buildFromWheel } from "./native-wheel.mjs";
    console.log(await buildFromWheel("nowhere", { tfjsNode: "", progress: () => {} }));
    `,
    { PATH: fixture.path("nothing"), CXX: "" },
  );
  assert.match(printed, /^no C\+\+ compiler was found \(.*\)$/m);
});

for (const backend of ["wasm", "cpu"]) {
  test(`without a native backend the arithmetic runs on ${backend}`, () => {
    const fixture = new Fixture();
    const { printed } = fixture.run(`await import(${JSON.stringify(join(repository, "jupyter/setup/measure.mjs"))});`, {
      COURSE_BACKEND: backend,
    });
    assert.equal(JSON.parse(printed.split("\n").find((line) => line.startsWith("{")) ?? "").name, backend);
  });
}

test("a Node.js that is too old is told so in one sentence", () => {
  const fixture = new Fixture();
  const { code, printed } = fixture.run(`
    import { createRequire } from "node:module";
    Object.defineProperty(process, "versions", { value: { node: "18.20.8" } });
    createRequire(import.meta.url)(process.cwd() + "/jupyter/setup/node-version.cjs");
  `);
  assert.equal(code, 1);
  assert.match(printed, /^This course needs Node\.js 20\.19 or newer; this is 18\.20\.8\. Install .*\.\n$/);
});

test("the course command without its packages says what to run", () => {
  const fixture = new Fixture();
  const { printed } = fixture.run(`
    import { cpSync } from "node:fs";
    cpSync(${JSON.stringify(join(repository, "bin", "course.mjs"))}, "bin/course.mjs");
    process.argv[2] = "run";
    await import(process.cwd() + "/bin/course.mjs");
  `);
  assert.match(printed, /^The course is not set up yet\. Run `npm start` once/);
});
