/**
 * @file AdamW with TensorFlow's own kernel: one pass over the weights instead of a dozen small operations.
 * Engine room of train-step.ts; the formula to read is in optimizer.ts. Native backend only.
 */

import { after, type GraphDef } from "./graph-def";
import { TYPE_FLOAT } from "./native";

export interface AdamWSettings {
  /** How slowly the mean of the gradient forgets. Default 0.9. */
  beta1: number;
  /** How slowly the mean of its square forgets. Default 0.999. */
  beta2: number;
  /** Keeps the division from exploding where gradients are tiny. Default 1e-8. */
  epsilon: number;
  /** How strongly matrices are pulled towards 0, relative to the learning rate. Default 0.01. */
  weightDecay: number;
}

/** The nodes that one update works on, by name of their outputs. */
export interface KernelUpdate {
  graph: GraphDef;
  /** The resource variable of the weights, and its value before the update. */
  param: { handle: string; value: string; rank: number };
  grad: string;
  /** The resource variables of what the optimizer remembers. */
  slots: Record<string, string>;
  /** The learning rate and the optimizer's factors. */
  now: Record<string, string>;
  /** Outputs that must have been computed before anything is changed. */
  waitFor: string[];
}

/** Adds the nodes of one update and returns the output of the last. */
export type UpdateKernel = (update: KernelUpdate) => string;

/**
 * The kernel takes the running products of the betas to correct the means with; they are given as 0 here, and the
 * corrections are put into the learning rate and epsilon instead (end of section 2 of Kingma and Ba 2015):
 *
 *     rate = learningRate sqrt(1 - beta2^t) / (1 - beta1^t)      epsilon' = epsilon sqrt(1 - beta2^t)
 */
export function adamwKernel(settings: AdamWSettings): UpdateKernel {
  const { beta1, beta2, epsilon, weightDecay } = settings;
  return ({ graph, param, grad, slots, now, waitFor }) => {
    const T = TYPE_FLOAT;
    const number = (value: number): string => {
      const tensor = { dtype: T.type, shape: [], data: Float32Array.of(value) };
      return graph.add("Const", [], { dtype: T, value: { tensor } });
    };
    const rootV = graph.add("Sqrt", [now.vCorrection!], { T });
    const rate = graph.add("Div", [graph.add("Mul", [now.learningRate!, rootV], { T }), now.mCorrection!], { T });
    const scaledEpsilon = graph.add("Mul", [number(epsilon), rootV], { T });
    const before = waitFor.map(after);
    if (weightDecay !== 0 && param.rank >= 2) {
      const share = graph.add("Mul", [now.learningRate!, number(weightDecay)], { T });
      const decay = graph.add("Mul", [param.value, share], { T });
      before.push(after(graph.add("AssignSubVariableOp", [param.handle, decay, ...before], { dtype: T })));
    }
    const zero = number(0);
    const operands = [
      param.handle,
      slots.m!,
      slots.v!,
      zero,
      zero,
      rate,
      number(beta1),
      number(beta2),
      scaledEpsilon,
      grad,
    ];
    return graph.add("ResourceApplyAdam", [...operands, ...before], { T });
  };
}
