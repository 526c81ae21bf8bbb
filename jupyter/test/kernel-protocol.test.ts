/** @file The kernel answers as Jupyter expects: which cells run after an error, help while typing, its own end. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { Dealer, Router } from "zeromq";
import type { Executor } from "../src/kernel/executor";
import { CourseServer } from "../src/kernel/server";
import { KernelClient } from "./client";

let kernel: KernelClient;
before(async () => {
  kernel = await KernelClient.start();
});
after(() => kernel.stop());

/** Sends all cells at once and returns the status of each. */
async function statuses(cells: string[], options: { stopOnError: boolean }): Promise<string[]> {
  const ids: string[] = [];
  for (const cell of cells) ids.push(await kernel.send(cell, options));
  const runs = [];
  for (const id of ids) runs.push(await kernel.finish(id));
  return runs.map(({ reply }) => reply.status);
}

test("a request that comes while the kernel still opens its other sockets is read and answered", async () => {
  const server = new CourseServer({ close() {} } as Executor, "");
  server.connInfo = { transport: "tcp", ip: "127.0.0.1", key: "", signature_scheme: "hmac-sha256" };
  const [shell, frontEnd] = [new Router(), new Dealer()];
  const bound = server.bindSocket(shell, "*" as never); // any free port
  const request = shell.receive(); // stock tslab: "Socket is blocked by a bind or unbind operation"
  frontEnd.connect(shell.lastEndpoint!);
  await frontEnd.send("a request");
  const [sender, text] = await request;
  await shell.send([sender!, `an answer to ${text}`]);
  assert.equal(String(await frontEnd.receive()), "an answer to a request");
  await bound;
  shell.close();
  frontEnd.close();
});

test("after an error the cells that were waiting are aborted", async () => {
  const status = await statuses(["1", 'throw new Error("x")', "2", "3"], { stopOnError: true });
  assert.deepEqual(status, ["ok", "error", "aborted", "aborted"]);
});

test("without stop_on_error every cell runs", async () => {
  const status = await statuses(["1", 'throw new Error("x")', "2", "bad(", "3"], { stopOnError: false });
  assert.deepEqual(status, ["ok", "error", "ok", "error", "ok"]);
});

test("a cell sent after the answer to a failed one runs", async () => {
  await kernel.run('throw new Error("x")');
  assert.equal((await kernel.run("4")).result, "4");
});

test("each cell is announced with its text and number before its outputs, between busy and idle", async () => {
  const id = await kernel.send('console.log("out"); 5');
  await kernel.finish(id);
  const types: string[] = [];
  await kernel.waitFor((messages) => {
    types.push(...messages.filter(({ parent }) => parent === id).map(({ type }) => type));
    return true;
  });
  const published = types.filter((type) => type !== "execute_reply");
  assert.deepEqual(published, ["status", "execute_input", "stream", "execute_result", "status"]);
});

test("a silent cell runs, shows nothing and is not counted", async () => {
  const { reply } = await kernel.run("1");
  const silent = await kernel.run("const quietly = 1; console.log(quietly); quietly", { silent: true });
  assert.deepEqual(silent.outputs, []);
  assert.equal(silent.reply.execution_count, reply.execution_count);
  assert.equal((await kernel.run("quietly")).reply.execution_count, reply.execution_count + 1);
});

test("completion offers the members of a variable of an earlier cell, with their kinds", async () => {
  await kernel.run("const settings = { learningRate: 0.1, steps: 3 };");
  const answer = await kernel.ask("complete_request", { code: "settings.lea", cursor_pos: 12 });
  assert.deepEqual(answer.matches, ["learningRate"]);
  assert.deepEqual([answer.cursor_start, answer.cursor_end], [9, 12]);
  assert.equal(answer.metadata._jupyter_types_experimental[0].type, "property");
});

test("completion counts characters as Jupyter does, also after an emoji", async () => {
  const answer = await kernel.ask("complete_request", { code: '"🙂"; settings.lea', cursor_pos: 17 });
  assert.deepEqual([answer.matches, answer.cursor_start, answer.cursor_end], [["learningRate"], 14, 17]);
});

test("inspection shows the type and the documentation of a name", async () => {
  await kernel.run("/** Halves a number. */\nfunction halve(n: number) { return n / 2 }");
  const answer = await kernel.ask("inspect_request", { code: "halve(3)", cursor_pos: 3, detail_level: 0 });
  assert.ok(answer.found);
  assert.match(answer.data["text/plain"], /function halve\(n: number\): number/);
});

