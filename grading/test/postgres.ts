/** A PostgreSQL server of a test's own, in a folder of its own, reached by a socket there. */

import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";

export interface Server {
  /** Makes a database and returns its address for `--database`. */
  database(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root; then it runs as the user that is nobody. */
const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** Where the programs of PostgreSQL are; `npm test` says it when it has looked. */
function programs(): string {
  const postgres =
    process.env.COURSE_POSTGRES ?? execFileSync("sh", ["-c", "command -v postgres"], { encoding: "utf8" }).trim();
  return path.dirname(realpathSync(postgres));
}

/** Starts a server. */
export async function startPostgres(): Promise<Server> {
  const folder = mkdtempSync(path.join(tmpdir(), "course-pg-"));
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
  const data = path.join(folder, "data");
  const bin = programs();
  const initdb = ["-D", data, "-U", "course", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
  execFileSync(path.join(bin, "initdb"), initdb, { ...user, cwd: folder, stdio: "pipe" });
  const settings = ["listen_addresses=", `unix_socket_directories=${folder}`, "max_connections=40"];
  const server = spawn(path.join(bin, "postgres"), ["-D", data, ...settings.flatMap((setting) => ["-c", setting])], {
    ...user,
    cwd: folder,
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => server.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    server.kill("SIGINT");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const address = (name: string): string => `postgres://course@/${name}?host=${encodeURIComponent(folder)}`;
  const query = async (text: string): Promise<void> => {
    const client = new Client({ connectionString: address("postgres") });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.query(text);
    } finally {
      await client.end();
    }
  };
  for (let tries = 0; ; tries++) {
    try {
      await query("SELECT 1");
      break;
    } catch (error) {
      if (tries < 200 && server.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50));
      else {
        await stop();
        throw error;
      }
    }
  }
  const database = async (name: string): Promise<string> => {
    await query(`CREATE DATABASE ${name}`);
    return address(name);
  };
  return { database, stop };
}
