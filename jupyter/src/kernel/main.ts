#!/usr/bin/env node
/**
 * @file The kernel of the course: `node main.js <connection file>`, started by Jupyter for each open notebook.
 *
 * It is tslab 1.0.22 with its compiler of cells and its sockets unchanged, and with the running of cells and the
 * answers to Jupyter written anew: failing cells are errors, outputs arrive whole, "Interrupt" interrupts.
 * Start here, then read server.ts (what Jupyter asks), executor.ts (how a cell runs) and repair.ts (what is mended in
 * the code of a cell).
 *
 * Settings, as environment variables (installKernel takes more for kernel.json):
 *
 * | variable                   | value                 | effect                                                       |
 * |----------------------------|-----------------------|--------------------------------------------------------------|
 * | `COURSE_PICTURES`          | `off`, `report`       | figures get no picture; missing pictures are said on stderr  |
 * | `COURSE_STDERR`            | `stdout`              | both streams are one, for graders that take stderr as failure|
 * | `COURSE_COMPILER_OPTIONS`  | `{"strict":true}`     | compiler options for cells                                   |
 */
import { installDisplay } from "./display";
import { Executor } from "./executor";
import { installInterrupts } from "./interrupt";
import { installProcess, printOnTerminal } from "./process";
import { CourseServer } from "./server";
import { installTensorPrinting, repairNodeForTensorFlow } from "./tensors";
import { installTraces } from "./trace";

const connectionFile = process.argv[2];
if (!connectionFile) {
  printOnTerminal("Jupyter starts this kernel. By hand: node main.js <connection file>\n");
  process.exit(2);
}

repairNodeForTensorFlow();
installTraces();
installProcess();
installInterrupts();
installTensorPrinting();
installDisplay();
new CourseServer(new Executor(process.cwd()), connectionFile).init();
