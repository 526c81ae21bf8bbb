/**
 * @file The gradebook: keeps submissions until they are graded, and results for good. The queue is pg-boss on the same
 * database, so that a result is stored and its submission leaves the queue in one transaction.
 * Used by `course grade`, `worker`, `regrade`, `report` and `export`.
 */

import { createHash, randomInt } from "node:crypto";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type PgBoss from "pg-boss";
import { type Database, openEmbedded, openServer, type Queries, type Row } from "./database";
import { installTables } from "./schema";
import type { CollectedSubmission, GradeStore, QueuedSubmission, ResultFilter, SubmissionResult } from "./types";

/** Points that a person gave for an exercise. They count in the place of the points from its cases. */
export interface Mark {
  learner: string;
  notebook: string;
  exercise: string;
  points: number;
  /** To the learner; may be empty. */
  comment: string;
  /** ISO date. */
  markedAt: string;
  /** Of the answer that was marked. */
  sha256: string;
}

/** The store with what people add to it. */
export interface Gradebook extends GradeStore {
  /** Keeps marks; one for the same learner and exercise is replaced. All or none. */
  mark(marks: readonly Mark[]): Promise<void>;
  /** All marks, ordered by learner and exercise. */
  marks(): Promise<Mark[]>;
  /** How many different submissions of each learner and notebook there are: `attempts.get("ada 03")`. */
  attempts(): Promise<Map<string, number>>;
}

/** Where a gradebook is. */
export interface StorePlace {
  /** The folder that `course grade --out` names; the embedded gradebook is in its `gradebook`. `grades` unless told. */
  out?: string;
  /** The address of a PostgreSQL server; then nothing is embedded. */
  database?: string;
}

const QUEUE = "grade";
const QUEUE_SCHEMA = "course_queue";
/** A submission that was taken this often and never finished is given up, with a finding. */
const MOST_TAKES = 25;
/** Longer than any submission takes; a worker's death is noticed earlier, by its lock. */
const EXPIRE_SECONDS = 3600;

/** Opens a gradebook, and makes it where there is none. */
export async function openStore({ out = "grades", database }: StorePlace = {}): Promise<Gradebook> {
  const opened = database
    ? await openServer(database, install)
    : await openEmbedded(path.resolve(out, "gradebook"), install);
  return new Store(opened, await startQueue(opened)).begin();
}

async function install(database: Database): Promise<void> {
  await database.alone(async () => {
    await database.transaction(installTables);
    await startQueue(database);
  });
}

async function startQueue(database: Database): Promise<PgBoss> {
  const Boss = require("pg-boss") as typeof PgBoss;
  const boss = new Boss({ db: forQueue(database), schema: QUEUE_SCHEMA, supervise: false, schedule: false });
  boss.on("error", () => {}); // each call reports its own errors
  await boss.start();
  await boss.createQueue(QUEUE, { name: QUEUE, retryLimit: 1_000_000, expireInSeconds: EXPIRE_SECONDS });
  return boss;
}

/** The database as pg-boss wants it. */
function forQueue(queries: Queries): PgBoss.Db {
  return {
    executeSql: async (text, values) => ({ rows: await queries.query(text, values?.length ? values : undefined) }),
  };
}

class Store implements Gradebook {
  /** This opening of the store; its lock tells the others that it is alive. */
  readonly #session = randomInt(1, 2 ** 31 - 1);
  readonly #database: Database;
  readonly #boss: PgBoss;

  constructor(database: Database, boss: PgBoss) {
    this.#database = database;
    this.#boss = boss;
  }

  /** Puts back what ended programs had taken. */
  async begin(): Promise<this> {
    await this.#recover();
    return this;
  }

