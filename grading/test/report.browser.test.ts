/** The pages in a real browser: figures drawn, a script in a learner's output inert, no request to anywhere. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { repositoryRoot } from "@course/lib/home";
import { type Browser, chromium, type Page } from "playwright-core";
import { type ReportFiles, writeReport } from "../src/class/report";
import { classGrades } from "./report-fixture";

const pictures = path.join(repositoryRoot(), ".course", "artefacts");
let browser: Browser;
let folder: string;
let files: ReportFiles;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "course-report-"));
  mkdirSync(pictures, { recursive: true });
  files = writeReport(classGrades("visible"), folder);
  browser = await chromium.launch({
    executablePath: process.env.COURSE_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens a page and notes what it asks for and what it complains about. */
async function open(file: string): Promise<{ page: Page; requests: string[]; problems: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
  const [requests, problems]: [string[], string[]] = [[], []];
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url())) requests.push(request.url());
  });
  page.on("console", (message) => void (message.type() === "error" && problems.push(message.text())));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("dialog", (dialog) => problems.push(dialog.message()));
  await page.goto(pathToFileURL(file).href);
  return { page, requests, problems };
}

/** What the attack of the fixture would have set. */
const ran = (page: Page): Promise<unknown> => page.evaluate(() => (window as unknown as { ran?: number }).ran);

test("the feedback page of a learner who wrote scripts everywhere shows them as text and runs none", async () => {
  const { file } = files.feedback[39]!;
  const { page, requests, problems } = await open(file);
  for (const summary of await page.locator("summary").all()) await summary.click();
  const text = (await page.locator("body").textContent()) ?? "";
  assert.ok(text.includes("<script>window.ran=1</script>"), "the text is readable");
  assert.ok(text.includes("\\u{202e}"), "a character that turns the line around is shown as its number");
  await page.screenshot({ path: path.join(pictures, "feedback-attack.png"), fullPage: true });
  assert.equal(await ran(page), undefined);
  assert.deepEqual([requests, problems], [[pathToFileURL(file).href], []]);
  await page.close();
});

test("a script that got into a feedback page all the same would be stopped by the page's policy", async () => {
  const { page } = await open(files.feedback[0]!.file);
  await page.screenshot({ path: path.join(pictures, "feedback.png"), fullPage: true });
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = 1";
    document.body.append(script);
    document.body.insertAdjacentHTML("beforeend", '<img src="x" onerror="window.ran = 1">');
  });
  await page.waitForTimeout(200);
  assert.equal(await ran(page), undefined);
  await page.close();
});

test("the class page draws its figures, names the hardest cases, links each learner, and runs no learner's script", async () => {
  const { page, requests, problems } = await open(files.classPage);
  await page.waitForFunction(() => document.querySelectorAll(".plot .main-svg").length >= 3);
  for (const summary of await page.locator("summary").all()) await summary.click();
  const drawn = await page
    .locator(".plot")
    .evaluateAll((plots) =>
      plots.map(
        (plot) =>
          plot.querySelectorAll(".bars path, .barlayer path").length > 0 && plot.getAttribute("aria-label") !== "",
      ),
    );
  assert.deepEqual(drawn, [true, true, true]);
  const text = (await page.locator("body").textContent()) ?? "";
  for (const part of [
    "40 learners",
    "The hardest cases",
    "3.6",
    "Your step goes uphill",
    "to be marked by hand",
    "old-mark",
  ]) {
    assert.ok(text.includes(part), part);
  }
  assert.equal(await page.locator("table a").count(), 40);
  await page.screenshot({ path: path.join(pictures, "class.png"), fullPage: true });
  assert.equal(await ran(page), undefined);
  assert.deepEqual([requests, problems], [[pathToFileURL(files.classPage).href], []]);
  await page.locator("table a").last().click();
  await page.waitForURL(/feedback/);
  await page.close();
});

test("on a telephone the page keeps to its width, and in each figure the title and the legend keep apart", async () => {
  const page = await browser.newPage({ viewport: { width: 375, height: 800 } });
  await page.goto(pathToFileURL(files.classPage).href);
  await page.waitForFunction(() => document.querySelectorAll(".plot .main-svg").length >= 3);
  for (const summary of await page.locator("summary").all()) await summary.click();
  const tooWide = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  const overlaps = await page.locator(".plot:has(.legend)").evaluateAll((plots) =>
    plots.filter((plot) => {
      const title = plot.querySelector(".gtitle")!.getBoundingClientRect();
      const legend = plot.querySelector(".legend")!.getBoundingClientRect();
      return title.bottom > legend.top + 1 && title.right > legend.left;
    }),
  );
  const widths = await page
    .locator("details td:nth-child(3)")
    .evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().width));
  const narrowest = Math.min(...widths);
  assert.deepEqual([tooWide, overlaps.length], [false, 0]);
  assert.ok(narrowest > 150, `a sentence has ${narrowest} pixels for a line`);
  await page.screenshot({ path: path.join(pictures, "class-narrow.png"), fullPage: true });
  await page.close();
});
