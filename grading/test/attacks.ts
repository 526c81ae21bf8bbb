/**
 * The attacks that a grader of JavaScript has to survive, by the row of the list they come from. Each is the cell of
 * exercise 1.1, or something done to the notebook; exercise 1.6 of the same notebook is answered rightly and has to earn its
 * 2 points whatever 1.1 does. `points` is what 1.1 earns: 0 where the attack answers nothing rightly.
 */

import { type Cell, cellOf, type Notebook, right } from "./submissions";

export interface Attack {
  /** The number of the kind of attack. */
  row: number;
  how: string;
  /** The cell of exercise 1.1. */
  cell?: string;
  /** What is done to the notebook. */
  change?: (notebook: Notebook) => void;
  /** What exercise 1.1 earns, of 2. */
  points: number;
  /** The finding that exercise 1.1 gets. */
  finding?: string;
  /** What the text of the result has to hold. */
  says?: RegExp;
}

/** A wrong answer to 1.1, with something before it and something inside of it. */
function wrong(before: string, inside = ""): string {
  return `${before}\nfunction mergePair(ids: number[], pair: [number, number], newId: number): number[] {\n${inside}\nreturn [-1];\n}`;
}

/** The right answer to 1.1, with something before it or behind it. */
function withRight(before: string, after = ""): string {
  return `${before}\n${right("1.1")}\n${after}`;
}

/** Tells a sandbox's secrets by the message of an error: what `look` finds. */
function telling(look: string): string {
  return wrong(
    `const look = (): unknown => { ${look} };`,
    'throw new Error("FOUND:" + JSON.stringify(look()) + ":END");',
  );
}

const nothingFound = /FOUND:(\[\]|""|\{\}|undefined):END/;

const everyFile = `
  const fs = require("node:fs"), found: string[] = [];
  const walk = (dir: string, depth: number) => {
    if (depth > 7 || found.length > 20) return;
    let names: string[] = [];
    try { names = fs.readdirSync(dir); } catch { return; }
    for (const name of names) {
      const file = dir === "/" ? "/" + name : dir + "/" + name;
      if (/^\\/(dev|proc|usr|lib|lib64|bin)\\b/.test(file)) continue;
      let text = "";
      try { if (fs.statSync(file).isDirectory()) { walk(file, depth + 1); continue; } text = fs.readFileSync(file, "latin1").slice(0, 1e6); } catch { continue; }
      if (/held.?back|BEGIN SOLUTION|root:x:|"nbformat"/.test(name + text)) found.push(file);
    }
  };
  walk("/", 0);
  return found;`;

