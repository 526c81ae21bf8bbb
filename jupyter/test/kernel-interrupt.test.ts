/** @file "Interrupt" stops a cell wherever it is; the kernel, its variables and what was printed stay. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { KernelClient } from "./client";

let kernel: KernelClient;
before(async () => {
  kernel = await KernelClient.start();
  // A library's training loop, as the kernel sees it: code that it did not compile.
  await kernel.run(`new Function(\`
    globalThis.trained = 0;
    globalThis.trainWithPauses = async () => {
      for (;;) { globalThis.trained++; await new Promise((r) => setTimeout(r, 2)); globalThis.interruptSignal?.throwIfAborted(); }
    };
    globalThis.trainWithoutPause = async () => {
      await null;
      for (;;) { globalThis.trained++; globalThis.interruptSignal?.throwIfAborted(); }
    };
  \`)()`);
});
after(() => kernel.stop());

const INTERRUPT = { interruptAfterMs: 400, timeoutMs: 10_000 };

for (const [where, code] of [
  ["in a synchronous loop", "while (true) {}"],
  ["in a loop that prints", 'for (;;) { for (let i = 0; i < 1e6; i++); console.log("tick") }'],
  ["while it waits", "await new Promise(() => {})"],
  ["in a loop of awaits", "for (;;) await null"],
  ["in a loop with timers", "while (true) await new Promise((r) => setTimeout(r, 5))"],
  ["in a synchronous loop after an await", "await null; let spins = 0; while (true) { spins++ }"],
  ["in a loop of loops after an await", "await null; for (;;) for (let i = 0; i < 100; i++);"],
  [
    "in an async function",
    "async function work() { for (;;) await new Promise((r) => setTimeout(r, 5)) } await work()",
  ],
  ["in a library's loop with pauses", "await (globalThis as any).trainWithPauses()"],
  ["in a library's loop without a pause", "await (globalThis as any).trainWithoutPause()"],
] as const) {
  test(`a cell is interrupted ${where}, and the next one runs`, async () => {
    const { error, reply } = await kernel.run(code, INTERRUPT);
    assert.equal(error?.ename, "Interrupted");
    assert.equal(reply.status, "error");
    assert.equal((await kernel.run('"alive"')).result, "'alive'");
  });
}

test("interrupted work does not go on in the background", async () => {
  await kernel.run(
    "let ticks = 0; async function tick() { for (;;) { ticks++; await new Promise((r) => setTimeout(r, 2)) } }",
  );
  await kernel.run("await tick()", INTERRUPT);
  const { result } = await kernel.run(
    "const before = ticks; await new Promise((r) => setTimeout(r, 200)); ticks - before",
  );
  assert.equal(result, "0");
  const library = await kernel.run(
    "const now = (globalThis as any).trained; await new Promise((r) => setTimeout(r, 200)); (globalThis as any).trained - now",
  );
  assert.equal(library.result, "0");
});

test("an interrupted cell keeps what it had: variables, printed text, changes of earlier variables", async () => {
  await kernel.run("const losses: number[] = [];");
  const cell =
    'const model = { step: 0 }; console.log("started"); for (;;) { losses.push(1); model.step++; await null }';
  const { stdout } = await kernel.run(cell, INTERRUPT);
  assert.equal(stdout, "started\n");
  assert.equal((await kernel.run("model.step > 0 && losses.length === model.step")).result, "true");
});

test("the signal is fresh for each cell", async () => {
  await kernel.run("for (;;) await null", INTERRUPT);
  assert.equal((await kernel.run("interruptSignal!.aborted")).result, "false");
});

test("an interrupt between cells does nothing", async () => {
  kernel.process.kill("SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(
    (await kernel.run("let sum = 0; for (let i = 0; i < 5; i++) { await null; sum += i } sum")).result,
    "10",
  );
});

test("Jupyter's message interrupt_request does the same", async () => {
  const id = await kernel.send("await new Promise(() => {})");
  await kernel.waitFor((messages) => messages.some(({ parent, type }) => parent === id && type === "execute_input"));
  assert.deepEqual(await kernel.ask("interrupt_request", {}, "control"), { status: "ok" });
  assert.equal((await kernel.finish(id)).error?.ename, "Interrupted");
});

test("cells that waited behind an interrupted one are not run", async () => {
  const first = await kernel.send("await new Promise(() => {})");
  const second = await kernel.send("1");
  setTimeout(() => kernel.process.kill("SIGINT"), 300);
  assert.equal((await kernel.finish(first)).reply.status, "error");
  assert.equal((await kernel.finish(second)).reply.status, "aborted");
});
