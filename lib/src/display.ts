/**
 * @file Shows things: figures, HTML, text. In a notebook through the kernel, elsewhere as text on the terminal.
 * Used by every notebook. Knows neither the kernel nor Plotly: the kernel offers one function under a well-known symbol.
 */

/** A Plotly figure as plain data. `summary` is what a reader hears who cannot see it. */
export interface Figure {
  data: Record<string, unknown>[];
  layout: Record<string, unknown>;
  config?: Record<string, unknown>;
  frames?: unknown[];
  /** One or two sentences: what the picture shows. Becomes its alternative text. */
  summary: string;
}

/** One output in several forms, by MIME type; a viewer takes the best one it knows. */
export type Bundle = Record<string, unknown>;

/** An output that is on the page and can be replaced in place. */
export interface Display {
  update(content: Figure | Bundle): void;
}

type KernelDisplay = (bundle: Bundle) => { update(bundle: Bundle): void };

const PLOTLY = "application/vnd.plotly.v1+json";

function kernelDisplay(): KernelDisplay | undefined {
  return (globalThis as Record<symbol, unknown>)[Symbol.for("course.display")] as KernelDisplay | undefined;
}

/** True inside a notebook of the course's kernel. */
export function inNotebook(): boolean {
  return kernelDisplay() !== undefined;
}

/** The bundle of a figure: its data for Plotly, its summary as text. (The kernel adds a picture for other viewers.) */
export function figureBundle(figure: Figure): Bundle {
  const { summary, ...plotly } = figure;
  return { [PLOTLY]: plotly, "text/plain": summary };
}

/**
 * Shows a figure or a bundle and returns a handle that replaces it in place.
 *
 * `const plot = show(lossCurve(history)); plot.update(lossCurve(longerHistory));`
 */
export function show(content: Figure | Bundle): Display {
  const kernel = kernelDisplay();
  const bundle = toBundle(content);
  if (kernel) {
    const shown = kernel(bundle);
    return { update: (next) => shown.update(toBundle(next)) };
  }
  const print = (b: Bundle): void => console.log(String(b["text/plain"] ?? ""));
  print(bundle);
  return { update: (next) => print(toBundle(next)) };
}

/** Shows HTML, with the same in plain text for terminals, screen readers and other viewers. */
export function showHtml(html: string, text: string): Display {
  return show({ "text/html": html, "text/plain": text });
}

function toBundle(content: Figure | Bundle): Bundle {
  return Array.isArray((content as Figure).data) && typeof content.summary === "string"
    ? figureBundle(content as Figure)
    : (content as Bundle);
}
