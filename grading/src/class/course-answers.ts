/**
 * @file Where the course's library holds the answer to an exercise. In that exercise the module is not there, so that
 * importing the answer earns nothing. A module that exports a function of the same name as the answer is found by itself;
 * the others are listed here.
 */

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "@course/lib/home";
import type { CourseExercise } from "./course-copy";

/** Modules whose function has another name than the exercise's. A test asserts that they exist. */
export const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  "1.2": ["dataset"],
  "1.3": ["fused", "hand-gradients"],
  "1.7": ["fit"],
  "2.1": ["gpt", "gpt-config", "inspect"],
  "2.4": ["fused"],
  "2.5": ["fused", "hand-gradients"],
  "2.7": ["safetensors"],
  "2.8": ["quantize"],
  "3.1": ["gradcheck"],
  "3.2": ["descent", "optimizer"],
  "3.4": ["curvature"],
  "3.5": ["descent", "optimizer"],
  "3.6": ["descent", "optimizer"],
  "3.8": ["schedule"],
  "3.9": ["optimizer"],
  "4.1": ["autograd"],
  "4.2": ["autograd", "value-graph"],
  "4.3": ["autograd", "value-graph"],
  "4.4": ["hand-gradients"],
  "4.5": ["hand-gradients"],
  "4.6": ["hand-gradients"],
  "4.7": ["gradcheck"],
  "5.1": ["sample"],
  "5.2": ["hand-gradients", "next-token"],
  "5.3": ["next-token"],
  "5.4": ["next-token"],
  "5.6": ["frozen"],
  "5.8": ["fused", "hand-gradients", "kvcache"],
  "6.1": ["chat"],
  "6.2": ["chat"],
  "6.3": ["loss", "sft"],
  "6.7": ["llama-lora", "lora"],
  "6.8": ["llama-lora"],
  "7.2": ["ask-annotators", "preferences"],
  "7.3": ["dpo", "reward"],
  "7.4": ["best-of-n"],
  "7.9": ["reward"],
  "8.2": ["snapshot"],
  "8.3": ["snapshot", "weight-change"],
  "8.7": ["cost"],
  "8.8": ["retrieval"],
  "9.1": ["snapshot"],
  "9.5": ["cost", "plots/break-even"],
  "9.7": ["examine"],
};

let exporters: Map<string, string[]> | undefined;

/** The modules of the library that are not there when the exercise is graded. */
export function modulesWithAnswer({ id, names }: Pick<CourseExercise, "id" | "names">): string[] {
  exporters ??= readExporters();
  const found = names.flatMap((name) => exporters?.get(name) ?? []);
  return [...new Set([...found, ...(ELSEWHERE[id] ?? [])])].sort();
}

/** For each function the library exports, its modules. */
function readExporters(): Map<string, string[]> {
  const folder = path.join(repositoryRoot(), "lib", "dist");
  const map = new Map<string, string[]>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".d.ts"))) {
    const module = file.replace(/\.d\.ts$/, "");
    for (const [, name] of readFileSync(path.join(folder, file), "utf8").matchAll(
      /^export declare (?:async )?(?:function|const|class) (\w+)/gm,
    )) {
      map.set(name!, [...(map.get(name!) ?? []), module]);
    }
  }
  return map;
}
