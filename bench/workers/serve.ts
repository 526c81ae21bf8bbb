/** The protocol of bench/turns.ts for workers in TypeScript: says "ready", then works n times for every line "n". */

import { createInterface } from "node:readline";

export function serve(once: () => unknown): void {
  console.log("ready");
  createInterface({ input: process.stdin }).on("line", async (line) => {
    const times: number[] = [];
    for (let i = 0; i < Number(line); i++) {
      const began = performance.now();
      await once();
      times.push(performance.now() - began);
    }
    console.log(times.map((ms) => ms.toFixed(4)).join(" "));
  });
}
