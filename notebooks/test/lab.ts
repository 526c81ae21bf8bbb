/// <reference lib="dom" />
/**
 * @file JupyterLab for the browser tests: started as a learner starts it, driven with playwright-core. What JupyterLab
 * wants to save is answered but not written, so that the committed notebooks stay as they are.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import type { Notebook } from "../build/nbformat";
import { coursePath, root } from "../build/paths";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Lab {
  /** The address that `npm start` printed. */
  url: string;
  page: Page;
  /** Errors of the page itself. */
  errors: string[];
  /** Ends browser and server, and waits until both are gone. */
  close(): Promise<void>;
}

export interface LabOptions {
  /** Full length, as a learner runs it. Default false: the few steps of the tests. */
  full?: boolean;
  /** Where checkpoints are. Default `.course/runs/home-browser`. */
  home?: string;
  /** What to show as the content of the notebook, instead of what is on disk. */
  executed?: Notebook;
}

/** Starts JupyterLab with `npm start -- --no-browser` on a notebook, in the short mode, and opens it in a browser. */
export async function openLab(notebook: string, options: LabOptions = {}): Promise<Lab> {
  const { full = false, home = coursePath("runs", "home-browser"), executed } = options;
  const port = await freePort();
  const args = [path.join(root, "jupyter/setup/start.mjs"), "--no-browser", "--port", String(port), notebook];
  const env = { ...process.env, COURSE_SHORT: full ? "0" : "1", COURSE_HOME: home };
  const server = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const url = await printedAddress(server);
  const executablePath = process.env.COURSE_CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const page = await browser.newPage({ viewport: { width: 1280, height: 1200 } });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.route(/\/api\/contents\//, async (route) => {
    const { pathname, searchParams } = new URL(route.request().url());
    if (executed && pathname.endsWith(notebook) && searchParams.get("content") === "1") {
      const response = await route.fetch();
      return route.fulfill({ response, json: { ...((await response.json()) as object), content: executed } });
    }
    if (route.request().method() !== "PUT") return route.continue();
    const unchanged = await page.request.get(`${route.request().url().split("?")[0]}?content=0`);
    return route.fulfill({ response: unchanged });
  });
  const address = new URL(url);
  address.searchParams.set("reset", ""); // without what was open the last time
  await page.goto(address.href);
  await page.locator(".jp-Notebook .jp-CodeCell").first().waitFor({ timeout: 90_000 });
  return { url, page, errors, close: () => close(browser, server) };
}

async function close(browser: Browser, server: ChildProcess): Promise<void> {
  await browser.close();
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGINT");
  await ended;
}

function printedAddress(server: ChildProcess): Promise<string> {
  let printed = "";
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      printed += chunk;
      const url = /http:\/\/127\.0\.0\.1:\d+\/lab\S*/.exec(printed);
      if (url) resolve(url[0]);
    };
    server.stdout!.on("data", read);
    server.stderr!.on("data", read);
    server.once("exit", () => reject(new Error(`npm start ended before it printed an address:\n${printed}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** Runs all cells from the menu. */
export async function runAllCells(page: Page): Promise<void> {
  // Before a kernel is connected, "Run All Cells" asks which one to take.
  await page.locator("#jp-main-statusbar", { hasText: "TypeScript | Idle" }).waitFor({ timeout: 90_000 });
  await page.getByRole("menubar").getByText("Run", { exact: true }).click();
  await page.getByRole("menuitem", { name: "Run All Cells", exact: true }).click();
}

/** The cell at this place of the notebook, prose included, counted from 0. */
export function cellAt(page: Page, index: number): Locator {
  return page.locator(".jp-Notebook .jp-Cell").nth(index);
}

/** Waits until a code cell has ended: its prompt shows a number. */
export async function cellEnded(cell: Locator, timeout = 300_000): Promise<void> {
  await cell.locator(".jp-InputPrompt", { hasText: /\[\d+\]/ }).waitFor({ timeout });
}

/** Keeps a picture of the cell in `.course/artefacts`. */
export async function keepPicture(cell: Locator, name: string): Promise<void> {
  mkdirSync(coursePath("artefacts"), { recursive: true });
  await cell.scrollIntoViewIfNeeded();
  await cell.screenshot({ path: coursePath("artefacts", `${name}.png`) });
}
