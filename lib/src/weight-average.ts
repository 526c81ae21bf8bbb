/**
 * @file The mean of a model's weights over the last part of its training. Single steps wander around a good place; their mean
 * is closer to its middle. Engine room of reward.ts. Izmailov et al. 2018, arXiv:1803.05407.
 */

import { CourseError } from "./errors";
import { tf, type Variable } from "./tf";

/**
 * Adds up weights on the way, and puts their mean in their place at the end.
 *
 * Weights of 1, then 2, then 6 become 3.
 */
export class WeightAverage {
  private readonly sums = new Map<string, Float32Array>();
  private count = 0;

  constructor(private readonly params: Readonly<Record<string, Variable>>) {}

  /** Counts the weights as they are now. */
  add(): void {
    for (const [name, param] of Object.entries(this.params)) {
      const values = param.dataSync();
      const sum = this.sums.get(name) ?? new Float32Array(values.length);
      for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
      this.sums.set(name, sum);
    }
    this.count++;
  }

  /** Gives the weights their mean over all times they were added. */
  assign(): void {
    if (this.count === 0)
      throw new CourseError({ what: "weights", expected: "to be added at least once", received: "0" });
    for (const [name, sum] of this.sums) {
      const param = this.params[name]!;
      tf.tidy(() =>
        param.assign(
          tf.tensor(
            sum.map((value) => value / this.count),
            param.shape,
          ) as never,
        ),
      );
    }
  }
}
