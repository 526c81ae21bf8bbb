/** @file The notebooks as data, for the other tools of the course: sources, built notebooks, runs. */
export { lint } from "./lint";
export type { Cell, CourseMetadata, NbgraderMetadata, Notebook, Output } from "./nbformat";
export { joined, serialize } from "./nbformat";
export { checksum } from "./nbgrader";
export { buildFiles, buildNotebook, SourceError } from "./notebook";
export { notebookPath, selectNames, sourceNames, type Version } from "./paths";
export { type CheckResult, type RunOptions, type RunResult, runHome, runNotebook } from "./run";
export { type Problem, parseSource, readSource, type SourceCell, type SourceNotebook } from "./source";
