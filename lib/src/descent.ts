/**
 * @file Ways to go downhill on a surface of a few weights, in plain numbers: gradient descent, momentum, Nesterov's,
 * RMSprop, Adam and AdamW. Needed by notebook 3, which draws their paths. The same formulas for the tensors of a network
 * are in optimizer.ts. Leaves out second-order methods. All follow PyTorch's conventions.
 */

import { readFileSync } from "node:fs";
import path from "node:path";
import { assertCount, CourseError } from "./errors";
import { repositoryRoot } from "./home";
import type { Surface } from "./surfaces";

/** Takes the weights one step on; what it remembers of earlier gradients is inside. */
export type Move = (w: readonly number[], grad: readonly number[]) => number[];

/** A way to go downhill: `start()` gives a mover with an empty memory. */
export interface Rule {
  name: string;
  start(): Move;
}

/** Settings of {@link sgd}. */
export interface SgdOptions {
  learningRate: number;
  /** How much of the last movement is kept, from 0 to below 1. Default 0. */
  momentum?: number;
  /** Nesterov's variant: look at the slope a step ahead. */
  nesterov?: boolean;
}

/**
 * Gradient descent, with momentum if asked for (Polyak 1964; Nesterov 1983 in the form of Sutskever et al. 2013).
 *
 *     u = momentum u + g      w = w - learningRate u            Nesterov: w = w - learningRate (g + momentum u)
 *
 * From w = 1 with g = 2 and a rate of 0.1, w becomes 0.8; with momentum 0.9 and g = 2 again, it becomes 0.42.
 */
export function sgd({ learningRate, momentum = 0, nesterov = false }: SgdOptions): Rule {
  assertShare("momentum", momentum);
  const name = momentum === 0 ? "SGD" : nesterov ? "Nesterov" : "momentum";
  return {
    name,
    start() {
      const u = memory();
      return (w, g) =>
        w.map((wi, i) => {
          u[i] = momentum * at(u, i) + g[i]!;
          return wi - learningRate * (nesterov ? g[i]! + momentum * u[i]! : u[i]!);
        });
    },
  };
}

/** Settings of {@link rmsprop}. */
export interface RmspropOptions {
  learningRate: number;
  /** How slowly the mean of squares forgets. Default 0.99. */
  decay?: number;
  epsilon?: number;
}

/**
 * RMSprop (Tieleman and Hinton 2012): each weight's step is divided by the usual size of its gradient.
 *
 *     v = decay v + (1 - decay) g^2      w = w - learningRate g / (sqrt(v) + epsilon)
 */
export function rmsprop({ learningRate, decay = 0.99, epsilon = 1e-8 }: RmspropOptions): Rule {
  assertShare("decay", decay);
  return {
    name: "RMSprop",
    start() {
      const v = memory();
      return (w, g) =>
        w.map((wi, i) => {
          v[i] = decay * at(v, i) + (1 - decay) * g[i]! ** 2;
          return wi - (learningRate * g[i]!) / (Math.sqrt(v[i]!) + epsilon);
        });
    },
  };
}

/** Settings of {@link adam}. */
export interface AdamOptions {
  learningRate: number;
  /** How slowly the mean of gradients forgets. Default 0.9. */
  beta1?: number;
  /** How slowly the mean of their squares forgets. Default 0.999. */
  beta2?: number;
  epsilon?: number;
}

/** Settings of {@link adamw}. */
export interface AdamWOptions extends AdamOptions {
  /** The share of itself that a weight loses, times the learning rate. Default 0.01. */
  weightDecay?: number;
}

/**
 * AdamW (Kingma and Ba 2015; Loshchilov and Hutter 2019).
 *
 *     m = beta1 m + (1 - beta1) g      v = beta2 v + (1 - beta2) g^2
 *     w = w - learningRate weightDecay w - learningRate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 *
 * Here every weight decays: on a surface of two weights there are no gains and biases to spare.
 */
export function adamw(options: AdamWOptions): Rule {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options;
  assertShare("beta1", beta1);
  assertShare("beta2", beta2);
  return {
    name: "AdamW",
    start() {
      const [m, v] = [memory(), memory()];
      let t = 0;
      return (w, g) => {
        t++;
        return w.map((wi, i) => {
          m[i] = beta1 * at(m, i) + (1 - beta1) * g[i]!;
          v[i] = beta2 * at(v, i) + (1 - beta2) * g[i]! ** 2;
          const [mean, square] = [m[i]! / (1 - beta1 ** t), v[i]! / (1 - beta2 ** t)];
          return wi * (1 - learningRate * weightDecay) - (learningRate * mean) / (Math.sqrt(square) + epsilon);
        });
      };
    },
  };
}

/** Adam: {@link adamw} without weight decay. */
export function adam(options: AdamOptions): Rule {
  return { ...adamw({ ...options, weightDecay: 0 }), name: "Adam" };
}

/** Where a descent went. `x`, `y` and `loss` are what `lossContours` draws. */
export interface Descent {
  label: string;
  /** The weights before the first step and after each: steps + 1 entries. */
  weights: number[][];
  x: number[];
  y: number[];
  loss: number[];
}

/**
 * Goes down a surface, step by step.
 *
 * `descend(quadratic([1, 1]), { from: [1, 0], rule: sgd({ learningRate: 0.5 }), steps: 2 }).x` is `[1, 0.5, 0.25]`.
 */
export function descend(surface: Surface, options: { from: readonly number[]; rule: Rule; steps: number }): Descent {
  const { from, rule, steps } = options;
  assertCount("steps", steps, 0);
  const move = rule.start();
  const weights = [[...from]];
  for (let t = 0; t < steps; t++) {
    const w = weights[t]!;
    weights.push(move(w, surface.grad(w)));
  }
  return {
    label: rule.name,
    weights,
    x: weights.map((w) => w[0]!),
    y: weights.map((w) => w[1] ?? 0),
    loss: weights.map((w) => surface.loss(w)),
  };
}

/** Paths that PyTorch's optimizers took (`lib/test/reference/descent.py`), with the problem they were given. */
export interface StoredDescents {
  torch: string;
  runs: {
    /** A name in {@link Surface.name}. */
    surface: string;
    curvatures: number[] | null;
    from: number[];
    /** The rule: `SGD`, `momentum`, `Nesterov`, `RMSprop`, `Adam` or `AdamW`. */
    rule: string;
    settings: Record<string, number>;
    weights: number[][];
  }[];
}

/** Reads the paths that PyTorch's optimizers took. */
export function storedDescents(): StoredDescents {
  const file = path.join(repositoryRoot(), "lib", "test", "reference", "descent.json");
  return JSON.parse(readFileSync(file, "utf8")) as StoredDescents;
}

function memory(): number[] {
  return [];
}

function at(values: readonly number[], i: number): number {
  return values[i] ?? 0;
}

function assertShare(what: string, value: number): void {
  if (value >= 0 && value < 1) return;
  throw new CourseError({ what, expected: "a number from 0 to below 1", received: String(value) });
}
