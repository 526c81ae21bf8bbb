/** @file Pictures of figures, drawn without a browser. What is in a picture is asked of its pixels. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { before, test } from "node:test";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { pathLength, pointAtLength } from "../src/picture/path-length";
import type { PlotlyFigure, renderFigure } from "../src/picture/renderer";

/** The renderer starts `child.js` beside itself: the built one. */
const built = path.resolve(__dirname, "../dist/picture/renderer.js");
let render: typeof renderFigure;
before(() => {
  render = require(built).renderFigure;
});

interface Picture {
  width: number;
  height: number;
  /** How many pixels have exactly this colour, in the rectangle given in shares of the picture. */
  count(color: string, area?: { left: number; top: number; right: number; bottom: number }): number;
}

const WHOLE = { left: 0, top: 0, right: 1, bottom: 1 };

async function draw(
  figure: PlotlyFigure,
  options: { width?: number; height?: number; scale?: number } = {},
): Promise<Picture> {
  const image = await loadImage(Buffer.from(await render(figure, options)));
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { width, height } = image;
  return {
    width,
    height,
    count(color, { left, top, right, bottom } = WHOLE) {
      const [x, y] = [Math.round(left * width), Math.round(top * height)];
      const { data } = context.getImageData(x, y, Math.round(right * width) - x, Math.round(bottom * height) - y);
      const wanted = color.match(/[0-9a-f]{2}/g)!.map((pair) => Number.parseInt(pair, 16));
      let found = 0;
      for (let i = 0; i < data.length; i += 4) if (wanted.every((channel, k) => data[i + k] === channel)) found += 1;
      return found;
    },
  };
}

const bars = { data: [{ type: "bar", x: ["a", "b"], y: [1, 2] }], layout: {} };
const BLUE = "#0072b2";
const ORANGE = "#d55e00";
const TEXT = "#212121";

test("a picture has the size that was asked for, times the scale", async () => {
  const { width, height } = await draw(bars, { width: 300, height: 200, scale: 3 });
  assert.deepEqual([width, height], [900, 600]);
});

test("the ground is white and the first series is Okabe and Ito's blue", async () => {
  const picture = await draw(bars);
  assert.ok(picture.count("#ffffff") > 0.4 * picture.width * picture.height);
  assert.ok(picture.count(BLUE) > 0.1 * picture.width * picture.height);
});

test("the second series has another colour of the same palette", async () => {
  const picture = await draw({ data: [{ y: [1, 1] }, { y: [2, 2] }], layout: {} });
  assert.ok(picture.count(BLUE) > 500);
  assert.ok(picture.count(ORANGE) > 500);
});

test("a figure's own colours win", async () => {
  const picture = await draw({ data: [{ type: "bar", y: [1], marker: { color: "#123456" } }], layout: {} });
  assert.ok(picture.count("#123456") > 10_000);
  assert.equal(picture.count(BLUE), 0);
});

test("text is drawn without any font of the machine: the title is there", async () => {
  const top = { left: 0, top: 0, right: 1, bottom: 0.2 };
  const untitled = await draw(bars);
  const titled = await draw({ ...bars, layout: { title: { text: "Loss falls to 1.4 nats", font: { size: 24 } } } });
  assert.equal(untitled.count(TEXT, top), 0);
  assert.ok(titled.count(TEXT, top) > 500);
});

test("the margin grows with the labels of an axis: none is cut off", async () => {
  const label = "a rather long label of one category";
  const picture = await draw({ data: [{ type: "bar", orientation: "h", x: [1, 2], y: [label, "b"] }], layout: {} });
  assert.equal(picture.count(TEXT, { left: 0, top: 0, right: 0.005, bottom: 1 }), 0, "the left edge is free");
  assert.equal(picture.count(BLUE, { left: 0, top: 0, right: 0.3, bottom: 1 }), 0, "the bars start right of the label");
});

test("the cells of a heat map have sharp edges and the colours of Viridis", async () => {
  const data = [{ type: "heatmap", z: [[0, 1]], showscale: false }];
  const picture = await draw({ data, layout: {} });
  const colored = picture.count("#440154") + picture.count("#fde725");
  assert.ok(colored > 0.4 * picture.width * picture.height, `${colored} pixels of the two ends of the scale`);
});

