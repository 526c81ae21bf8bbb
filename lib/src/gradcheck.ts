/**
 * @file Is a gradient right? Compare it with the slope that one measures by trying. Needed by notebook 4, and by whoever
 * writes a gradient by hand. Leaves out tolerances for each tensor apart. After the `cmp` of Karpathy's makemore, part 4.
 */

import { readFileSync } from "node:fs";
import path from "node:path";
import { CourseError } from "./errors";
import { formatNumber } from "./format";
import { repositoryRoot } from "./home";
import { assertShape, formatShape, type Shape, sizeOf } from "./shape";
import { type HtmlBundle, table } from "./table";

/** Numbers in any form: one, nested lists, a typed array, a tensor, or a shape with its numbers. */
export type Numbers =
  | number
  | readonly Numbers[]
  | Float32Array
  | Float64Array
  | { readonly shape: Shape; readonly data: ArrayLike<number> }
  | { readonly shape: Shape; dataSync(): ArrayLike<number> };

/** Numbers by name, such as the gradients of all weights. */
export type NamedNumbers = Readonly<Record<string, Numbers>>;

/**
 * The gradient of `f`, measured: move one number up and down a little, and see how `f` changes. Central differences,
 *
 *     df/dx = (f(x + h) - f(x - h)) / 2h, with an error that shrinks as h^2
 *
 * `finiteDifferences(({ x }) => x[0] * x[1], { x: [3, 5] })` is `{ x: [5, 3] }`. `f` gets a copy of the inputs.
 * Simplified: one h for all. It suits numbers of ordinary size in double precision; single precision needs h near 1e-2.
 */
export function finiteDifferences<Inputs extends Readonly<Record<string, unknown>>>(
  f: (inputs: Inputs) => number,
  inputs: Inputs,
  { h = 1e-5 }: { h?: number } = {},
): Inputs {
  const at = structuredClone(inputs) as Record<string, unknown>;
  const slopes = structuredClone(inputs) as Record<string, unknown>;
  const visit = (place: Record<string, unknown>, result: Record<string, unknown>): void => {
    for (const key of Object.keys(place)) {
      const x = place[key];
      if (typeof x !== "number") {
        visit(x as Record<string, unknown>, result[key] as Record<string, unknown>);
        continue;
      }
      const valueAt = (moved: number): number => {
        place[key] = moved;
        return f(at as Inputs);
      };
      result[key] = (valueAt(x + h) - valueAt(x - h)) / (2 * h);
      place[key] = x;
    }
  };
  visit(at, slopes);
  return slopes as Inputs;
}

/** How one tensor of a gradient compares with another way to find it. */
export interface GradientReport {
  name: string;
  shape: Shape;
  /** The two values where they differ most. */
  exact: number;
  approximate: number;
  maxDifference: number;
  /** Where that is: one index per axis. */
  worst: number[];
  /** Whether the largest difference is within the tolerance. */
  agrees: boolean;
}

/** Compares two gradients tensor by tensor. Throws where names or shapes differ: then one of them is no gradient. */
export function compareGradients(
  exact: NamedNumbers,
  approximate: NamedNumbers,
  options: { tolerance?: number } = {},
): GradientReport[] {
  return compareWays({ exact, approximate }, options).map(({ values, ...rest }) => ({
    name: rest.name,
    shape: rest.shape,
    exact: values.exact!,
    approximate: values.approximate!,
    maxDifference: rest.maxDifference,
    worst: rest.worst,
    agrees: rest.agrees,
  }));
}

/** One tensor of a gradient, found in several ways. */
export interface WaysReport extends Omit<GradientReport, "exact" | "approximate"> {
  /** The value of each way where they differ most. */
  values: Record<string, number>;
}

