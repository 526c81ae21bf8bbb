/**
 * Runs a graph on the calling thread, as writing does, and then one with two independent halves, as training does. Prints what share of
 * the processor time each thread of this process had in the second. For compile.test.ts; Linux only.
 */

import { readdirSync, readFileSync } from "node:fs";
import { compile } from "../src/compile";
import { ready, type Tensor, tf } from "../src/tf";

/** Nanoseconds that each thread has computed. */
const threads = (): Map<string, number> =>
  new Map(
    readdirSync("/proc/self/task").map((id) => [
      id,
      Number(readFileSync(`/proc/self/task/${id}/schedstat`, "utf8").split(" ")[0]),
    ]),
  );

async function main(): Promise<void> {
  await ready();
  const square = tf.randomUniform([256, 256], 0, 0.01);
  const power = (x: Tensor): Tensor => Array.from({ length: 20 }).reduce<Tensor>((y) => y.matMul(x as never), x);
  compile(power, { callingThread: true })(square);
  const both = compile((x: Tensor) => ({ a: power(x), b: power(x.mul(2)) }));
  tf.dispose(both(square));
  const before = threads();
  for (let i = 0; i < 100; i++) tf.dispose(both(square));
  const spent = [...threads()].map(([id, nanoseconds]) => nanoseconds - (before.get(id) ?? 0));
  const all = spent.reduce((sum, one) => sum + one, 0);
  console.log(JSON.stringify(spent.map((one) => one / all)));
}

void main();
