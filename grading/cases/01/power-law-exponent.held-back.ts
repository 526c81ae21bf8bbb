/** @file Exercise 1.7, held back: reading a scaling law. Expected values come from `reference/01.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/01.json";

export const powerLawExponent: HeldBack = {
  cases: reference["1.7"],
  right: [
    {
      how: "base 10 for both, with sums only",
      answers: {
        powerLawExponent(x: number[], y: number[]): number {
          let [n, su, sv, suu, suv] = [0, 0, 0, 0, 0];
          for (const [i, xi] of x.entries()) {
            const [u, v] = [Math.log10(xi), Math.log10(y[i]!)];
            n++;
            su += u;
            sv += v;
            suu += u * u;
            suv += u * v;
          }
          return (n * suv - su * sv) / (n * suu - su ** 2);
        },
      },
    },
    {
      how: "base 2 for both, weights of least squares",
      answers: {
        powerLawExponent: (x: number[], y: number[]): number => {
          const u = x.map(Math.log2);
          const centre = u.reduce((a, b) => a + b) / u.length;
          const spread = u.reduce((sum, ui) => sum + (ui - centre) ** 2, 0);
          return u.map((ui, i) => ((ui - centre) / spread) * Math.log2(y[i]!)).reduce((a, b) => a + b);
        },
      },
    },
  ],
  wrong: [
    ...(
      [
        ["no logarithms", "linear", (a: number) => a, (a: number) => a, true],
        ["ln of y only", "only-y-log", (a: number) => a, Math.log, true],
        ["ln of x only", "only-x-log", Math.log, (a: number) => a, true],
        ["base 10 for x, e for y", "mixed-bases", Math.log10, Math.log, true],
        ["means not taken away", "through-origin", Math.log, Math.log, false],
        ["minus the slope", "sign", (a: number) => -Math.log(a), Math.log, true],
      ] as const
    ).map(([how, told, fx, fy, centred]) => ({
      how,
      told,
      answers: {
        powerLawExponent(x: number[], y: number[]): number {
          const mean = (values: number[]): number => (centred ? values.reduce((a, b) => a + b) / values.length : 0);
          const [u, v] = [x.map((a) => fx(a)), y.map((a) => fy(a))];
          const [mu, mv] = [mean(u), mean(v)];
          let [products, squares] = [0, 0];
          u.forEach((ui, i) => {
            products += (ui - mu) * (v[i]! - mv);
            squares += (ui - mu) ** 2;
          });
          return products / squares;
        },
      },
    })),
    {
      how: "rise over run of the two ends",
      told: "end-points",
      answers: {
        powerLawExponent(x: number[], y: number[]): number {
          const last = x.length - 1;
          return (Math.log(y[last]!) - Math.log(y[0]!)) / (Math.log(x[last]!) - Math.log(x[0]!));
        },
      },
    },
    {
      how: "an error of its own",
      told: "threw",
      answers: { powerLawExponent: (x: number[][]): number => x[99]![0]! },
    },
  ],
};
