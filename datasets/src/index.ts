/** @file All data sets of the course. Each can also be imported alone: `@course/datasets/almanac`. */

export * from "./almanac";
export * from "./books";
export * from "./chat";
export * from "./names";
export * from "./preferences";
export * from "./shakespeare";
