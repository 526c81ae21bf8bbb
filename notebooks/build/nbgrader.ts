/**
 * @file nbgrader's own marks on a cell, so that nbgrader can release and grade the notebooks: metadata of version 3 and
 * the checksum by which it notices an edited cell. Leaves out task cells and partial tests.
 * @see https://nbgrader.readthedocs.io/en/stable/contributor_guide/metadata.html
 */
import { createHash } from "node:crypto";
import { CourseError } from "@course/lib/errors";
import type { Cell, NbgraderMetadata } from "./nbformat";
import { joined } from "./nbformat";

/** The three kinds of cells that nbgrader knows here. */
export type GraderKind = "autograded answer" | "autograder tests" | "manual answer";

const FLAGS: Record<GraderKind, Pick<NbgraderMetadata, "grade" | "solution" | "locked" | "task">> = {
  "autograded answer": { grade: false, solution: true, locked: false, task: false },
  "autograder tests": { grade: true, solution: false, locked: true, task: false },
  "manual answer": { grade: true, solution: true, locked: false, task: false },
};

/** The metadata of a cell: `graderMetadata("autograder tests", "check-1-3", 2)`. */
export function graderMetadata(kind: GraderKind, gradeId: string, points?: number): NbgraderMetadata {
  const metadata: NbgraderMetadata = { schema_version: 3, ...FLAGS[kind], grade_id: gradeId };
  if (metadata.grade) metadata.points = points ?? 0;
  return metadata;
}

/**
 * Marks a cell as it is handed out: what may not be deleted or edited, and the checksum of its text.
 * Does nothing to a cell without nbgrader metadata.
 */
export function release(cell: Cell): void {
  const metadata = cell.metadata.nbgrader;
  if (!metadata) return;
  cell.metadata.deletable = false;
  if (!metadata.solution) cell.metadata.editable = false;
  metadata.cell_type = cell.cell_type;
  metadata.checksum = checksum(cell);
}

/**
 * nbgrader's checksum: MD5 over source, cell type, the three flags as Python prints them, the grade id and, for a graded
 * cell, its points as a Python float.
 */
export function checksum(cell: Cell): string {
  const metadata = cell.metadata.nbgrader;
  if (!metadata) throw new Error(`cell ${cell.id} has no nbgrader metadata`);
  const { grade, solution, grade_id: gradeId } = metadata;
  const locked = solution ? false : grade ? true : metadata.locked;
  const md5 = createHash("md5");
  md5.update(joined(cell.source), "utf8");
  md5.update(cell.cell_type);
  for (const flag of [grade, solution, locked]) md5.update(flag ? "True" : "False");
  md5.update(gradeId);
  if (grade) md5.update(pythonFloat(metadata.points ?? 0));
  return md5.digest("hex");
}

/** A number of points as Python prints a float: `2` is `2.0`. Far from 1 the two languages differ, so those are refused. */
function pythonFloat(points: number): string {
  if (!(points === 0 || (points >= 1e-4 && points < 1e6))) {
    throw new CourseError({ what: "points", expected: "0, or between 0.0001 and 1,000,000", received: String(points) });
  }
  return Number.isInteger(points) ? points.toFixed(1) : String(points);
}
