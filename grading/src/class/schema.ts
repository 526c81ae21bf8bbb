/**
 * @file The tables of the gradebook, in PostgreSQL's dialect; both databases get the same. Used by the store.
 * Results are kept as the JSON they came as; what is asked for in queries stands in columns besides.
 */

import type { Queries } from "./database";

/** Grows by one with every change below. */
const VERSION = 1;

/** One entry for each version: what makes the tables of the version before into those of this one. */
const STEPS: readonly string[] = [
  `
  CREATE TABLE course.submission (
    key uuid PRIMARY KEY,                 -- from learner, notebook and content: the same submission has the same key
    number bigint GENERATED ALWAYS AS IDENTITY,
    learner text NOT NULL,
    notebook text NOT NULL,
    file text NOT NULL,
    submitted_at timestamptz NOT NULL,
    described json NOT NULL,              -- the submission and its findings, as they were collected
    content bytea,                        -- the notebook, compressed; null if it could not be read
    taken_by integer                      -- the session that grades it now
  );
  CREATE INDEX ON course.submission (learner, notebook, submitted_at);
  CREATE INDEX ON course.submission (taken_by) WHERE taken_by IS NOT NULL;

  CREATE TABLE course.result (
    key uuid PRIMARY KEY REFERENCES course.submission,
    graded_at timestamptz NOT NULL,
    points double precision NOT NULL,
    max_points double precision NOT NULL,
    result json NOT NULL
  );

  CREATE TABLE course.exercise_result (
    key uuid NOT NULL REFERENCES course.result ON DELETE CASCADE,
    exercise text NOT NULL,
    status text NOT NULL,
    points double precision NOT NULL,
    max_points double precision NOT NULL,
    PRIMARY KEY (key, exercise)
  );

  CREATE TABLE course.mark (              -- given by a person; counts in the place of the points from the cases
    learner text NOT NULL,
    notebook text NOT NULL,
    exercise text NOT NULL,
    points double precision NOT NULL,
    comment text NOT NULL,
    marked_at timestamptz NOT NULL,
    sha256 text NOT NULL,                 -- of the answer that was marked, so that a changed one is noticed
    PRIMARY KEY (learner, notebook, exercise)
  );
  `,
];

/** Makes the tables, or brings those of an earlier version up to date. Only one program may do it at a time. */
export async function installTables(queries: Queries): Promise<void> {
  const [known] = await queries.query("SELECT to_regclass('course.version') AS name", []);
  const [found] = known?.name ? await queries.query("SELECT version FROM course.version", []) : [];
  if (Number(found?.version ?? 0) >= VERSION) return;
  await queries.query(
    "CREATE SCHEMA IF NOT EXISTS course; CREATE TABLE IF NOT EXISTS course.version (version integer)",
  );
  const [row] = await queries.query("SELECT version FROM course.version", []);
  if (!row) await queries.query("INSERT INTO course.version VALUES (0)", []);
  for (const step of STEPS.slice(Number(row?.version ?? 0))) await queries.query(step);
  await queries.query("UPDATE course.version SET version = $1", [VERSION]);
}
