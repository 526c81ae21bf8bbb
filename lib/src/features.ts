/**
 * @file What single neurons answer to: the places of a text at which they are most active. Notebook 2.
 * Leaves out features that are spread over many neurons, which is most of them (Elhage et al. 2022, arXiv:2209.10652).
 */

import { forward, type GPT } from "./gpt";

/** A place in a text at which a neuron was active. */
export interface Activation {
  /** Which text, and which token of it. */
  sequence: number;
  position: number;
  value: number;
}

/** One neuron of an MLP and where it is most active. */
export interface NeuronFeature {
  layer: number;
  neuron: number;
  /** Its mean activity, without sign, over all places. */
  mean: number;
  /** The mean of its strongest activities, divided by `mean`: how choosy it is. */
  selectivity: number;
  strongest: Activation[];
}

/**
 * The choosiest neurons of a layer: those that are silent nearly everywhere and loud at a few places. Each text gives a
 * neuron at most its loudest place, so that one long word does not fill the list.
 *
 * `neuronFeatures(model, texts, { layer: 0 })[0].strongest` are the places that the choosiest neuron of layer 0 answers to.
 */
export function neuronFeatures(
  model: GPT,
  sequences: readonly (readonly number[])[],
  { layer, count = 5, examples = 5 }: { layer: number; count?: number; examples?: number },
): NeuronFeature[] {
  const width = 4 * model.config.nEmbd;
  const sums = new Float64Array(width);
  const loudest: Activation[][] = Array.from({ length: width }, () => []);
  let places = 0;
  sequences.forEach((ids, sequence) => {
    const hook = (name: string, value: { dataSync(): ArrayLike<number> }): void => {
      if (name !== `h.${layer}.mlp.act`) return;
      const act = value.dataSync(); // (1, T, 4C)
      for (let neuron = 0; neuron < width; neuron++) {
        let best: Activation = { sequence, position: 0, value: -Infinity };
        for (let position = 0; position < ids.length; position++) {
          const a = act[position * width + neuron]!;
          sums[neuron]! += Math.abs(a);
          if (a > best.value) best = { sequence, position, value: a };
        }
        loudest[neuron]!.push(best);
      }
    };
    forward(model, [[...ids]], { hook }).dispose();
    places += ids.length;
  });
  const features = loudest.map((all, neuron) => {
    const strongest = all.sort((a, b) => b.value - a.value).slice(0, examples);
    const mean = sums[neuron]! / Math.max(places, 1);
    const peak = strongest.reduce((sum, { value }) => sum + value, 0) / Math.max(strongest.length, 1);
    return { layer, neuron, mean, selectivity: peak / Math.max(mean, 1e-9), strongest };
  });
  return features.sort((a, b) => b.selectivity - a.selectivity).slice(0, count);
}
