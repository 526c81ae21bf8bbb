/**
 * @file Neurons, layers and a small network made of single numbers, and the loss of the moons. Needed by notebook 4.
 * Leaves out everything but fully connected layers. After micrograd's nn.py (Karpathy 2020), whose settings these are:
 * weights from -1 to 1, biases 0, relu everywhere but in the last layer.
 */

import { sum, Value } from "./autograd";
import { assertCount } from "./errors";
import type { Random } from "./random";
import { assertShape } from "./shape";

/** A weighted sum of its inputs and a bias, bent by relu unless it is `linear`. */
export class Neuron {
  readonly weights: Value[];
  readonly bias: Value = new Value(0);

  constructor(
    inputs: number,
    readonly options: { random: Random; linear?: boolean },
  ) {
    assertCount("inputs", inputs);
    this.weights = Array.from({ length: inputs }, () => new Value(2 * options.random.uniform() - 1));
  }

  /** relu(w1 x1 + w2 x2 + ... + b). */
  forward(x: readonly Value[]): Value {
    assertShape("x", [x.length], [this.weights.length], "inputs");
    let total = this.bias;
    for (let i = 0; i < x.length; i++) total = total.add(this.weights[i]!.mul(x[i]!));
    return this.options.linear ? total : total.relu();
  }

  params(): Value[] {
    return [...this.weights, this.bias];
  }
}

/** Neurons side by side that look at the same inputs. */
export class Layer {
  readonly neurons: Neuron[];

  constructor(inputs: number, outputs: number, options: { random: Random; linear?: boolean }) {
    assertCount("outputs", outputs);
    this.neurons = Array.from({ length: outputs }, () => new Neuron(inputs, options));
  }

  forward(x: readonly Value[]): Value[] {
    return this.neurons.map((neuron) => neuron.forward(x));
  }

  params(): Value[] {
    return this.neurons.flatMap((neuron) => neuron.params());
  }
}

/**
 * Layers one behind the other, a "multi-layer perceptron": `new MLP([2, 16, 16, 1], { random })` takes two numbers, gives
 * one, and has (2 + 1) 16 + (16 + 1) 16 + (16 + 1) 1 = 337 weights.
 */
export class MLP {
  readonly layers: Layer[];

  constructor(sizes: readonly number[], { random }: { random: Random }) {
    assertCount("sizes.length", sizes.length, 2);
    this.layers = sizes
      .slice(1)
      .map((outputs, i) => new Layer(sizes[i]!, outputs, { random, linear: i === sizes.length - 2 }));
  }

  forward(x: readonly (Value | number)[]): Value[] {
    const inputs = x.map((value) => (typeof value === "number" ? new Value(value) : value));
    return this.layers.reduce<Value[]>((values, layer) => layer.forward(values), inputs);
  }

  /** Every weight and bias, layer by layer. */
  params(): Value[] {
    return this.layers.flatMap((layer) => layer.params());
  }
}

/** Points of the plane, and for each the class it belongs to: 1 or -1. */
export interface LabelledPoints {
  readonly points: readonly (readonly [number, number])[];
  readonly labels: readonly number[];
}

/** The loss of a network on labelled points, and the share of points on the right side. */
export interface Judgement {
  loss: Value;
  accuracy: number;
}

/**
 * How wrong a network is on labelled points: the hinge loss, which asks for a score of at least 1 on the right side, and a small
 * price on large weights (Cortes and Vapnik 1995).
 *
 *     loss = mean over points of relu(1 - y score) + weightDecay (w1^2 + w2^2 + ...)
 *
 * A point with label 1 and score 3 costs nothing; with score 0.4 it costs 0.6, with score -2 it costs 3.
 */
export function hingeLoss(
  model: MLP,
  { points, labels }: LabelledPoints,
  { weightDecay = 1e-4 }: { weightDecay?: number } = {},
): Judgement {
  assertShape("labels", [labels.length], [points.length], "points");
  const scores = points.map((point) => model.forward(point)[0]!);
  const costs = scores.map((score, i) => score.mul(-labels[i]!).add(1).relu());
  const sizes = model.params().map((weight) => weight.mul(weight));
  const right = scores.filter((score, i) => score.data > 0 === labels[i]! > 0).length;
  return {
    loss: sum(costs).div(points.length).add(sum(sizes).mul(weightDecay)),
    accuracy: right / points.length,
  };
}
