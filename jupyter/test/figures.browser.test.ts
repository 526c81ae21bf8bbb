/**
 * @file Figures in a real JupyterLab, in a real browser: drawn, updated in place, fitted to the page and its theme,
 * saved and opened again. Needs Chromium; `npm test` leaves this file out where there is none.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { installExtension, installKernel, KERNEL_NAME } from "../dist/install";

const REPOSITORY = path.resolve(__dirname, "../..");
const PYTHON = process.env.COURSE_PYTHON ?? path.join(REPOSITORY, ".venv/bin/python");
const BROWSER_FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];
const WAIT = { timeout: 60_000 };
const STEPS = 30;

/** Cells of the notebook that the tests open. */
const CELLS = [
  `const show = (globalThis as any)[Symbol.for("course.display")];
const figure = (steps: number) => ({
  "application/vnd.plotly.v1+json": {
    data: [{ x: Array.from({ length: steps }, (_, i) => i), y: Array.from({ length: steps }, (_, i) => 5 * Math.exp(-i / 10)), name: "loss" }],
    layout: { title: { text: \`Loss after \${steps} steps\` }, xaxis: { title: { text: "step" } }, yaxis: { title: { text: "loss (nats)" } } },
  },
  "text/plain": \`The loss falls over \${steps} steps.\`,
});
const live = show(figure(1));
for (let step = 2; step <= ${STEPS}; step++) {
  await new Promise((r) => setTimeout(r, 100));
  live.update(figure(step));
}`,
  "live.update(figure(40));",
  "const wrong: number = null as any;\nwrong.toFixed();",
];

let browser: Browser;
let page: Page;
let server: ChildProcess;
let folder: string;
let address: string;
const problems: string[] = [];

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "lab with spaces "));
  installKernel({ prefix: folder });
  installExtension({ prefix: folder });
  const notebook = {
    ...{ nbformat: 4, nbformat_minor: 5 },
    metadata: { kernelspec: { name: KERNEL_NAME, display_name: "TypeScript", language: "typescript" } },
    cells: CELLS.map((source, i) => ({
      ...{ cell_type: "code", id: `cell-${i}`, metadata: {}, outputs: [], execution_count: null, source },
    })),
  };
  fs.mkdirSync(path.join(folder, "notebooks"));
  fs.writeFileSync(path.join(folder, "notebooks/figures.ipynb"), JSON.stringify(notebook));
  address = await startLab();
  browser = await chromium.launch({ executablePath: findChromium(), args: BROWSER_FLAGS });
  page = await browser.newPage({ viewport: { width: 1200, height: 1150 } });
  page.on("pageerror", (error) => problems.push(error.stack ?? error.message));
  await open(page);
});

after(async () => {
  await browser?.close();
  const ended = new Promise((resolve) => server?.once("exit", resolve));
  server?.kill("SIGTERM"); // shuts its kernels down, too
  await ended;
  fs.rmSync(folder, { recursive: true, force: true });
});

function findChromium(): string {
  const name = process.env.COURSE_CHROMIUM ?? "chromium";
  return path.isAbsolute(name) ? name : execFileSync("which", [name], { encoding: "utf8" }).trim();
}

