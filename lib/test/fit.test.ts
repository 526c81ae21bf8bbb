import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fitLine, fitPolynomial, fitPowerLaw, leastSquares } from "../src/fit";

const { parabola } = JSON.parse(readFileSync(join(__dirname, "reference", "linear-algebra.json"), "utf8")) as {
  parabola: { x: number[]; y: number[]; coefficients: number[] };
};

function close(received: number, expected: number, relative = 1e-9): void {
  assert.ok(
    Math.abs(received - expected) <= relative * Math.max(1, Math.abs(expected)),
    `${received} is not ${expected}`,
  );
}

test("a line through points on a line is that line", () => {
  const { slope, intercept, rSquared } = fitLine([0, 1, 2], [1, 3, 5]);
  close(slope, 2);
  close(intercept, 1);
  close(rSquared, 1);
});

test("a line through scattered points has the textbook slope and R squared", () => {
  // slope = sum((x - 2)(y - 3)) / sum((x - 2)^2) = 3 / 2, R^2 = (3 / sqrt(2 * 6))^2
  const { slope, intercept, rSquared } = fitLine([1, 2, 3], [2, 2, 5]);
  close(slope, 1.5);
  close(intercept, 0);
  close(rSquared, 0.75);
});

test("a parabola over 16 to 2,048 has numpy's coefficients", () => {
  const { coefficients } = fitPolynomial(parabola.x, parabola.y, { degree: 2 });
  coefficients.forEach((c, k) => void close(c / parabola.coefficients[k]!, 1, 1e-8));
});

test("least squares solves a square system exactly", () => {
  const solution = leastSquares(
    [
      [2, 1],
      [1, 3],
    ],
    [5, 10],
  );
  close(solution[0]!, 1);
  close(solution[1]!, 3);
});

test("points on a power law give back its scale and exponent", () => {
  const law = fitPowerLaw([1e5, 1e6, 1e7], [8, 4, 2]);
  close(law.exponent, Math.log10(2));
  close(law.predict(1e8), 1);
  close(law.scale, 8 * 1e5 ** Math.log10(2));
});

test("points on a power law above a floor give back the floor", () => {
  const x = [1, 10, 100, 1000, 10000];
  const law = fitPowerLaw(
    x,
    x.map((n) => 1.7 + 3 * n ** -0.4),
    { floor: "fit" },
  );
  close(law.floor, 1.7, 1e-5); // golden-section search ends some 1e-8 of the range from the best floor
  close(law.exponent, 0.4, 1e-5);
});

test("a loss that rises with size has a negative exponent", () => {
  assert.ok(fitPowerLaw([1, 2, 4], [1, 2, 4]).exponent < 0);
});

test("a power law refuses zero and names the point", () => {
  assert.throws(() => fitPowerLaw([0, 1], [2, 1]), /x above 0 .* received \(0, 2\)/);
});

test("points at one place only are refused", () => {
  assert.throws(() => fitLine([3, 3, 3], [1, 2, 3]), /expected at least 2 different values/);
});