  async enqueue(collected: CollectedSubmission, { again = false } = {}): Promise<string> {
    const { submission, findings, content } = collected;
    const key = submissionKey(collected);
    const submittedAt = dateOf(submission.submittedAt);
    await this.#database.transaction(async (tx) => {
      const added = await tx.query(
        `INSERT INTO course.submission (key, learner, notebook, file, submitted_at, described, content)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (key) DO NOTHING RETURNING key`,
        [
          key,
          plainText(submission.learner),
          plainText(submission.notebook),
          plainText(submission.file),
          submittedAt,
          JSON.stringify({ submission, findings }),
          content ? gzipSync(content) : null,
        ],
      );
      if (added.length === 0) await tx.query(SAME_AGAIN, [key, submittedAt]);
      const [done] = await tx.query("SELECT key FROM course.result WHERE key = $1", [key]);
      if (done && !again) return;
      await this.#boss.send(QUEUE, { key }, { id: key, retentionDays: 3650, db: forQueue(tx) });
    });
    return key;
  }

  async take(worker: string): Promise<QueuedSubmission | undefined> {
    await this.#database.stayAlive(this.#session);
    return (await this.#takeNext(worker)) ?? ((await this.#recover()) > 0 ? this.#takeNext(worker) : undefined);
  }

  async #takeNext(worker: string): Promise<QueuedSubmission | undefined> {
    const options = { includeMetadata: true, batchSize: 1 } as const;
    for (;;) {
      const taken = await this.#database.transaction(async (tx) => {
        const [job] = await this.#boss.fetch(QUEUE, { ...options, db: forQueue(tx) });
        if (!job) return undefined;
        const [row] = await tx.query(
          "UPDATE course.submission SET taken_by = $2 WHERE key = $1 RETURNING key, described, content, submitted_at",
          [job.id, this.#session],
        );
        return { job, row: row! };
      });
      if (!taken) return undefined;
      const collected = { key: String(taken.row.key), ...collectedOf(taken.row) };
      if (taken.job.retryCount < MOST_TAKES) return collected;
      await this.finish(collected.key, givenUp(collected, worker));
    }
  }

  async finish(key: string, result: SubmissionResult): Promise<void> {
    const { exercises, gradedAt, points, maxPoints } = result;
    const rows = exercises.map(({ id, status, points, maxPoints }) => ({
      exercise: plainText(id),
      status,
      points,
      max_points: maxPoints,
    }));
    await this.#database.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO course.result (key, graded_at, points, max_points, result) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (key) DO UPDATE SET graded_at = excluded.graded_at, points = excluded.points,
           max_points = excluded.max_points, result = excluded.result`,
        [key, dateOf(gradedAt), points, maxPoints, JSON.stringify(result)],
      );
      await tx.query("DELETE FROM course.exercise_result WHERE key = $1", [key]);
      await tx.query(
        `INSERT INTO course.exercise_result (key, exercise, status, points, max_points)
         SELECT $1, exercise, status, points, max_points FROM json_to_recordset($2)
         AS row (exercise text, status text, points double precision, max_points double precision)
         ON CONFLICT DO NOTHING`,
        [key, JSON.stringify(rows)],
      );
      await tx.query("UPDATE course.submission SET taken_by = NULL WHERE key = $1", [key]);
      await this.#boss.deleteJob(QUEUE, key, { db: forQueue(tx) });
    });
  }

  /** Puts back what sessions had taken that are no longer alive; returns how many submissions that were. */
  async #recover(): Promise<number> {
    const sessions = await this.#database.query(
      "SELECT DISTINCT taken_by FROM course.submission WHERE taken_by IS NOT NULL AND taken_by <> $1",
      [this.#session],
    );
    let count = 0;
    for (const { taken_by: session } of sessions) {
      if (await this.#database.isAlive(Number(session))) continue;
      await this.#database.transaction(async (tx) => {
        const rows = await tx.query("UPDATE course.submission SET taken_by = NULL WHERE taken_by = $1 RETURNING key", [
          session,
        ]);
        const keys = rows.map(({ key }) => String(key));
        for (const key of keys) await this.#boss.fail(QUEUE, key, { says: "worker ended" }, { db: forQueue(tx) });
        count += keys.length;
      });
    }
    return count;
  }

  async results({ notebook, learner }: ResultFilter = {}): Promise<SubmissionResult[]> {
    const rows = await this.#database.query(
      `SELECT r.result, s.submitted_at FROM course.result r JOIN (${COUNTING}) s ON s.key = r.key
       ORDER BY s.learner COLLATE "C", s.notebook COLLATE "C", s.file COLLATE "C"`,
      filterValues(notebook, learner),
    );
    return rows.map(({ result, submitted_at: submittedAt }) => {
      const stored = result as SubmissionResult;
      return { ...stored, submission: { ...stored.submission, submittedAt: (submittedAt as Date).toISOString() } };
    });
  }

  async *submissions({ notebook, learner }: ResultFilter = {}): AsyncGenerator<CollectedSubmission> {
    const keys = await this.#database.query(
      `SELECT key FROM (${COUNTING}) s ORDER BY learner COLLATE "C", notebook COLLATE "C", file COLLATE "C"`,
      filterValues(notebook, learner),
    );
    for (const { key } of keys) {
      const text = "SELECT described, content, submitted_at FROM course.submission WHERE key = $1";
      for (const row of await this.#database.query(text, [key])) yield collectedOf(row);
    }
  }

  async waiting(): Promise<number> {
    return Number(await this.#boss.getQueueSize(QUEUE, { before: "completed" }));
  }

  async mark(marks: readonly Mark[]): Promise<void> {
    await this.#database.transaction(async (tx) => {
      for (const { learner, notebook, exercise, points, comment, markedAt, sha256 } of marks) {
        await tx.query(
          `INSERT INTO course.mark (learner, notebook, exercise, points, comment, marked_at, sha256)
           VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (learner, notebook, exercise)
           DO UPDATE SET points = excluded.points, comment = excluded.comment, marked_at = excluded.marked_at,
             sha256 = excluded.sha256`,
          [plainText(learner), notebook, exercise, points, plainText(comment), dateOf(markedAt), sha256],
        );
      }
    });
  }

  async marks(): Promise<Mark[]> {
    const rows = await this.#database.query(
      `SELECT learner, notebook, exercise, points, comment, marked_at, sha256 FROM course.mark
       ORDER BY learner COLLATE "C", notebook COLLATE "C", exercise COLLATE "C"`,
      [],
    );
    return rows.map(
      ({ marked_at: markedAt, ...row }) => ({ ...row, markedAt: (markedAt as Date).toISOString() }) as Mark,
    );
  }

  async attempts(): Promise<Map<string, number>> {
    const rows = await this.#database.query(
      "SELECT learner, notebook, count(*)::integer AS count FROM course.submission GROUP BY learner, notebook",
      [],
    );
    return new Map(rows.map(({ learner, notebook, count }) => [`${learner} ${notebook}`, Number(count)]));
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false });
    await this.#database.close();
  }
}

/**
 * The submission that counts: the last one of each learner and notebook. Files of which nobody could tell the notebook
 * stand each for itself.
 */
const COUNTING = `
  SELECT DISTINCT ON (learner, notebook, CASE WHEN notebook = '' THEN file END)
    key, learner, notebook, file, submitted_at
  FROM course.submission
  WHERE ($1::text IS NULL OR notebook = $1) AND ($2::text IS NULL OR learner = $2)
  ORDER BY learner, notebook, CASE WHEN notebook = '' THEN file END, submitted_at DESC, number DESC`;

/**
 * The same bytes came again. Usually that is the same download: the earlier time counts. Only when another submission
 * stands between the two did the learner go back to this one: then it is the last one now.
 */
const SAME_AGAIN = `
  UPDATE course.submission mine SET submitted_at = $2
  WHERE key = $1 AND ($2 < submitted_at OR EXISTS (
    SELECT 1 FROM course.submission other
    WHERE other.learner = mine.learner AND other.notebook = mine.notebook
      AND other.submitted_at > mine.submitted_at AND other.submitted_at < $2))`;

/** The same learner, notebook and bytes give the same key. */
export function submissionKey({ submission }: CollectedSubmission): string {
  const { learner, notebook, sha256, file } = submission;
  const hash = createHash("sha256")
    .update(JSON.stringify([learner, notebook, sha256 || ["unread", file]]))
    .digest("hex");
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join("-");
}

function collectedOf({ described, content, submitted_at: submittedAt }: Row): CollectedSubmission {
  const { submission, findings } = described as CollectedSubmission;
  return {
    submission: { ...submission, submittedAt: (submittedAt as Date).toISOString() },
    findings,
    ...(content ? { content: new Uint8Array(gunzipSync(content as Uint8Array)) } : {}),
  };
}

function givenUp({ submission, findings }: CollectedSubmission, worker: string): SubmissionResult {
  const says = `Grading this submission was begun ${MOST_TAKES} times and never ended (last by ${worker}). Please look at it.`;
  return {
    submission,
    exercises: [],
    points: 0,
    maxPoints: 0,
    findings: [...findings, { id: "never-finished", level: "error", says }],
    rung: "plain",
    seconds: 0,
    gradedAt: new Date().toISOString(),
    courseVersion: "",
    seed: 0,
  };
}

function filterValues(notebook: string | undefined, learner: string | undefined): (string | null)[] {
  return [notebook ?? null, learner === undefined ? null : plainText(learner)];
}

/** Text as PostgreSQL takes it: without the character 0 and without halves of characters. */
function plainText(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8").replaceAll("\0", "\u{fffd}");
}

function dateOf(iso: string): Date {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}
