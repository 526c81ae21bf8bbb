/** @file The report of `course run all` in a real browser: it shows itself, asks for nothing and complains about nothing. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { coursePath } from "../build/paths";
import { renderReport } from "../build/report-page";
import { result } from "./report-fixture";

test("the report opens by itself, its claims unfold, its picture is drawn, and it fits a narrow page", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "course-report-"));
  const file = path.join(folder, "report.html");
  writeFileSync(file, renderReport([result("01-a", {}), result("02-b", { ok: false })], { note: "A test." }));
  const executablePath = process.env.COURSE_CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage({ viewport: { width: 700, height: 900 } });
    const [requests, problems]: [string[], string[]] = [[], []];
    page.on("request", (request) => void (/^data:/.test(request.url()) || requests.push(request.url())));
    page.on("console", (message) => void (message.type() === "error" && problems.push(message.text())));
    page.on("pageerror", (error) => void problems.push(error.message));
    await page.goto(pathToFileURL(file).href);
    assert.equal(await page.locator("h1").textContent(), "The course, executed");
    assert.equal(await page.locator("table").first().locator("tbody tr").count(), 2);
    await page.locator("summary").first().click();
    assert.ok(await page.getByText("the sky is blue").first().isVisible());
    const drawn = "document.querySelector('img').naturalWidth > 0";
    assert.equal(await page.evaluate(drawn), true);
    assert.equal(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), true);
    await page.getByRole("link", { name: "02-b" }).click();
    assert.match(page.url(), /#02-b$/);
    mkdirSync(coursePath("artefacts"), { recursive: true });
    await page.screenshot({ path: coursePath("artefacts", "report.png"), fullPage: true });
    assert.deepEqual([requests, problems], [[pathToFileURL(file).href], []]);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
