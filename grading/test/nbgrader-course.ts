/** Real nbgrader in a folder that `course nbgrader` made. For its test and for `npm run verify:nbgrader`. */

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { repositoryRoot } from "@course/lib/home";
import { nbgraderFolder } from "../src/class/nbgrader-folder";
import { parseSheet } from "../src/class/sheet";

const run = promisify(execFile);

/** A notebook as far as the tests change it. */
export interface Ipynb {
  cells: {
    id: string;
    cell_type: string;
    source: string | string[];
    metadata: { tags?: string[]; nbgrader?: Record<string, unknown>; course?: { kind: string; exercise?: string } };
    outputs?: unknown[];
    execution_count?: null;
  }[];
  metadata: Record<string, unknown>;
}

/** Where nbgrader is, or nothing. */
export function findNbgrader(): string | undefined {
  const own = path.join(repositoryRoot(), ".course", "nbgrader", "bin", "nbgrader");
  return process.env.COURSE_NBGRADER ?? (existsSync(own) ? own : undefined);
}

export class NbgraderCourse {
  readonly folder: string;
  readonly names: string[];
  readonly #program: string;

  constructor(program: string) {
    this.#program = program;
    this.folder = mkdtempSync(path.join(tmpdir(), "course-nbgrader-"));
    this.names = nbgraderFolder(this.folder);
  }

  /** Runs `nbgrader ...`; its messages, also when it fails. */
  nbgrader(...args: string[]): Promise<string> {
    return this.#run(this.#program, args);
  }

  async #run(program: string, args: string[]): Promise<string> {
    const env = {
      ...process.env,
      PATH: `${path.dirname(this.#program)}:${process.env.PATH}`,
      JUPYTER_PREFER_ENV_PATH: "1",
    };
    const options = {
      cwd: this.folder,
      env: { ...env, JUPYTER_CONFIG_DIR: path.join(this.folder, "config") },
      maxBuffer: 1 << 26,
    };
    try {
      const { stdout, stderr } = await run(program, args, options);
      return stdout + stderr;
    } catch (error) {
      const { stdout = "", stderr = "", message } = error as { stdout?: string; stderr?: string; message: string };
      return `${stdout}${stderr}\n${message}`;
    }
  }

  read(version: "handed_out" | "source" | "release", name: string): Ipynb {
    const folder = version === "handed_out" ? version : path.join(version, name);
    return JSON.parse(readFileSync(path.join(this.folder, folder, `${name}.ipynb`), "utf8")) as Ipynb;
  }

  /** Hands in a notebook. */
  submit(learner: string, name: string, notebook: Ipynb | string): void {
    const folder = path.join(this.folder, "submitted", learner, name);
    mkdirSync(folder, { recursive: true });
    const text = typeof notebook === "string" ? notebook : JSON.stringify(notebook);
    writeFileSync(path.join(folder, `${name}.ipynb`), text);
  }

  /** What `nbgrader export` says: by learner and assignment, points and the most that can be had. */
  async scores(): Promise<Map<string, [number, number]>> {
    await this.nbgrader("export");
    const [header = [], ...rows] = parseSheet(
      readFileSync(path.join(this.folder, "grades.csv"), "utf8"),
      "grades",
    ).rows;
    const at = (row: string[], name: string): string => row[header.indexOf(name)] ?? "";
    return new Map(
      rows.map((row) => [
        `${at(row, "student_id")} ${at(row, "assignment")}`,
        [Number(at(row, "score")), Number(at(row, "max_score"))],
      ]),
    );
  }
}

/** The text of a cell. */
export function sourceOf(cell: Ipynb["cells"][number]): string {
  return [cell.source].flat().join("");
}
