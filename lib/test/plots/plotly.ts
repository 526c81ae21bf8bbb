/**
 * @file The real Plotly, loaded in a simulated browser, so that tests can ask it whether a figure is well formed.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(__filename);

interface Complaint {
  msg: string;
}

interface Plotly {
  validate(data: unknown, layout: unknown): Complaint[] | undefined;
}

let loaded: Plotly | undefined;

/** What Plotly's schema finds wrong with a figure; empty when nothing is. */
export function complaints(figure: { data: unknown; layout: unknown }): string[] {
  loaded ??= load();
  // Plotly writes into what it gets.
  const { data, layout } = JSON.parse(JSON.stringify(figure));
  return (loaded.validate(data, layout) ?? []).map((complaint) => complaint.msg);
}

function load(): Plotly {
  const { JSDOM, VirtualConsole } = require("jsdom");
  const { window } = new JSDOM("<!doctype html><body></body>", {
    runScripts: "outside-only",
    pretendToBeVisual: true,
    virtualConsole: new VirtualConsole(),
  });
  Object.assign(window, { TextDecoder, TextEncoder });
  window.URL.createObjectURL = () => "";
  window.eval(readFileSync(require.resolve("plotly.js"), "utf8"));
  return window.Plotly;
}
