/**
 * @file The set-up that `npm start` and `npm test` share, step by step. A step done before, from the same inputs, costs
 * nothing; after a failure the next run goes on from the step that failed.
 */

import { shakespeare } from "./data.mjs";
import { kernel } from "./kernel.mjs";
import { lock } from "./lock.mjs";
import { nativeBackend } from "./native.mjs";
import { build, npmPackages, packagesInstalled } from "./packages.mjs";
import { pythonPackages } from "./python.mjs";
import { Steps } from "./steps.mjs";

/**
 * Makes everything ready, one set-up at a time.
 *
 * @param {{ tests?: boolean, retryNative?: boolean, buildWith?: () => Promise<void> }} [options] with `tests`, also what
 *   only the tests use; `retryNative` tries the native backends once more that failed; `buildWith` takes the place of
 *   the build step
 */
export async function setUp({ tests = false, retryNative = false, buildWith } = {}) {
  const steps = new Steps();
  const release = await lock((by) => steps.line(`  Another set-up of this repository runs (process ${by}); waiting.`));
  try {
    if (!packagesInstalled()) await steps.run(npmPackages);
    if (buildWith) await buildWith();
    else await steps.run(build());
    await steps.run(pythonPackages({ name: "JupyterLab", requirements: "requirements.txt" }));
    if (tests) await steps.run(pythonPackages({ name: "test tools", requirements: "requirements-test.txt" }));
    await steps.run(kernel());
    await steps.run(nativeBackend({ again: retryNative }));
    if (!tests) await steps.run(shakespeare());
  } finally {
    release();
  }
}
