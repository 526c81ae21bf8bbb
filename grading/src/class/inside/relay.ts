/**
 * @file Stands between a container, which has only the three standard streams, and the program inside: what comes on the
 * input goes to the program's descriptor 3, its answers go to the output, and what it prints goes to the error stream.
 * Started as `node relay.js PROGRAM`.
 */

import { spawn } from "node:child_process";
import type { Duplex } from "node:stream";

const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(2)], {
  stdio: ["ignore", "pipe", "pipe", "pipe"],
});
const channel = child.stdio[3] as Duplex;
process.stdin.pipe(channel);
channel.pipe(process.stdout);
child.stdout?.pipe(process.stderr, { end: false });
child.stderr?.pipe(process.stderr, { end: false });
child.on("exit", (code, signal) => process.exit(signal ? 128 : (code ?? 1)));
