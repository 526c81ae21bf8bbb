/**
 * @file Published models as data: size, tokens, computing time, updates, each with the table or section it stands in. Used
 * by notebooks 1, 3, 4 and 9. Leaves out models whose makers did not publish these figures.
 */

/** What a paper says about one training run. */
export interface PublishedModel {
  name: string;
  year: number;
  /** Number of weights. */
  params: number;
  /** Number of training tokens. */
  tokens: number;
  /** Processor-hours of training as published, where they were. */
  gpuHours?: number;
  /** The processor, and its rated speed for dense 16-bit products, operations per second. */
  gpu?: string;
  flopsPerSecond: number;
  /** The electric power that one processor may draw, as published, watts. */
  watts?: number;
  /** Operations of training, as its makers published them. */
  flops?: number;
  source: string;
  /** How its weights were changed, where that was published. */
  updates?: PublishedUpdates;
}

/** The updates of a training run. */
export interface PublishedUpdates {
  /** Tokens in one batch; the last value if it grew on the way. */
  batchTokens: number;
  /** How many updates: as published, or tokens divided by the size of the batch. */
  count: number;
  published: boolean;
  /** Updates in which the learning rate rises. */
  warmup: number;
  /** The highest learning rate. */
  learningRate: number;
  /** The longest gradient that is not shortened, where the text says so. */
  clipNorm?: number;
  source: string;
}

const V100 = 125e12; // NVIDIA V100 data sheet, tensor cores, 16 bit
const A100 = 312e12; // NVIDIA A100 data sheet, bfloat16, dense
const H100 = 989e12; // NVIDIA H100 SXM data sheet, bfloat16, dense
const TPU_V4 = 275e12; // Jouppi et al. 2023, "TPU v4", bfloat16

/** In order of training cost. */
export const PUBLISHED_MODELS: readonly PublishedModel[] = [
  {
    name: "GPT-3",
    year: 2020,
    params: 175e9,
    tokens: 300e9,
    gpu: "V100",
    flopsPerSecond: V100,
    flops: 3.14e23,
    source: "Brown et al. 2020, section 2.3 (processor) and table D.1 (tokens, operations)",
    updates: {
      batchTokens: 3.2e6,
      count: 300e9 / 3.2e6,
      published: false,
      warmup: 375e6 / 3.2e6, // 375 million tokens; the batch grows up to 3.2 million on the way
      learningRate: 6e-5,
      clipNorm: 1,
      source: "Brown et al. 2020, table 2.1 and appendix B",
    },
  },
  {
    name: "Chinchilla",
    year: 2022,
    params: 70e9,
    tokens: 1.4e12,
    gpu: "TPU v3 and v4",
    flopsPerSecond: TPU_V4,
    source: "Hoffmann et al. 2022, table 1 (size, tokens) and section 4.1 (processor)",
  },
  {
    name: "Llama 2 70B",
    year: 2023,
    params: 70e9,
    tokens: 2e12,
    gpuHours: 1_720_320,
    gpu: "A100",
    flopsPerSecond: A100,
    watts: 400,
    source: "Touvron et al. 2023, table 1 (tokens) and table 2 (hours, power)",
    updates: {
      batchTokens: 4e6,
      count: 2e12 / 4e6,
      published: false,
      warmup: 2000,
      learningRate: 1.5e-4,
      clipNorm: 1,
      source: "Touvron et al. 2023, section 2.2 (warm-up, clipping) and table 1 (batch, rate)",
    },
  },
  {
    name: "Llama 3.1 405B",
    year: 2024,
    params: 405e9,
    tokens: 15.6e12,
    gpuHours: 30_840_000,
    gpu: "H100",
    flopsPerSecond: H100,
    watts: 700,
    flops: 3.8e25,
    source: "Grattafiori et al. 2024, section 1 (tokens, operations); model card of Llama 3.1 (hours, power)",
    updates: {
      batchTokens: 16e6, // 4 million at first, then 8, then 16
      count: 1_200_000, // the length of its schedule
      published: true,
      warmup: 8000,
      learningRate: 8e-5,
      source: "Grattafiori et al. 2024, section 3.4.1",
    },
  },
];
