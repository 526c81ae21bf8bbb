/** @file Where the `course` command looks for the commands of a package: `dist/cli.js`. */

export { register } from "./src/cli";
