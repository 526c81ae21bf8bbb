/**
 * @file Two databases with one dialect: PGlite, which is PostgreSQL inside this process and keeps its files in a folder,
 * and a PostgreSQL server for a department. Used by the store; nothing else in the project speaks SQL.
 * PGlite's files survive the end of its process at any moment; against power cuts a server is the better choice.
 */

import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { CourseError } from "@course/lib/errors";
import { courseHome } from "@course/lib/home";
import { lockFolder } from "./folder-lock";

/** A row of a result. */
export type Row = Record<string, unknown>;

/** What can be asked of a database, inside a transaction or outside. */
export interface Queries {
  /** One statement with its values, or several statements without values. */
  query(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** An open database. */
export interface Database extends Queries {
  kind: "embedded" | "server";
  /** Everything or nothing: an error takes back what was done. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Keeps every other program that asks for the same waiting until the work is done. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** True as long as the session with this number holds its lock; a session that ended has lost it. */
  isAlive(session: number): Promise<boolean>;
  /** Says that this session is alive, until it ends in whatever way. */
  stayAlive(session: number): Promise<void>;
  close(): Promise<void>;
}

/** What the first advisory lock key of a session is, so that no other program's locks are met. */
const LOCK_SPACE = 0x636f7572; // "cour"

/** Opens the database in a folder, and makes it where there is none. One process at a time can have it open. */
export async function openEmbedded(folder: string, install: (database: Database) => Promise<void>): Promise<Database> {
  mkdirSync(path.dirname(folder), { recursive: true });
  const unlock = lockFolder(folder);
  try {
    if (!existsSync(path.join(folder, "PG_VERSION"))) await create(folder, install);
    const database = await openPglite(folder, unlock);
    await install(database);
    return database;
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Makes the database beside its place and then moves it there, so that a half-made one is never found. */
async function create(folder: string, install: (database: Database) => Promise<void>): Promise<void> {
  const aside = `${folder}.new`;
  rmSync(aside, { recursive: true, force: true });
  await copyEmpty(aside);
  const database = await openPglite(aside, () => {});
  await install(database);
  await database.close();
  if (existsSync(folder)) {
    cpSync(aside, folder, { recursive: true, errorOnExist: true }); // an empty folder that the user made
    rmSync(aside, { recursive: true });
  } else renameSync(aside, folder);
}

/**
 * Puts a database without tables at `to`. Making one takes PostgreSQL four seconds, copying it half a second, so the first one
 * is kept for all that follow. Where none can be kept, nothing is there, and the database is made in its place.
 */
async function copyEmpty(to: string): Promise<void> {
  const about = path.join(path.dirname(require.resolve("@electric-sql/pglite")), "..", "package.json");
  const { version } = JSON.parse(readFileSync(about, "utf8")) as { version: string };
  const kept = courseHome(`empty-gradebook-${version}`);
  const aside = `${kept}.${process.pid}`;
  try {
    if (!existsSync(kept)) {
      await (await openPglite(aside, () => {})).close();
      renameSync(aside, kept); // fails if another process was sooner
    }
    cpSync(kept, to, { recursive: true });
  } catch {
    rmSync(aside, { recursive: true, force: true });
    rmSync(to, { recursive: true, force: true });
  }
}

async function openPglite(folder: string, unlock: () => void): Promise<Database> {
  const { PGlite } = require("@electric-sql/pglite") as typeof import("@electric-sql/pglite");
  const pglite = await PGlite.create({ dataDir: folder });
  type Runner = Pick<typeof pglite, "query" | "exec">;
  const queries = (on: Runner): Queries => ({
    async query(text, values) {
      if (values) return (await on.query<Row>(text, [...values])).rows;
      return ((await on.exec(text)).at(-1)?.rows ?? []) as Row[];
    },
  });
  return {
    kind: "embedded",
    ...queries(pglite),
    transaction: (work) => pglite.transaction((tx) => work(queries(tx as unknown as Runner))),
    alone: (work) => work(),
    isAlive: async () => false, // the folder's lock keeps every other process out
    stayAlive: async () => {},
    async close() {
      await pglite.close();
      unlock();
    },
  };
}

/** Connects to a PostgreSQL server: `postgres://user:password@host/database`. */
export async function openServer(url: string, install: (database: Database) => Promise<void>): Promise<Database> {
  const { Pool } = require("pg") as typeof import("pg");
  const pool = new Pool({ connectionString: url, application_name: "course grading", max: 8, keepAlive: true });
  pool.on("error", () => {}); // an idle connection was lost; the next query opens another one
  type Runner = Pick<import("pg").Client, "query">;
  const queries = (on: Runner): Queries => ({
    async query(text, values) {
      const result = values ? await on.query<Row>(text, [...values]) : await on.query<Row>(text);
      return (Array.isArray(result) ? result.at(-1) : result).rows;
    },
  });
  let alive: ReturnType<typeof holdLock> | undefined;
  const database: Database = {
    kind: "server",
    ...queries(pool as unknown as Runner),
    async transaction(work) {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query("BEGIN");
        const value = await work(queries(client as unknown as Runner));
        await client.query("COMMIT");
        return value;
      } catch (error) {
        await client.query("ROLLBACK").catch((lost: Error) => {
          broken = lost;
        });
        throw error;
      } finally {
        client.release(broken);
      }
    },
    alone: (work) =>
      database.transaction(async (holder) => {
        await holder.query("SELECT pg_advisory_xact_lock($1, $2)", [LOCK_SPACE, 0]);
        return work(); // on other connections, which see what was committed meanwhile
      }),
    async isAlive(session) {
      const [row] = await database.query("SELECT pg_try_advisory_xact_lock($1, $2) AS free", [LOCK_SPACE, session]);
      return row?.free !== true;
    },
    async stayAlive(session) {
      const again = (): void => {
        alive = undefined;
      };
      alive ??= holdLock(url, session, again);
      await alive.catch((error: unknown) => {
        again();
        throw error;
      });
    },
    async close() {
      await (await alive?.catch(() => undefined))?.end();
      await pool.end();
    },
  };
  try {
    await install(database);
    return database;
  } catch (error) {
    await pool.end();
    throw new CourseError({
      what: "database",
      expected: "a PostgreSQL server in which tables may be made",
      received: `${withoutPassword(url)}: ${error instanceof Error ? error.message || error.name : String(error)}`,
      remedy: "Give its address as postgres://user:password@host:5432/database.",
    });
  }
}

/** A connection that does nothing but hold a lock: the server gives it back when this process ends, however it ends. */
async function holdLock(url: string, session: number, onLost: () => void): Promise<import("pg").Client> {
  const { Client } = require("pg") as typeof import("pg");
  const client = new Client({ connectionString: url, application_name: "course worker", keepAlive: true });
  client.on("error", onLost);
  await client.connect();
  await client.query("SELECT pg_advisory_lock($1, $2)", [LOCK_SPACE, session]);
  return client;
}

/** The address as it may be printed. */
export function withoutPassword(url: string): string {
  return url.replace(/\/\/([^:@/]*):[^@/]*@/, "//$1:...@");
}
