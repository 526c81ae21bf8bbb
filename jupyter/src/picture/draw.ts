/**
 * @file Draws one figure: Plotly makes an SVG in a page of jsdom, resvg makes a PNG of it.
 *
 * Text is set in DejaVu Sans, which comes with the package, so that a picture shows the same words and the same sizes on
 * a machine without fonts. The ground is white and the colours are those of the course's notebooks in a light theme.
 */
import fs from "node:fs";
import path from "node:path";
import { Resvg } from "@resvg/resvg-js";
import { JSDOM } from "jsdom";
import { FONT_FAMILY, FONT_FILES, teachPageToMeasure } from "./measure";
import type { PictureRequest } from "./renderer";

interface Plotly {
  toImage(figure: object, options: { format: "svg"; width: number; height: number }): Promise<string>;
}

/** Okabe and Ito's colours, which most readers with a colour-vision deficiency can tell apart. */
const COLORWAY = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#999999"];
const AXIS = { gridcolor: "#e0e0e0", linecolor: "#bdbdbd", zerolinecolor: "#bdbdbd", automargin: true };

/** What a figure does not set itself. */
const TEMPLATE = {
  layout: {
    ...{ paper_bgcolor: "#ffffff", plot_bgcolor: "#ffffff", colorway: COLORWAY, xaxis: AXIS, yaxis: AXIS },
    font: { family: FONT_FAMILY, color: "#212121" },
  },
  data: { heatmap: [{ colorscale: "Viridis" }], contour: [{ colorscale: "Viridis" }] },
};

let plotly: Plotly | undefined;

/** Returns the bytes of a PNG of `scale * width` by `scale * height` pixels. */
export async function draw({ figure, width, height, scale }: Omit<PictureRequest, "id">): Promise<Uint8Array> {
  plotly ??= loadPlotly();
  const layout = { template: TEMPLATE, ...figure.layout, width, height };
  const url = await plotly.toImage({ data: figure.data ?? [], layout }, { format: "svg", width, height });
  const svg = decodeURIComponent(url.slice(url.indexOf(",") + 1))
    // The cells of a heat map are one pixel each, stretched. This is SVG's older word, which resvg knows.
    .replaceAll("image-rendering: pixelated", "image-rendering: optimizeSpeed");
  const picture = new Resvg(svg, {
    background: "#ffffff",
    fitTo: { mode: "zoom", value: scale },
    font: {
      loadSystemFonts: false,
      fontFiles: FONT_FILES,
      defaultFontFamily: FONT_FAMILY,
      sansSerifFamily: FONT_FAMILY,
    },
  });
  return picture.render().asPng();
}

function loadPlotly(): Plotly {
  const { window } = new JSDOM("<!doctype html><body></body>", { runScripts: "outside-only", pretendToBeVisual: true });
  teachPageToMeasure(window as unknown as typeof globalThis);
  Object.assign(window, { TextDecoder, TextEncoder }); // jsdom has none
  const folder = path.dirname(require.resolve("plotly.js/package.json"));
  window.eval(fs.readFileSync(path.join(folder, "plotly.min.js"), "utf8"));
  return (window as unknown as { Plotly: Plotly }).Plotly;
}
