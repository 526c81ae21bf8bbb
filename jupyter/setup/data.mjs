/**
 * @file Shakespeare's plays, which notebook 1 compares with at its end, and the real chat model of notebook 2. They are not
 * part of the repository; without them the notebooks say so and go on, so a fetch that fails is no failure of `npm start`.
 */

import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { keyOf } from "./steps.mjs";

const fetcher = join(root, "datasets", "dist", "shakespeare", "fetch.js");

/** Where a fetched SmolLM2 is: 93 MB, offered and never fetched without being asked. */
export const smollm2File = join(root, ".course", "data", "SmolLM2-135M-Instruct.Q4_1.gguf");

/** @returns {import("./steps.mjs").Step} */
export function shakespeare() {
  return {
    name: "Shakespeare",
    doing: "fetching the plays",
    key: keyOf({ files: [fetcher] }),
    work: async (progress) => {
      const onProgress = (/** @type {number} */ bytes, /** @type {number} */ total) =>
        progress(`fetching the plays: ${(bytes / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`);
      try {
        await createRequire(import.meta.url)(fetcher).fetchShakespeare({ onProgress, timeoutMs: 60_000 });
        return "there";
      } catch (error) {
        const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
        return `not fetched; the notebooks go on without it. (${reason} Later: \`npx course fetch shakespeare\`)`;
      }
    },
  };
}