export function attacks({ outside, port }: { outside: string; port: number }): Attack[] {
  return [
    { row: 1, how: "a loop without end", cell: wrong("", "while (true) {}"), points: 0, finding: "timed-out" },
    {
      row: 1,
      how: "a loop without end outside of the function",
      cell: withRight("while (true) {}"),
      points: 0,
      finding: "timed-out",
    },
    {
      row: 2,
      how: "a loop after an await",
      cell: withRight("await null; while (true) {}"),
      points: 0,
      finding: "timed-out",
    },
    {
      row: 2,
      how: "a loop in a timer",
      cell: wrong("setTimeout(() => { while (true) {} }, 0);"),
      points: 0,
      finding: "timed-out",
    },
    {
      row: 2,
      how: "a regular expression that never ends",
      cell: wrong("", '/^(a+)+$/.test("a".repeat(60) + "b");'),
      points: 0,
      finding: "timed-out",
    },
    {
      row: 3,
      how: "an await that is never answered",
      cell: withRight("await new Promise(() => {});"),
      points: 0,
      finding: "timed-out",
    },
    {
      row: 4,
      how: "a fork bomb",
      cell: wrong(
        'const { spawn } = require("node:child_process"); const bomb = "for(;;) require(\\"child_process\\").spawn(process.execPath, [\\"-e\\", process.argv[1] ?? \\"\\"])";',
        'for (let i = 0; i < 300; i++) spawn(process.execPath, ["-e", bomb], { stdio: "ignore" }).on("error", () => {}); const until = Date.now() + 600; while (Date.now() < until) {}',
      ),
      points: 0,
    },
    {
      row: 5,
      how: "a memory bomb of objects",
      cell: wrong("", "const all: object[] = []; for (;;) all.push(new Array(10000).fill({}));"),
      points: 0,
    },
    {
      row: 5,
      how: "a memory bomb of buffers",
      cell: wrong("", "const all: Buffer[] = []; for (;;) all.push(Buffer.alloc(5e7, 1));"),
      points: 0,
    },
    {
      row: 5,
      how: "a memory bomb of tensors",
      cell: wrong(
        'import { tf } from "@course/lib/tf";',
        "const all: unknown[] = []; for (;;) all.push(tf.ones([5e6]).add(1));",
      ),
      points: 0,
    },
    { row: 6, how: "process.exit(0)", cell: wrong("", "process.exit(0);"), points: 0, finding: "process-ended" },
    {
      row: 6,
      how: "process.reallyExit(0)",
      cell: wrong("", "(process as any).reallyExit(0);"),
      points: 0,
      finding: "process-ended",
    },
    { row: 6, how: "process.abort()", cell: wrong("", "process.abort();"), points: 0, finding: "process-ended" },
    {
      row: 6,
      how: "it kills itself",
      cell: wrong("", 'process.kill(process.pid, "SIGKILL");'),
      points: 0,
      finding: "process-ended",
    },
    { row: 6, how: "it kills its parent", cell: wrong("", 'process.kill(process.ppid, "SIGKILL");'), points: 0 },
    { row: 6, how: "it kills everybody", cell: wrong("", 'process.kill(-1, "SIGKILL");'), points: 0 },
    {
      row: 7,
      how: "an exit handler that sets the code to 0",
      cell: wrong('process.on("exit", () => { process.exitCode = 0; });', "process.exit(3);"),
      points: 0,
    },
    {
      row: 7,
      how: "Error.prepareStackTrace that exits",
      cell: wrong(
        "Error.prepareStackTrace = () => process.exit(0);",
        "throw new Error((new Error().stack ?? '') + 'x');",
      ),
      points: 0,
    },
    {
      row: 7,
      how: "uncaughtException that exits",
      cell: wrong(
        'process.on("uncaughtException", () => process.exit(0)); setTimeout(() => { throw new Error("x"); }, 0);',
      ),
      points: 0,
    },
    {
      row: 8,
      how: "assert, vm, JSON, Object.is, Array and Math patched",
      cell: wrong(`const assert = require("node:assert"); for (const name of Object.keys(assert)) (assert as any)[name] = () => {};
        require("node:vm").runInThisContext = () => undefined;
        JSON.stringify = () => '{"passed":true}'; Object.is = () => true; Array.isArray = (() => true) as any; Math.abs = () => 0;
        (Array.prototype as any).findIndex = () => -1; Date.now = () => 0; Number.isFinite = () => true;`),
      points: 0,
    },
    {
      row: 9,
      how: "Object.prototype polluted",
      cell: wrong(
        `for (const name of ["passed", "score", "points", "kind", "ok", "toJSON"]) (Object.prototype as any)[name] = name === "toJSON" ? () => ({ passed: true }) : true;`,
      ),
      points: 0,
    },
    {
      row: 10,
      how: "a proxy that equals everything",
      cell: wrong(
        "",
        "return new Proxy([], { get: (_, name) => (name === 'length' ? 3 : name === Symbol.toPrimitive ? () => 9 : 9) }) as any;",
      ),
      points: 0,
    },
    {
      row: 10,
      how: "numbers with a valueOf of their own",
      cell: wrong(
        "",
        "const n = { valueOf: () => 9, toString: () => '9', toJSON: () => 9, [Symbol.toPrimitive]: () => 9 }; return [n, n] as any;",
      ),
      points: 0,
    },
    {
      row: 10,
      how: "getters that change their mind",
      cell: wrong(
        "",
        "let i = 0; const a: number[] = []; Object.defineProperty(a, 0, { get: () => i++, enumerable: true }); return a;",
      ),
      points: 0,
    },
    { row: 10, how: "a huge BigInt", cell: wrong("", "return (2n ** 200000n) as any;"), points: 0 },
    {
      row: 10,
      how: "a list of a class of its own",
      cell: wrong("class Always extends Array<number> { equals() { return true; } }", "return new Always(-5, -6);"),
      points: 0,
    },
    {
      row: 11,
      how: "every file is searched for cases and solutions",
      cell: telling(everyFile),
      points: 0,
      says: nothingFound,
    },
    {
      row: 11,
      how: "environment and arguments are searched",
      cell: telling(
        "return [...Object.entries(process.env).map(String), ...process.argv, ...process.execArgv].filter((t) => /expected|secret|token|HOME,(?!.tmp)|work|alice/i.test(t));",
      ),
      points: 0,
      says: nothingFound,
    },
    {
      row: 11,
      how: "other processes are searched",
      cell: telling(
        'const fs = require("node:fs"); return fs.readdirSync("/proc").filter((n: string) => +n > 1).map((n: string) => { try { return fs.readFileSync("/proc/" + n + "/cmdline", "latin1"); } catch { return ""; } }).filter((t: string) => /grading.(test|cases)|tsx|jupyter/.test(t));',
      ),
      points: 0,
      says: nothingFound,
    },
    {
      row: 11,
      how: "the caller's code is read off the stack",
      cell: telling(
        "const seen: string[] = []; try { let f: any = (look as any).caller; while (f) { seen.push(String(f)); f = f.caller; } } catch {} return seen.filter((t) => /expected/.test(t));",
      ),
      points: 0,
      says: nothingFound,
    },
    {
      row: 11,
      how: "loaded modules are searched",
      cell: telling("return Object.keys(require.cache ?? {}).filter((f) => /cases|tables|judge/.test(f));"),
      points: 0,
      says: nothingFound,
    },
    {
      row: 11,
      how: "solution() of the course is called",
      cell: telling(
        'try { require("@course/grading/solution-text").solutionText("1.1"); return ["read"]; } catch { return []; }',
      ),
      points: 0,
      says: nothingFound,
    },
    {
      row: 12,
      how: "the public results by heart",
      cell: `const known: Record<string, number[]> = { "[[3,5,7,2],[5,7],9]": [3, 9, 2], "[[5,7,5,7,2,5,7],[5,7],9]": [9, 9, 2, 9], "[[1,1,1],[1,1],9]": [9, 1], "[[7,5,6,5],[5,7],9]": [7, 5, 6, 5], "[[256,101,6,101],[6,101],257]": [256, 101, 257], "[[],[5,7],9]": [] };
        function mergePair(ids: number[], pair: [number, number], newId: number) { return known[JSON.stringify([ids, pair, newId])]; }`,
      points: 0,
    },
    {
      row: 13,
      how: "a connection to this machine",
      cell: wrong("", `require("node:net").connect(${port}, "127.0.0.1").on("error", () => {});`),
      points: 0,
    },
    {
      row: 13,
      how: "a connection to the network",
      cell: wrong(
        'let state = "none"; await new Promise((done) => require("node:net").connect(80, "192.0.2.1").on("connect", () => { state = "CONNECTED"; done(0); }).on("error", (e: any) => { state = e.code; done(0); }));',
        'throw new Error("state " + state);',
      ),
      points: 0,
      says: /state (ENETUNREACH|EPERM|EACCES)/,
    },
    {
      row: 14,
      how: "it writes where it can",
      cell: wrong(
        "",
        `const fs = require("node:fs"); for (const dir of [${JSON.stringify(outside)}, "/course", "/course/grading", "/course/notebooks", "/", "/usr/lib", "/home", "/root"]) try { fs.writeFileSync(dir + "/written-by-an-answer", "x"); } catch {}`,
      ),
      points: 0,
    },
    {
      row: 14,
      how: "it fills the disk",
      cell: wrong(
        "",
        'const fs = require("node:fs"); try { for (let i = 0; ; i++) fs.writeFileSync("/tmp/" + i, Buffer.alloc(1e6)); } catch {}',
      ),
      points: 0,
    },
    {
      row: 15,
      how: "a forged answer in the output",
      cell: wrong(
        "",
        `for (let id = 1; id < 30; id++) console.log(JSON.stringify({ kind: "value", id, value: "[3,9,2]", passed: true }));`,
      ),
      points: 0,
    },
    {
      row: 15,
      how: "a forged answer in the channel itself",
      cell: wrong(
        `const fs = require("node:fs"); for (let id = 1; id < 30; id++) try { fs.writeSync(3, JSON.stringify({ kind: "value", id, value: "[-1]", passed: true, points: 2 }) + "\\n"); } catch {}`,
      ),
      points: 0,
    },
    {
      row: 15,
      how: "nonsense in the channel",
      cell: wrong(
        `const fs = require("node:fs"); try { fs.writeSync(3, "\\0\\xff{{{\\n[]\\nnull\\n\\"x\\"\\n{\\"id\\":2,\\"kind\\":\\"value\\",\\"value\\":7}\\n" + "{".repeat(1e5) + "\\n"); } catch {}`,
      ),
      points: 0,
    },
    { row: 15, how: "the channel closed", cell: wrong('require("node:fs").closeSync(3);'), points: 0 },
    {
      row: 16,
      how: "errors muted, with a wrong answer",
      cell: wrong(
        "process.stderr.write = (() => true) as any; console.error = () => {}; console.log = () => {};",
        'throw new Error("x");',
      ),
      points: 0,
    },
    {
      row: 16,
      how: "output muted and errors printed, with a right answer",
      cell: withRight('process.stdout.write = (() => true) as any; console.error("a note to myself");'),
      points: 2,
    },
    { row: 17, how: "checks and points rewritten", cell: wrong(""), change: rewriteChecks, points: 0 },
    ...notebookAttacks(),
    {
      row: 20,
      how: "names declared before, in other cells",
      cell: withRight(""),
      change: (notebook) =>
        addCell(
          notebook,
          0,
          'const mergePair = 1; const check = () => 2; const expect = 3; function judge() { return "passed"; }',
        ),
      points: 2,
    },
    {
      row: 20,
      how: "a wrong answer beside a right-looking one",
      cell: wrong(""),
      change: (notebook) => addCell(notebook, notebook.cells.length, "globalThis.mergePair = () => [3, 9, 2];"),
      points: 0,
    },
    {
      row: 21,
      how: "200,000 lines of output",
      cell: withRight("for (let i = 0; i < 200_000; i++) console.log(i);"),
      points: 2,
    },
    {
      row: 21,
      how: "output without end",
      cell: wrong("", 'for (;;) process.stdout.write("x".repeat(1e6));'),
      points: 0,
    },
    { row: 21, how: "a result of 300 MB", cell: wrong("", 'return "x".repeat(3e8) as any;'), points: 0 },
    { row: 21, how: "a list of 10 million numbers", cell: wrong("", "return new Array(1e7).fill(1);"), points: 0 },
    {
      row: 21,
      how: "a result nested 5,000 times",
      cell: wrong("", "let deep: any = []; for (let i = 0; i < 5000; i++) deep = [deep]; return deep;"),
      points: 0,
    },
    {
      row: 26,
      how: "a promise that fails and a timer left running, with a right answer",
      cell: withRight('Promise.reject(new Error("nobody waits")); setInterval(() => {}, 5);'),
      points: 2,
      finding: "late-error",
    },
    {
      row: 26,
      how: "an error thrown later, with a right answer",
      cell: withRight('setTimeout(() => { throw new Error("too late"); }, 0);'),
      points: 2,
      finding: "late-error",
    },
    {
      row: 26,
      how: "sockets and workers left open, with a right answer",
      cell: withRight(
        'try { require("node:net").createServer().listen("/tmp/s").on("error", () => {}); new (require("node:worker_threads").Worker)("setInterval(() => {}, 10)", { eval: true }); } catch {}',
      ),
      points: 2,
    },
    {
      row: 27,
      how: "it waits for input, with a right answer",
      cell: withRight('try { require("node:fs").readSync(0, Buffer.alloc(10)); } catch {}'),
      points: 2,
    },
    {
      row: 28,
      how: "markup and control characters in an error",
      cell: wrong("", 'throw new Error("<script>alert(1)</script>\\u001b[31m\\u202e</td>");'),
      points: 0,
      says: /<script>alert\(1\)<\/script>\\u\{1b\}\[31m\\u\{202e\}/,
    },
    {
      row: 29,
      how: "a result with the names of prototypes",
      cell: wrong(
        "",
        'return JSON.parse(\'{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}\');',
      ),
      points: 0,
    },
    { row: 30, how: "an answer by chance", cell: wrong("", "return Math.random() < 0.5 ? [9] : [-1];"), points: 0 },
    {
      row: 31,
      how: "process.binding, dlopen, the inspector",
      cell: wrong(
        'for (const f of [() => (process as any).binding("spawn_sync"), () => (process as any).dlopen({ exports: {} }, "/usr/lib/x.node"), () => require("node:inspector").open(9229, "0.0.0.0"), () => (process as any).binding("fs").open("/etc/shadow", 0, 0)]) try { f(); } catch {}',
      ),
      points: 0,
    },
    {
      row: 31,
      how: "setuid, chroot and mount by the tools of the system",
      cell: wrong(
        'for (const f of [() => process.setuid!(0), () => process.setgid!(0), () => process.chdir("/proc/1/root"), () => require("node:child_process").execSync("/bin/setpriv --reuid 0 /bin/node -e 1")]) try { f(); throw process.exit(9); } catch {}',
      ),
      points: 0,
    },
    {
      row: 32,
      how: "@ts-ignore and any, with a wrong answer",
      cell: wrong("// @ts-nocheck\n// @ts-ignore\ndeclare global { interface Array<T> { passed: true } }"),
      points: 0,
    },
    {
      row: 32,
      how: "errors of type, with a right answer",
      cell: withRight("const count: number = 'three';"),
      points: 2,
      finding: "type-error",
    },
    {
      row: 32,
      how: "an error of syntax",
      cell: "function mergePair(ids: number[] { return [",
      points: 0,
      finding: "syntax-error",
    },
    {
      row: 32,
      how: "types without end, with a right answer",
      cell: withRight(
        "type Bomb<N extends any[]> = N['length'] extends 1e6 ? N : Bomb<[...N, ...N, 1]>; type Wide<A> = [A, A] extends infer B ? Wide<any> & B : never; let bomb: Bomb<[1]>; let wide: Wide<'ab'>;",
      ),
      points: 2,
    },
    { row: 32, how: "a cell of 10 MB", cell: withRight(`// ${"x".repeat(1e7)}`), points: 0 },
    { row: 32, how: "a line of 190,000 blanks", cell: withRight(`${" ".repeat(190_000)};`), points: 2 },
    {
      row: 32,
      how: "brackets nested 50,000 times",
      cell: withRight("", `const deep = ${"(".repeat(50_000)}1${")".repeat(50_000)};`),
      points: 0,
    },
    { row: 32, how: "it leaves the function that wraps it", cell: "}); console.log('out'); (async () => {", points: 0 },
    {
      row: 33,
      how: "the course's own answer",
      cell: 'import { mergePair as own } from "@course/lib/bpe";\nfunction mergePair(ids: number[], pair: [number, number], newId: number) { return own(ids, pair as any, newId) as number[]; }',
      points: 0,
      finding: "lib-answer",
    },
    {
      row: 33,
      how: "the course's own answer, by the back door",
      cell: wrong(
        "",
        'const fs = require("node:fs"); const text = fs.readFileSync(require.resolve("@course/lib/bpe"), "utf8"); const module = { exports: {} as any }; new Function("module", "exports", "require", text)(module, module.exports, require); return module.exports.mergePair(ids, pair, newId);',
      ),
      points: 0,
    },
  ];
}

/** Rows 18 and 19: what can be done to the notebook around a right answer, which still earns its points. */
function notebookAttacks(): Attack[] {
  const done = (how: string, change: (notebook: Notebook) => void, row = 18): Attack => ({
    row,
    how,
    cell: withRight(""),
    change,
    points: 2,
  });
  const answer = (notebook: Notebook): Cell => cellOf(notebook, "1.1");
  return [
    done("all checks deleted", (notebook) => {
      notebook.cells = notebook.cells.filter(({ id }) => !id.startsWith("check-"));
    }),
    done("the answer retyped as Markdown", (notebook) => {
      answer(notebook).cell_type = "markdown";
    }),
    done("all cells in reverse order", (notebook) => {
      notebook.cells.reverse();
    }),
    done("the answer twice under one id, the empty one last", (notebook) => {
      notebook.cells.push({ ...answer(notebook), source: "" });
    }),
    done("all ids new", (notebook) => {
      for (const [i, cell] of notebook.cells.entries()) {
        cell.id = `new-${i}`;
        cell.metadata = {};
      }
    }),
    done("the answer in a cell of its own, the stub still there", (notebook) => {
      const { source } = answer(notebook);
      addCell(notebook, 3, source as string);
      answer(notebook).source = 'function mergePair() {\n  throw new Error("Exercise 1.1 is not done yet.");\n}';
    }),
    done("grade and solution flags switched", (notebook) => {
      for (const cell of notebook.cells) {
        if (cell.metadata.nbgrader)
          Object.assign(cell.metadata.nbgrader, { grade: false, solution: true, points: 1e9 });
      }
    }),
    done("the answer split into lines", (notebook) => {
      answer(notebook).source = (answer(notebook).source as string).split(/(?<=\n)/);
    }),
    done(
      "tags that make other graders skip a cell",
      (notebook) => {
        for (const cell of notebook.cells) cell.metadata.tags = ["skip-execution", "raises-exception"];
      },
      19,
    ),
    done(
      "another kernel",
      (notebook) => {
        notebook.metadata = { kernelspec: { name: "bash", language: "bash", display_name: "x" } };
      },
      19,
    ),
    { ...done("a directive of tslab", () => {}, 19), cell: withRight("/** @module */") },
    {
      row: 19,
      how: "tags that skip the checks, with a wrong answer",
      cell: wrong(""),
      change: (notebook) => {
        for (const cell of notebook.cells) cell.metadata.tags = ["skip-execution"];
      },
      points: 0,
    },
  ];
}

function addCell(notebook: Notebook, at: number, source: string): void {
  const cell = { id: `added-${at}`, cell_type: "code", source, metadata: {}, outputs: [], execution_count: null };
  notebook.cells.splice(at, 0, cell);
}

function rewriteChecks(notebook: Notebook): void {
  for (const cell of notebook.cells) {
    if (!cell.id.startsWith("check-")) continue;
    cell.source = "2";
    cell.metadata.nbgrader = { ...cell.metadata.nbgrader, points: 100, checksum: "0".repeat(32) };
    cell.outputs = [{ output_type: "execute_result", data: { "text/plain": "100" }, metadata: {}, execution_count: 1 }];
  }
}
