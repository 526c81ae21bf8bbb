/** @file A run of a notebook as the tests of the report see it: two cells, a claim, a figure. */
import type { Notebook } from "../build/nbformat";
import type { RunResult } from "../build/run";

/** A picture of one transparent pixel. */
export const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/** A run that went well, unless told otherwise. */
export function result(name: string, parts: Partial<RunResult>): RunResult {
  const figure = { "image/png": PNG, "text/plain": 'Loss falls to "2".' };
  const notebook = {
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
    cells: [
      {
        cell_type: "code",
        id: "claims",
        metadata: {},
        source: "",
        outputs: [{ output_type: "stream", name: "stdout", text: "holds: the sky is blue (measured 1)\nnot judged\n" }],
      },
      {
        cell_type: "code",
        id: "figure",
        metadata: {},
        source: "",
        outputs: [{ output_type: "display_data", data: figure }],
      },
    ],
  } as unknown as Notebook;
  return {
    name,
    version: "solution",
    short: false,
    ok: true,
    stopped: false,
    cells: [
      { id: "claims", status: "ok", seconds: 0.5 },
      { id: "figure", status: "ok", seconds: 2 },
    ],
    checks: [],
    failures: [],
    elapsedSeconds: 12.5,
    file: `/somewhere/${name}.solution.ipynb`,
    page: `/somewhere/${name}.solution.html`,
    notebook,
    ...parts,
  };
}
