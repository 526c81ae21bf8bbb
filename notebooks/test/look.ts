/// <reference lib="dom" />
/**
 * @file To look at a notebook as a learner sees it: its solution in JupyterLab in a real browser, all cells run, and a
 * picture of every page, in `.course/artefacts/look`. For people; the browser tests do not use it.
 *
 *     npx tsx notebooks/test/look.ts 05 [02 03 ...]    in the short mode of the tests
 *     npx tsx notebooks/test/look.ts 05 --full         as a learner runs it
 *     npx tsx notebooks/test/look.ts 05 --kept         runs nothing: shows what `course run 05 --solution` has kept
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import type { Notebook } from "../build/nbformat";
import { coursePath, notebookPath } from "../build/paths";
import { cellAt, cellEnded, openLab, runAllCells } from "./lab";

const WIDTH = 1280;
const HEIGHT = 1500;
const TEN_MINUTES = 600_000;
const ERROR = '.jp-RenderedText[data-mime-type="application/vnd.jupyter.error"]';

/** Runs the notebook and takes the pictures; returns the errors that were seen, of cells and of the page. */
async function look(name: string, how: "short" | "full" | "kept"): Promise<string[]> {
  const full = how === "full";
  const folder = coursePath("artefacts", "look");
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) if (old.startsWith(name)) rmSync(path.join(folder, old));
  const home = coursePath("runs", full ? "home-solution" : "home-browser");
  const executed = how === "kept" ? keptOutputs(name) : undefined;
  const lab = await openLab(`notebooks/solutions/${name}.ipynb`, { full, home, executed });
  try {
    const { page } = lab;
    await page.setViewportSize({ width: WIDTH, height: HEIGHT });
    const { cells } = executed ?? (JSON.parse(readFileSync(notebookPath(name, "solution"), "utf8")) as Notebook);
    const last = cells.flatMap(({ cell_type }, i) => (cell_type === "code" ? [i] : [])).at(-1)!;
    if (!executed) {
      await runAllCells(page);
      const failed = page.locator(ERROR).first().waitFor({ timeout: TEN_MINUTES });
      failed.catch(() => {}); // no cell failed
      await Promise.race([cellEnded(cellAt(page, last), TEN_MINUTES), failed]); // after an error no further cell is run
    }
    const shown = (count: number): boolean => document.querySelectorAll(".jp-Notebook .jp-Cell").length >= count;
    await page.waitForFunction(shown, cells.length);
    const seen = await picture(page, (number) => path.join(folder, `${name}-${String(number).padStart(2, "0")}.png`));
    return [...seen, ...lab.errors];
  } finally {
    await lab.close();
  }
}

/** The notebook with its outputs, as the last run has left it, in the form in which the server sends it. */
function keptOutputs(name: string): Notebook {
  const notebook = JSON.parse(readFileSync(coursePath("runs", `${name}.solution.ipynb`), "utf8")) as Notebook;
  const whole = (lines: unknown): unknown => (Array.isArray(lines) ? lines.join("") : lines); // lists in the file
  for (const cell of notebook.cells) {
    Object.assign(cell, { source: whole(cell.source) });
    Object.assign(cell.metadata, { trusted: true }); // made here, not received
    for (const output of (cell as { outputs?: { text?: unknown; data?: Record<string, unknown> }[] }).outputs ?? []) {
      if (output.text) output.text = whole(output.text);
      for (const [type, content] of Object.entries(output.data ?? {})) output.data![type] = whole(content);
    }
  }
  return notebook;
}

/** Scrolls from top to bottom, with a picture of each page; returns the errors under the cells. */
async function picture(page: Page, file: (number: number) => string): Promise<string[]> {
  const failed = new Set<string>();
  const scroller = page.locator(".jp-NotebookPanel:visible .jp-WindowedPanel-outer");
  await scroller.evaluate((element) => element.scrollTo(0, 0));
  for (let number = 1; ; number++) {
    await page.waitForTimeout(1200); // figures are drawn when they come into view
    await page.screenshot({ path: file(number) });
    for (const text of await page.locator(ERROR).allInnerTexts()) failed.add(text);
    const ended = await scroller.evaluate((element) => {
      const before = element.scrollTop;
      element.scrollBy(0, element.clientHeight - 80);
      return element.scrollTop === before;
    });
    if (ended) return [...failed];
  }
}

async function main(): Promise<void> {
  const names = readdirSync(path.dirname(notebookPath("x", "student"))).flatMap(
    (f) => /^(.*)\.ipynb$/.exec(f)?.[1] ?? [],
  );
  const how = process.argv.includes("--full") ? "full" : process.argv.includes("--kept") ? "kept" : "short";
  for (const number of process.argv.slice(2).filter((argument) => /^\d\d$/.test(argument))) {
    const name = names.find((one) => one.startsWith(number));
    if (!name) throw new Error(`There is no notebook ${number}.`);
    const errors = await look(name, how);
    console.log(`${name}: pictures in ${coursePath("artefacts", "look")}; ${errors.length} errors`);
    for (const error of errors) console.log(error);
  }
}

void main();