async function startLab(): Promise<string> {
  const port = await new Promise<number>((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
  const flags = ["--no-browser", "--allow-root", `--ServerApp.port=${port}`, "--ServerApp.ip=127.0.0.1"];
  const options = [
    "--IdentityProvider.token=",
    "--LabApp.expose_app_in_browser=True",
    "--ServerApp.root_dir=notebooks",
  ];
  // Nothing of the machine's own Jupyter: neither its settings nor its kernels.
  const own = (name: string): string => path.join(folder, name);
  server = spawn(PYTHON, ["-m", "jupyterlab", ...flags, ...options], {
    cwd: folder,
    env: {
      ...process.env,
      ...{ JUPYTER_PATH: own("share/jupyter"), JUPYTER_CONFIG_DIR: own("config"), JUPYTER_DATA_DIR: own("data") },
      ...{ JUPYTER_RUNTIME_DIR: own("runtime"), JUPYTERLAB_SETTINGS_DIR: own("settings"), HOME: folder },
      ...{ JUPYTERLAB_WORKSPACES_DIR: own("workspaces"), JUPYTER_PREFER_ENV_PATH: "0" },
    },
    stdio: ["ignore", fs.openSync(own("lab.log"), "w"), fs.openSync(own("lab.log"), "a")],
  });
  const url = `http://127.0.0.1:${port}`;
  const isUp = (): Promise<boolean> =>
    fetch(`${url}/api`)
      .then((r) => r.ok)
      .catch(() => false);
  for (let attempt = 0; !(await isUp()); attempt++) {
    if (attempt > 600) throw new Error(`JupyterLab did not start:\n${fs.readFileSync(own("lab.log"), "utf8")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return url;
}

async function open(target: Page): Promise<void> {
  await target.goto(`${address}/lab/workspaces/test/tree/figures.ipynb?reset`);
  await target.waitForSelector(".jp-Notebook .jp-CodeCell", WAIT);
  await target.evaluate(async () => {
    const { currentWidget } = (window as unknown as { jupyterapp: Lab }).jupyterapp.shell;
    await currentWidget.sessionContext.ready;
    await currentWidget.sessionContext.session.kernel.info; // the kernel has answered
  });
}

/** Runs a command of JupyterLab. */
async function command(name: string, args: object = {}): Promise<void> {
  await page.evaluate(
    ([id, options]) => (window as unknown as { jupyterapp: Lab }).jupyterapp.commands.execute(id, options),
    [name, args] as const,
  );
}

/** What the tests use of JupyterLab's application object. */
interface Lab {
  commands: { execute(id: string, args: object): Promise<unknown> };
  shell: {
    currentWidget: { sessionContext: { ready: Promise<void>; session: { kernel: { info: Promise<unknown> } } } };
  };
}

async function runCell(index: number): Promise<void> {
  await page.locator(".jp-Notebook .jp-CodeCell").nth(index).locator(".jp-InputPrompt").click();
  await command("notebook:run-cell");
}

const titled = (steps: number): Promise<unknown> =>
  page.waitForFunction(
    (text) => document.querySelector(".gtitle")?.textContent === text,
    `Loss after ${steps} steps`,
    WAIT,
  );
const widthOf = (selector: string): Promise<number> =>
  page.evaluate((found) => document.querySelector(found)!.getBoundingClientRect().width, selector);

test("a figure is updated in place while its cell runs: one drawing, many states", WAIT, async () => {
  await page.evaluate(() => {
    const seen = { titles: new Set<string>(), drawings: new Set<Element>() };
    Object.assign(window, { seen });
    new MutationObserver(() => {
      const title = document.querySelector(".course-plotly .gtitle");
      if (!title) return;
      seen.titles.add(title.textContent ?? "");
      seen.drawings.add(document.querySelector(".course-plotly .main-svg")!);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await runCell(0);
  await titled(STEPS);
  const seen = await page.evaluate(() => {
    const { titles, drawings } = (window as unknown as { seen: Record<"titles" | "drawings", Set<unknown>> }).seen;
    return {
      titles: titles.size,
      drawings: drawings.size,
      figures: document.querySelectorAll(".course-plotly").length,
    };
  });
  assert.deepEqual([seen.figures, seen.drawings], [1, 1]);
  // Updates that come faster than the page can draw them are left out, so how many states are seen depends on the machine.
  assert.ok(seen.titles >= 3, `the first, the last, and some between: ${seen.titles} states were seen`);
});

test("who cannot see the figure hears its summary", WAIT, async () => {
  const figure = page.locator(".course-plotly");
  assert.equal(await figure.getAttribute("role"), "img");
  assert.equal(await figure.getAttribute("aria-label"), `The loss falls over ${STEPS} steps.`);
});

test("the axes take the colours of the theme, and change with it", WAIT, async () => {
  const color = (): Promise<string> => page.evaluate(() => getComputedStyle(document.querySelector(".gtitle")!).fill);
  const light = await color();
  await command("apputils:change-theme", { theme: "JupyterLab Dark" });
  await page.waitForFunction((old) => getComputedStyle(document.querySelector(".gtitle")!).fill !== old, light, WAIT);
  const brightness = (rgb: string): number => Math.max(...rgb.match(/\d+/g)!.slice(0, 3).map(Number));
  assert.ok(brightness(await color()) > brightness(light));
  await splashIsGone();
  await capture("dark");
  await command("apputils:change-theme", { theme: "JupyterLab Light" });
  await page.waitForFunction((old) => getComputedStyle(document.querySelector(".gtitle")!).fill === old, light, WAIT);
  await splashIsGone();
  await capture("light");
});

test("a figure fits the page when the window gets narrower", WAIT, async () => {
  const wide = await widthOf(".course-plotly .main-svg");
  await page.setViewportSize({ width: 850, height: 1150 });
  await page.waitForFunction(
    (before) => document.querySelector(".main-svg")!.getBoundingClientRect().width < before,
    wide,
    WAIT,
  );
  assert.ok((await widthOf(".course-plotly .main-svg")) <= (await widthOf(".course-plotly")));
  await page.setViewportSize({ width: 1200, height: 1150 });
  await page.waitForFunction(
    (w) => document.querySelector(".main-svg")!.getBoundingClientRect().width >= w,
    wide,
    WAIT,
  );
});

test("an update keeps the part of the figure that the reader has zoomed into", WAIT, async () => {
  const box = (await page.locator(".course-plotly .nsewdrag").boundingBox())!;
  await page.mouse.move(box.x + 0.2 * box.width, box.y + 0.5 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.6 * box.width, box.y + 0.5 * box.height, { steps: 5 });
  await page.mouse.up();
  const range = (): Promise<number[]> =>
    page.evaluate(() => {
      const plot = document.querySelector(".js-plotly-plot") as unknown as { layout: { xaxis: { range: number[] } } };
      return plot.layout.xaxis.range;
    });
  await page.waitForTimeout(500);
  const zoomed = await range();
  assert.ok(zoomed[0]! > 0 && zoomed[1]! < STEPS, `zoomed to ${zoomed}`);
  await runCell(1);
  await titled(40);
  assert.deepEqual(await range(), zoomed);
});

test("a failed cell shows its line and a caret", WAIT, async () => {
  await runCell(2);
  const output = page
    .locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr'], .jp-OutputArea-output")
    .last();
  await output.getByText("TypeError").waitFor(WAIT);
  assert.match((await output.textContent()) ?? "", /> 2 \| wrong\.toFixed\(\);\n.*\| {7}\^/);
  await capture("error");
});

test("the saved notebook holds the last state with its picture and summary", WAIT, async () => {
  await command("docmanager:save");
  const saved = JSON.parse(fs.readFileSync(path.join(folder, "notebooks/figures.ipynb"), "utf8"));
  const [{ data, metadata }] = saved.cells[0].outputs;
  assert.equal(data["application/vnd.plotly.v1+json"].layout.title.text, "Loss after 40 steps");
  assert.equal([data["text/plain"]].flat().join(""), "The loss falls over 40 steps.");
  assert.equal(metadata["image/png"].alt, "The loss falls over 40 steps.");
  fs.writeFileSync(path.join(folder, "picture.png"), Buffer.from(data["image/png"], "base64"));
});

test("the figure is there when the notebook is opened again", WAIT, async () => {
  await open(page);
  await titled(40);
});

test("where Plotly cannot be loaded the picture is shown, with the summary as its alternative text", WAIT, async () => {
  const context = await browser.newContext();
  const without = await context.newPage();
  await without.route("**/plotly.min.js", (route) => route.abort());
  await open(without);
  const image = without.locator(".course-plotly img");
  await image.waitFor(WAIT);
  assert.equal(await image.getAttribute("alt"), "The loss falls over 40 steps.");
  assert.equal(await image.evaluate((element: HTMLImageElement) => element.naturalWidth), 1400);
  await context.close();
});

test("nothing went wrong on the page meanwhile", () => {
  assert.deepEqual(problems, []);
});

/** A picture of the page for whoever wants to look: set COURSE_SCREENSHOTS to a folder. */
async function capture(name: string): Promise<void> {
  const target = process.env.COURSE_SCREENSHOTS;
  if (!target) return;
  await page.screenshot({ path: path.join(target, `${name}.png`) });
}

/** JupyterLab covers the page while its theme changes. It takes the cover off twice when the theme changes again before that. */
async function splashIsGone(): Promise<void> {
  await page.locator("#jupyterlab-splash").waitFor({ state: "detached" });
  await page.waitForTimeout(500); // its removal is delayed by a fifth of a second
}
