/** @file `npm start`: a JupyterLab that only this machine reaches, and that leaves nothing running. */

import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Fixture, repository } from "./setup-fixture";

interface Lab {
  starter: ChildProcess;
  printed: () => string;
  port: number;
  /** Asks the server's interface, with the token. */
  ask: (path: string, method?: string) => Promise<Response>;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

async function startLab(): Promise<Lab> {
  const port = await freePort();
  const args = [join(repository, "jupyter", "setup", "start.mjs"), "--no-browser", "--port", String(port)];
  const starter = spawn(process.execPath, args, { cwd: repository });
  let printed = "";
  for (const stream of [starter.stdout, starter.stderr]) stream.on("data", (text) => (printed += text));
  const until = Date.now() + 120_000;
  while (!/token=/.test(printed) && starter.exitCode === null && Date.now() < until) await sleep(100);
  const token = /token=(\w+)/.exec(printed)?.[1];
  assert.ok(token, `it printed no address:\n${printed}`);
  const ask = (path: string, method = "GET"): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/${path}`, { method, headers: { authorization: `token ${token}` } });
  return { starter, printed: () => printed, port, ask };
}

/** The processes whose command line contains a word. */
function processes(word: string): string[] {
  const all = execFileSync("ps", ["-A", "-o", "pid=,args="], { encoding: "utf8" }).split("\n");
  return all.filter((line) => line.includes(word) && !line.includes("ps -A"));
}

async function untilNone(word: string): Promise<string[]> {
  for (let tries = 0; tries < 150 && processes(word).length > 0; tries++) await sleep(100);
  return processes(word);
}

/** True when something listens at the address. */
function listens(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host, port, timeout: 2000 });
    const end = (answer: boolean): void => {
      socket.destroy();
      done(answer);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}

test("npm start: the server asks for the token, is reached from this machine only, offers the course's kernel, and Ctrl-C leaves nothing running", async () => {
  const lab = await startLab();
  try {
    assert.equal((await lab.ask("api/status")).status, 200);
    assert.equal((await fetch(`http://127.0.0.1:${lab.port}/api/contents`)).status, 403);
    // A server bound to every address of the machine would answer here too.
    assert.equal(await listens("127.0.0.2", lab.port), false);
    const { kernelspecs } = (await (await lab.ask("api/kernelspecs")).json()) as { kernelspecs: object };
    assert.deepEqual(Object.keys(kernelspecs), ["course-typescript"]);

    const { id } = (await (await lab.ask("api/kernels", "POST")).json()) as { id: string };
    assert.equal(processes(`kernel-${id}.json`).length, 1);
    lab.starter.kill("SIGINT");
    const [code] = await once(lab.starter, "exit");
    assert.equal(code, 0);
    assert.deepEqual(await untilNone(`kernel-${id}.json`), []);
    assert.equal(await listens("127.0.0.1", lab.port), false);
  } finally {
    lab.starter.kill("SIGKILL");
  }
});

test("the server ends by itself when what started it is killed", async () => {
  const lab = await startLab();
  lab.starter.kill("SIGKILL");
  for (let tries = 0; tries < 150 && (await listens("127.0.0.1", lab.port)); tries++) await sleep(100);
  assert.equal(await listens("127.0.0.1", lab.port), false);
});

const choose = (asked: string): string => `
  import { choosePort } from "./server.mjs";
  import { printFailure } from "./steps.mjs";
  await choosePort(${asked}).then(console.log, printFailure);
`;

test("a port that was asked for and is in use is refused in one sentence", async () => {
  const busy = createServer().listen(0, "127.0.0.1");
  await once(busy, "listening");
  const { port } = busy.address() as AddressInfo;
  const { printed } = new Fixture().run(choose(String(port)));
  busy.close();
  assert.match(printed, new RegExp(`^Port ${port} is in use by another program\\.\nName another one`, "m"));
});

test("without a wish the first free port from 8888 on is taken", async () => {
  const busy = createServer().listen(8888, "127.0.0.1");
  await Promise.race([once(busy, "listening"), once(busy, "error")]); // either way the port is in use now
  const port = Number(new Fixture().run(choose("undefined")).printed);
  busy.close();
  assert.ok(port > 8888 && port < 8988, `it took ${port}`);
});
