/**
 * @file The process that draws: takes figures from its parent one after the other, answers with PNGs (renderer.ts).
 */
import { draw } from "./draw";
import type { PictureAnswer, PictureRequest } from "./renderer";

const answer = (message: PictureAnswer): void => {
  process.send?.(message);
};

let turn: Promise<void> = Promise.resolve();

process.on("message", ({ id, ...request }: PictureRequest) => {
  turn = turn.then(() =>
    draw(request).then(
      (png) => answer({ id, png }),
      (error: Error) => answer({ id, problem: error.message }),
    ),
  );
});

process.on("SIGINT", () => {}); // "Interrupt" goes to all processes of the kernel; this one obeys its parent only
process.on("disconnect", () => process.exit(0)); // the parent is gone
