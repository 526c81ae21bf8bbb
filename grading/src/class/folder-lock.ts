/**
 * @file One process at a time in a folder. The lock is a file beside it with the process's number and start; a lock whose
 * process has ended counts as none. Used by the embedded gradebook.
 */

import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CourseError } from "@course/lib/errors";

/** Takes the lock of a folder, or says which process has it. Returns what gives it back. */
export function lockFolder(folder: string): () => void {
  const lock = `${folder}.lock`;
  const own = `${lock}.${process.pid}`;
  writeFileSync(own, identity(process.pid) ?? String(process.pid));
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        linkSync(own, lock); // fails if there is one: of two processes one gets it
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const holder = read(lock);
      const pid = Number(holder.split(" ")[0]);
      if (pid !== process.pid && attempt < 20 && holder !== identity(pid)) removeStale(lock, holder);
      else throw taken(folder, pid);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(lock, { force: true });
}

/** Moves the lock of an ended process away, unless another process was faster and has its own lock there by now. */
function removeStale(lock: string, holder: string): void {
  const aside = `${lock}.stale.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return; // somebody else moved it
  }
  if (read(aside) !== holder && !existsSync(lock)) renameSync(aside, lock);
  else rmSync(aside, { force: true });
}

/** A process by its number and, where the system tells it, its start; nothing if there is no such process. */
function identity(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return undefined;
  }
  const stat = read(`/proc/${pid}/stat`);
  const state = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state[0] === "Z") return undefined; // killed, and not yet fetched by its parent
  return state[19] ? `${pid} ${state[19]}` : String(pid);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function taken(folder: string, pid: number): CourseError {
  return new CourseError({
    what: `gradebook in ${path.basename(path.dirname(folder))}`,
    expected: "no other program that has it open",
    received: `process ${pid} has`,
    remedy: "Wait until it has ended. Several programs at once need a server: --database postgres://...",
  });
}
