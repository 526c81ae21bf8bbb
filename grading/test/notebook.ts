/** @file A stand-in for the course's kernel: keeps what is shown. Each test gets a folder of its own for its progress. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";
import type { Bundle } from "@course/lib/display";
import { CHECK_MIME } from "../src/check";

/** What a notebook shows. */
export interface Notebook {
  /** The outputs in order, each in its last state. */
  outputs: Bundle[];
  /** The folder that stands for `.course`. */
  home: string;
  /** The text of the last output. */
  text(): string;
  /** The HTML of the last output. */
  html(): string;
  /** What the last output says to programs. */
  data(): Record<string, unknown>;
}

const DISPLAY = Symbol.for("course.display");

/** Opens an empty notebook for one test and puts everything back when the test ends. */
export function openNotebook(t: TestContext): Notebook {
  const outputs: Bundle[] = [];
  const home = mkdtempSync(path.join(tmpdir(), "course-"));
  const globals = globalThis as Record<symbol, unknown>;
  const before = { display: globals[DISPLAY], home: process.env.COURSE_HOME };
  process.env.COURSE_HOME = home;
  globals[DISPLAY] = (bundle: Bundle) => {
    const at = outputs.push(bundle) - 1;
    const update = (next: Bundle): void => {
      outputs[at] = next;
    };
    return { update };
  };
  t.after(() => {
    globals[DISPLAY] = before.display;
    if (before.home === undefined) delete process.env.COURSE_HOME;
    else process.env.COURSE_HOME = before.home;
    rmSync(home, { recursive: true, force: true });
  });
  return {
    outputs,
    home,
    text: () => String(outputs.at(-1)?.["text/plain"]),
    html: () => String(outputs.at(-1)?.["text/html"]),
    data: () => outputs.at(-1)?.[CHECK_MIME] as Record<string, unknown>,
  };
}