for (const type of [
  "scatter",
  "histogram",
  "box",
  "violin",
  "contour",
  "treemap",
  "sunburst",
  "sankey",
  "table",
  "pie",
]) {
  test(`a figure of type ${type} can be drawn`, async () => {
    const by: Record<string, object> = {
      contour: {
        z: [
          [1, 2],
          [3, 5],
        ],
      },
      treemap: { labels: ["all", "a", "b"], parents: ["", "all", "all"], values: [3, 1, 2] },
      sunburst: { labels: ["all", "a", "b"], parents: ["", "all", "all"], values: [3, 1, 2] },
      sankey: { node: { label: ["a", "b"] }, link: { source: [0], target: [1], value: [1] } },
      table: { header: { values: ["a"] }, cells: { values: [[1, 2]] } },
      pie: { labels: ["a", "b"], values: [1, 2] },
    };
    const picture = await draw({ data: [{ type, ...(by[type] ?? { y: [1, 3, 2, 5, 4] }) }], layout: {} });
    assert.ok(picture.count("#ffffff") < 0.999 * picture.width * picture.height, "something is drawn");
  });
}

test("the arrow of an annotation is drawn", async () => {
  const arrow = { x: 0, y: 0, ax: 200, ay: 0, showarrow: true, text: "", arrowcolor: "#ff0000", arrowwidth: 3 };
  const layout = { annotations: [arrow], xaxis: { range: [-1, 1] }, yaxis: { range: [-1, 1] } };
  const picture = await draw({ data: [{ x: [0], y: [0] }], layout }, { scale: 1 });
  assert.ok(picture.count("#ff0000") > 300, `${picture.count("#ff0000")} red pixels of an arrow 200 long and 3 wide`);
});

test("contours can carry their values", async () => {
  const z = Array.from({ length: 20 }, (_, i) => Array.from({ length: 20 }, (_, j) => (i - 10) ** 2 + (j - 8) ** 2));
  const contours = { showlabels: true, coloring: "none", labelfont: { color: "#ff0000", size: 16 } };
  const picture = await draw({ data: [{ type: "contour", z, contours }], layout: {} });
  assert.ok(picture.count("#ff0000") > 200);
});

test("lengths along a path: lines, a closed one, and a quarter of a circle within 0.1 %", () => {
  assert.equal(pathLength("M0,0L3,4"), 5);
  assert.equal(pathLength("M0,0H10V10H0Z"), 40);
  assert.deepEqual(pointAtLength("M0,0H10V10", 14), { x: 10, y: 4 });
  // The usual cubic for a quarter circle of radius 1; its length is pi / 2.
  const quarter = pathLength("M1,0C1,0.5523 0.5523,1 0,1");
  assert.ok(Math.abs(quarter / (Math.PI / 2) - 1) < 1e-3, String(quarter));
});

test("a figure that needs WebGL is refused at once", async () => {
  await assert.rejects(render({ data: [{ type: "surface", z: [[1]] }] }), /surface cannot be drawn without a browser/);
});

test("a figure that Plotly cannot draw is an error, and the next one is drawn", async () => {
  await assert.rejects(render({ data: [{ type: "heatmap", z: 5 }, null as unknown as object] }));
  assert.ok((await draw(bars)).count(BLUE) > 0);
});

test("a picture that takes too long is given up, and the next one is drawn", async () => {
  await assert.rejects(render(bars, { timeLimitMs: 1 }), /No picture within 1 ms/);
  assert.ok((await draw(bars)).count(BLUE) > 0);
});

test("a picture can be given up", async () => {
  const controller = new AbortController();
  const drawing = render(bars, { signal: controller.signal });
  controller.abort(new Error("no longer wanted"));
  await assert.rejects(drawing, /no longer wanted/);
});

test("several pictures asked for at once are all drawn", async () => {
  const pictures = await Promise.all(
    [1, 2, 3].map((n) => draw({ data: [{ y: [n, 1] }] }, { width: 100 * n, height: 100, scale: 1 })),
  );
  assert.deepEqual(
    pictures.map(({ width }) => width),
    [100, 200, 300],
  );
});

test("a program that has drawn a picture ends by itself", () => {
  const program = `require(${JSON.stringify(built)}).renderFigure({ data: [{ y: [1, 2] }] }).then((png) => console.log(png.length > 1000))`;
  assert.equal(execFileSync(process.execPath, ["--eval", program], { encoding: "utf8", timeout: 60_000 }), "true\n");
});