/** Compares several ways to find the same gradients: the difference is the one between the two that are furthest apart. */
export function compareWays(
  ways: Readonly<Record<string, NamedNumbers>>,
  { tolerance = 1e-4 }: { tolerance?: number } = {},
): WaysReport[] {
  const [[firstWay, first], ...others] = Object.entries(ways) as [[string, NamedNumbers], ...[string, NamedNumbers][]];
  for (const [way, named] of others) {
    const [wanted, received] = [Object.keys(first), Object.keys(named)];
    if (wanted.every((name) => name in named) && received.every((name) => name in first)) continue;
    throw new CourseError({
      what: `gradients "${way}"`,
      expected: `the names of "${firstWay}": ${wanted.join(", ")}`,
      received: received.join(", ") || "none",
    });
  }
  return Object.entries(first).map(([name, numbers]) => {
    const { shape } = flatten(name, numbers);
    const found = Object.entries(ways).map(([way, named]) => {
      const flat = flatten(`${way}, ${name}`, named[name]!);
      assertShape(`${way}, ${name}`, flat.shape, shape);
      return [way, flat.data] as const;
    });
    let worst = 0;
    let maxDifference = 0;
    for (let i = 0; i < sizeOf(shape); i++) {
      const values = found.map(([, data]) => data[i]!);
      const difference = Math.max(...values) - Math.min(...values); // NaN if any is
      if (difference <= maxDifference) continue;
      [worst, maxDifference] = [i, difference];
      if (Number.isNaN(difference)) break;
    }
    const values = Object.fromEntries(found.map(([way, data]) => [way, data[worst]!]));
    return { name, shape, values, maxDifference, worst: indexOf(worst, shape), agrees: maxDifference <= tolerance };
  });
}

/** Measures the gradient of `f` and compares another one with it: {@link finiteDifferences}, then {@link compareGradients}. */
export function checkGradients<Inputs extends NamedNumbers>(
  f: (inputs: Inputs) => number,
  inputs: Inputs,
  gradient: NamedNumbers,
  options: { h?: number; tolerance?: number } = {},
): GradientReport[] {
  return compareGradients(gradient, finiteDifferences(f, inputs, options) as NamedNumbers, options);
}

/** The reports as a table: `show(gradientTable(checkGradients(f, inputs, gradient)))`. */
export function gradientTable(
  reports: readonly (GradientReport | WaysReport)[],
  options: { caption?: string } = {},
): HtmlBundle {
  const right = reports.filter((report) => report.agrees).length;
  const rows = reports.map((report) => {
    const values = "values" in report ? report.values : { exact: report.exact, approximate: report.approximate };
    return {
      gradient: report.name,
      shape: formatShape(report.shape),
      ...Object.fromEntries(Object.entries(values).map(([way, value]) => [way, value.toFixed(6)])),
      "at index": report.worst.join(", ") || "–",
      "largest difference": formatNumber(report.maxDifference, 2),
      agrees: report.agrees,
    };
  });
  return table(rows, { caption: options.caption ?? `${right} of ${reports.length} gradients agree` });
}

/** Inputs and gradients that PyTorch computed (`lib/test/reference/gradients.py`): by operation, then by name. */
export interface StoredGradients {
  torch: string;
  operations: Record<"matmul" | "softmaxCrossEntropy" | "layerNorm" | "attention", StoredOperation>;
}

/** One operation: what went in, the slope `dOut` of the loss by what came out, the loss, and its slopes by the inputs. */
export interface StoredOperation {
  inputs: Record<string, number[][] | number[]>;
  targets?: number[];
  dOut?: number[][];
  loss: number;
  grads: Record<string, number[][] | number[]>;
}

/** Reads the values that PyTorch computed for the inputs of notebook 4. */
export function storedGradients(): StoredGradients {
  const file = path.join(repositoryRoot(), "lib", "test", "reference", "gradients.json");
  return JSON.parse(readFileSync(file, "utf8")) as StoredGradients;
}

function flatten(name: string, numbers: Numbers): { shape: Shape; data: ArrayLike<number> } {
  if (typeof numbers === "number") return { shape: [], data: [numbers] };
  if ("dataSync" in numbers) return { shape: numbers.shape, data: numbers.dataSync() };
  if ("data" in numbers) return numbers;
  if (ArrayBuffer.isView(numbers)) return { shape: [numbers.length], data: numbers };
  const parts = Array.from(numbers, (part) => flatten(name, part));
  const inner = parts[0]?.shape ?? [];
  for (const part of parts) assertShape(`${name}, a row`, part.shape, inner);
  return { shape: [parts.length, ...inner], data: parts.flatMap((part) => Array.from(part.data)) };
}

/** The index on each axis: `indexOf(5, [2, 3])` is `[1, 2]`. */
function indexOf(position: number, shape: Shape): number[] {
  let rest = position;
  return [...shape]
    .reverse()
    .map((size) => {
      const index = rest % size;
      rest = Math.floor(rest / size);
      return index;
    })
    .reverse();
}
