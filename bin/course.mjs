#!/usr/bin/env node
/**
 * @file The `course` command: `npx course doctor`, `npx course build`, ... Every package brings its own subcommands in
 * `dist/cli.js`; the doctor needs nothing built.
 */

import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const require = createRequire(import.meta.url);

/** The packages with subcommands, and the source of each. */
const packages = {
  jupyter: "src/cli.ts",
  notebooks: "build/cli.ts",
  grading: "src/cli.ts",
  datasets: "src/cli.ts",
};

/** Ends with one sentence instead of a stack of calls. @returns {never} */
function giveUp(/** @type {string} */ sentence, code = 1) {
  console.error(sentence);
  process.exit(code);
}

async function loadCommander() {
  try {
    return await import("commander");
  } catch {
    giveUp(
      "The course is not set up yet. Run `npm start` once, which installs what it needs, then this command again.",
    );
  }
}

const wanted = process.argv[2];
if (wanted === "doctor") {
  // Works without any package, so that it can say which are missing.
  const { doctor } = await import("../jupyter/setup/doctor.mjs");
  process.exit((await doctor()) ? 0 : 1);
}

const { Command } = await loadCommander();
const program = new Command("course").description("Training vs Inference: the commands of the course");
program.showHelpAfterError("Add --help to see what it takes.");
// A command that was not understood did nothing: 2. (Help was asked for and given: 0.)
program.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
program.command("doctor").description("look at everything the course needs and say how to mend what is missing");

const notBuilt = [];
for (const [name, source] of Object.entries(packages)) {
  const file = join(root, name, "dist", "cli.js");
  if (existsSync(file)) {
    try {
      require(file).register(program);
    } catch (error) {
      const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
      giveUp(
        `The commands of @course/${name} cannot be loaded: ${reason}\nRun \`npm run build\`, then this command again.`,
      );
    }
  } else if (existsSync(join(root, name, source))) notBuilt.push(name);
}

const known = program.commands.some((command) => command.name() === wanted);
if (notBuilt.length > 0 && !known) {
  giveUp(`Not built yet: ${notBuilt.join(", ")}. Run \`npm run build\`, then this command again.`);
}
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof Error && "parts" in error) giveUp(error.message, 2); // a CourseError is a sentence
  throw error;
}
