/**
 * @file Notebook 1 as a learner sees it: `npm start`, JupyterLab in a real browser, all cells run, in the short mode.
 * Pictures of what was seen are kept in `.course/artefacts`.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Locator } from "playwright-core";
import type { Notebook } from "../build/nbformat";
import { notebookPath } from "../build/paths";
import { cellAt, cellEnded, keepPicture, type Lab, openLab, runAllCells } from "./lab";

const NAME = "01-pretraining";
const notebook = JSON.parse(readFileSync(notebookPath(NAME, "student"), "utf8")) as Notebook;
const places = notebook.cells.map((cell) => cell.id);

let lab: Lab;
const cell = (id: string): Locator => {
  assert.ok(places.includes(id), `notebook ${NAME} has a cell "${id}"`);
  return cellAt(lab.page, places.indexOf(id));
};

before(async () => {
  lab = await openLab(`notebooks/${NAME}.ipynb`);
});
after(async () => {
  await lab?.close();
});

/** Notes each state of the figure in a cell: how many points its lines have, and whether it is still the same element. */
async function watchFigure(id: string): Promise<() => Promise<{ states: number; elements: number }>> {
  const handle = await cell(id).elementHandle();
  await lab.page.evaluate((element) => {
    const seen = { states: new Set<string>(), elements: new Set<Element>() };
    Object.assign(window, { seen });
    setInterval(() => {
      const plot = element?.querySelector(".course-plotly .js-plotly-plot") as
        | (Element & { data?: { x?: unknown[] }[] })
        | null;
      if (!plot?.data) return;
      seen.states.add(plot.data.map((trace) => trace.x?.length ?? 0).join());
      seen.elements.add(plot);
    }, 20);
  }, handle);
  return () =>
    lab.page.evaluate(() => {
      const { seen } = window as unknown as { seen: { states: Set<string>; elements: Set<Element> } };
      return { states: seen.states.size, elements: seen.elements.size };
    });
}

test("all cells run to the end, unsolved exercises included", async () => {
  const watched = await watchFigure("train");
  await runAllCells(lab.page);
  await cellEnded(cell("train"));
  const { states, elements } = await watched();
  await keepPicture(cell("train"), `${NAME}-training`);
  assert.ok(states >= 2, `the plot of the training was seen in ${states} states: it must grow while the cell runs`);
  assert.equal(elements, 1, "the plot is updated in place, not drawn again");
  const last = notebook.cells.filter(({ cell_type }) => cell_type === "code").at(-1)!;
  await cellEnded(cell(last.id));
  const failed = await lab.page
    .locator('.jp-RenderedText[data-mime-type="application/vnd.jupyter.error"]')
    .allInnerTexts();
  assert.deepEqual(failed, []);
});

test("the embedding map is drawn, with the words beside their points", async () => {
  const plot = cell("embeddings").locator(".course-plotly .js-plotly-plot");
  await plot.waitFor();
  await keepPicture(cell("embeddings"), `${NAME}-embeddings`);
  const points = await plot.evaluate((element) =>
    (element as Element & { data?: { x?: unknown[] }[] }).data!.reduce((sum, trace) => sum + (trace.x?.length ?? 0), 0),
  );
  assert.ok(points >= 20, `${points} points`);
});

test("the trained model has written something", async () => {
  const rows = await cell("sample").locator("tbody tr").allInnerTexts();
  await keepPicture(cell("sample"), `${NAME}-sample`);
  const [first, last] = [rows[0], rows.at(-1)].map((row) => row?.split("\t") ?? []);
  assert.equal(first?.[0], "0", "the first sample is the untrained model's");
  assert.ok(Number(last?.[0]) > 0 && last![1]!.length >= 20, `the last sample: ${last?.join(": ")}`);
});

test("an unsolved exercise says so on its card", async () => {
  const card = cell("check-1-1").locator(".jp-OutputArea-output");
  await keepPicture(cell("check-1-1"), `${NAME}-check`);
  assert.match((await card.allInnerTexts()).join(), /not attempted/i);
});

test("the page itself has reported no error", () => {
  assert.deepEqual(lab.errors, []);
});
