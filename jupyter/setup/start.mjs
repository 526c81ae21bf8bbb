/**
 * @file `npm start`: sets up what is missing, then runs JupyterLab on the first notebook until Ctrl-C.
 */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { smollm2File } from "./data.mjs";
import { SetupError } from "./failure.mjs";
import { root } from "./paths.mjs";
import { choosePort, startServer } from "./server.mjs";
import { setUp } from "./setup.mjs";
import { printFailure } from "./steps.mjs";

const usage = `npm start -- [--no-browser] [--port N] [--retry-native] [NOTEBOOK]

  --no-browser   print the address of JupyterLab and open no browser
  --port N       use this port (otherwise the first free one from 8888 on)
  --retry-native try again to get the native backend of TensorFlow.js
  NOTEBOOK       the notebook to open, e.g. notebooks/03-gradient-descent.ipynb (otherwise the first one)`;
const firstNotebook = "notebooks/01-pretraining.ipynb";

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      options: {
        "no-browser": { type: "boolean", default: false },
        port: { type: "string" },
        "retry-native": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
      allowPositionals: true,
    });
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
      throw new Error(`--port: expected a whole number from 1 to 65535, received ${values.port}.`);
    }
    const notebook = positionals[0] ?? firstNotebook;
    if (positionals[0] && !existsSync(join(root, notebook))) throw new Error(`There is no file ${notebook}.`);
    return {
      browser: !values["no-browser"],
      port,
      notebook,
      retryNative: values["retry-native"],
      help: values.help,
    };
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error), { remedy: usage });
  }
}

/** Opens the address in the learner's browser; where there is none, the printed address has to do. */
function openBrowser(/** @type {string} */ url) {
  const opener = { darwin: "open", win32: "explorer" }[/** @type {string} */ (process.platform)] ?? "xdg-open";
  const child = spawn(opener, [url], { stdio: "ignore", detached: true });
  child.once("error", () => {});
  child.unref();
}

async function main() {
  const { browser, port: asked, notebook, retryNative, help } = readArguments();
  if (help) {
    console.log(usage);
    return;
  }
  const start = Date.now();
  if (asked !== undefined) await choosePort(asked);
  await setUp({ retryNative });
  const port = await choosePort(asked);
  if (port !== 8888 && asked === undefined) console.log(`Port 8888 is in use; taking ${port}.`);
  const server = await startServer({ port, notebook: existsSync(join(root, notebook)) ? notebook : "" });
  let stopping = false;
  const stop = async () => {
    stopping = true;
    console.log("\nStopping JupyterLab and its kernels.");
    await server.stop();
    process.exit(0);
  };
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.once(signal, stop);
  console.log(`\nReady after ${((Date.now() - start) / 1000).toFixed(1)} s. JupyterLab runs at\n\n  ${server.url}\n`);
  if (!existsSync(smollm2File)) {
    console.log("A real chat model can stand beside yours in some notebooks: `npx course fetch smollm2` (93 MB).");
  }
  console.log("Ctrl-C stops it and its kernels.");
  if (browser) openBrowser(server.url);
  await server.ended;
  if (stopping) return;
  console.log("JupyterLab has ended by itself; its log is .course/logs/jupyterlab.log.");
  process.exitCode = 1;
}

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(130);
  });
}

try {
  await main();
} catch (error) {
  printFailure(error);
  process.exitCode = 1;
}
