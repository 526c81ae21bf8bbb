/** @file Where SmolLM2's file is kept, and what it must be. Apart from smollm2.ts, so that fetching it loads no TensorFlow. */

import { courseHome } from "@course/lib/home";

/** What the file must hash to, whatever machine fetched it. */
export const SMOLLM2_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

/** The place of the fetched file. The environment variable `SMOLLM2_GGUF` names another. */
export function smollm2Path(): string {
  return process.env.SMOLLM2_GGUF || courseHome("data", "SmolLM2-135M-Instruct.Q4_1.gguf");
}
