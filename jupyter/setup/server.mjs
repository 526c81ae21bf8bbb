/**
 * @file JupyterLab for one learner: on this machine's own address only, with a fresh token each time, and everything it
 * writes inside the repository. Used by `npm start`.
 */

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError } from "./failure.mjs";
import { installedKernels } from "./kernel.mjs";
import { courseEnvironment, generated, logs, root, venvPython } from "./paths.mjs";
import { writeWhole } from "./steps.mjs";

const address = "127.0.0.1";
const firstPort = 8888;
const readyMs = 60_000;
const graceMs = 8_000;

/** True when nothing listens on the port. @returns {Promise<boolean>} */
function isFree(/** @type {number} */ port) {
  return new Promise((done) => {
    const probe = createServer();
    probe.once("error", () => done(false));
    probe.listen(port, address, () => probe.close(() => done(true)));
  });
}

/**
 * The port that was asked for, which has to be free, or the first free one from 8888 on.
 *
 * @param {number} [asked]
 * @returns {Promise<number>}
 */
export async function choosePort(asked) {
  if (asked !== undefined) {
    if (await isFree(asked)) return asked;
    throw new SetupError(`Port ${asked} is in use by another program.`, {
      remedy: "Name another one (`npm start -- --port 8899`), or leave --port out to take the next free one.",
    });
  }
  for (let port = firstPort; port < firstPort + 100; port++) if (await isFree(port)) return port;
  throw new SetupError(`No port from ${firstPort} to ${firstPort + 99} is free.`, {
    remedy: "Name a free one: `npm start -- --port 9999`.",
  });
}

/** JupyterLab's configuration; the learner's own is not read. The same for every server of this repository. */
function configuration() {
  const kernels = installedKernels().filter((name) => name !== "python3");
  return {
    ServerApp: {
      ip: address,
      port_retries: 0,
      open_browser: false,
      root_dir: root,
      allow_root: true,
      answer_yes: true,
      jpserver_extensions: { jupyter_lsp: false },
    },
    LabApp: { check_for_updates_class: "jupyterlab.NeverCheckForUpdate", extension_manager: "readonly" },
    KernelSpecManager: { allowed_kernelspecs: kernels, ensure_native_kernel: false },
    MultiKernelManager: { default_kernel_name: kernels[0] },
    FileContentsManager: { delete_to_trash: false },
  };
}

/**
 * @typedef {object} Server
 * @property {string} url the address of the notebook, with the token
 * @property {() => Promise<void>} stop ends the server and its kernels
 * @property {Promise<void>} ended settles when the server has ended
 */

/**
 * Starts JupyterLab and waits until it answers.
 *
 * @param {{ port: number, notebook: string }} options
 * @returns {Promise<Server>}
 */
export async function startServer({ port, notebook }) {
  const env = courseEnvironment();
  const token = randomBytes(24).toString("hex");
  const config = join(generated, "jupyter", "config");
  writeWhole(join(config, "jupyter_server_config.json"), `${JSON.stringify(configuration(), undefined, 2)}\n`);
  mkdirSync(logs, { recursive: true });
  const log = join(logs, "jupyterlab.log");
  const output = openSync(log, "w");
  const server = spawn(venvPython, [join(root, "jupyter", "setup", "server.py"), `--ServerApp.port=${port}`], {
    cwd: root,
    env: { ...env, JUPYTER_TOKEN: token },
    stdio: ["pipe", output, output],
    // A terminal's Ctrl-C reaches only this process, which then ends the server in order.
    detached: process.platform !== "win32",
  });
  closeSync(output);
  /** @type {Promise<void>} */
  const ended = new Promise((done) => {
    server.once("error", () => done());
    server.once("exit", () => done());
  });
  const stop = async () => {
    server.kill("SIGTERM");
    const late = await Promise.race([ended, sleep(graceMs, "late", { ref: false })]);
    if (late) server.kill("SIGKILL");
    await ended;
  };
  const hasEnded = () => server.exitCode !== null || server.signalCode !== null || server.pid === undefined;
  const base = `http://${address}:${port}`;
  const end = Date.now() + readyMs;
  while (!hasEnded() && Date.now() < end) {
    if (await answers(`${base}/api/status?token=${token}`)) {
      return { url: `${base}/lab/tree/${notebook}?token=${token}`, stop, ended };
    }
    await sleep(100);
  }
  const ending = hasEnded() ? "ended at once" : `did not answer within ${readyMs / 1000} seconds`;
  await stop();
  throw new SetupError(`JupyterLab ${ending}.`, {
    remedy: "Read the end of its log below. If its packages are damaged, delete the folder .venv and start again.",
    log,
  });
}

async function answers(/** @type {string} */ url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