test("a console learns whether a cell is complete and how to indent", async () => {
  assert.deepEqual(await kernel.ask("is_complete_request", { code: "const a = 1" }), { status: "complete" });
  const open = await kernel.ask("is_complete_request", { code: "function f() {" });
  assert.deepEqual(open, { status: "incomplete", indent: "  " });
});

test("the history gives the last cells, a range, and those that match a pattern", async () => {
  const own = await KernelClient.start();
  try {
    for (const code of ["const a = 1", "a + 1", "const b = 2"]) await own.run(code);
    const ask = async (request: object): Promise<string[]> => {
      const answer = await own.ask("history_request", { output: false, raw: true, ...request });
      return answer.history.map((entry: [number, number, string]) => entry[2]);
    };
    assert.deepEqual(await ask({ hist_access_type: "tail", n: 2 }), ["a + 1", "const b = 2"]);
    assert.deepEqual(await ask({ hist_access_type: "range", session: 0, start: 1, stop: 3 }), ["const a = 1", "a + 1"]);
    assert.deepEqual(await ask({ hist_access_type: "search", pattern: "const*", n: 5 }), [
      "const a = 1",
      "const b = 2",
    ]);
  } finally {
    await own.stop();
  }
});

test("a question is answered while a cell waits", async () => {
  const id = await kernel.send("await new Promise((r) => setTimeout(r, 1500)); 6");
  const answer = await kernel.ask("complete_request", { code: "settings.ste", cursor_pos: 12 });
  assert.deepEqual(answer.matches, ["steps"]);
  assert.equal(kernel.collect(id).reply, undefined, "the cell is still running");
  assert.equal((await kernel.finish(id)).result, "6");
});

test("a message with a wrong signature is not obeyed", async () => {
  const header = { msg_id: "forged", msg_type: "execute_request", session: "x", username: "x", version: "5.3" };
  const parts = [header, {}, {}, { code: "globalThis.forged = true" }].map((part) => JSON.stringify(part));
  await kernel.shell.send(["<IDS|MSG>", "0".repeat(64), ...parts]);
  assert.equal((await kernel.run("(globalThis as any).forged")).result, undefined);
});

for (const code of [
  "process.exit(0)",
  "process.abort()",
  "(process as any).reallyExit(1)",
  "process.kill(process.pid)",
]) {
  test(`${code} is an error of the cell and not the end of the kernel`, async () => {
    assert.equal((await kernel.run(code)).error?.ename, "ForbiddenInCell");
    assert.equal((await kernel.run("7")).result, "7");
  });
}

test("a shutdown_request is answered and ends the kernel, even with a timer running", async () => {
  const own = await KernelClient.start();
  await own.run("setInterval(() => {}, 10); 0");
  const ended = new Promise<number | null>((resolve) => own.process.once("exit", resolve));
  assert.deepEqual(await own.ask("shutdown_request", { restart: false }, "control"), { status: "ok", restart: false });
  assert.equal(await ended, 0);
  await own.stop();
});

for (const [state, code] of [
  ["waits", "1"],
  ["is in an endless loop", "while (true) {}"],
] as const) {
  test(`a kernel that ${state} ends when the program that started it is killed`, async () => {
    // A program that starts a kernel, runs a cell in it and prints the kernel's process id.
    const program = `
      const { KernelClient } = require(${JSON.stringify(path.join(__dirname, "client.ts"))});
      KernelClient.start().then(async (kernel) => {
        await kernel.send(${JSON.stringify(code)});
        console.log("kernel " + kernel.process.pid);
      });`;
    const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "killed "));
    const parent = spawn(process.execPath, ["--import", "tsx", "--eval", program], {
      env: { ...process.env, TMPDIR: temporary }, // what it leaves behind is in here
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pid = await new Promise<number>((resolve) => {
      let text = "";
      parent.stdout.on("data", (data) => {
        text += data;
        const [, id] = text.match(/kernel (\d+)/) ?? [];
        if (id) resolve(Number(id));
      });
    });
    parent.kill("SIGKILL");
    for (let waited = 0; isRunning(pid) && waited < 100; waited++) await new Promise((r) => setTimeout(r, 100));
    assert.ok(!isRunning(pid), "the kernel still runs 10 s later");
    fs.rmSync(temporary, { recursive: true });
  });
}

/** A process that has ended but that nobody has asked about (a "zombie") does not run. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !fs.existsSync(stat) || fs.readFileSync(stat, "utf8").split(") ")[1]?.[0] !== "Z";
}
