/**
 * @file Published models as data: size, tokens, computing time, each with its source. Used by notebooks 1 and 9.
 * Leaves out models whose makers did not publish these figures.
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
  source: string;
}

const V100 = 125e12; // NVIDIA V100 data sheet, tensor cores, 16 bit
const A100 = 312e12; // NVIDIA A100 data sheet, bfloat16, dense
const H100 = 989e12; // NVIDIA H100 SXM data sheet, bfloat16, dense

/** In order of training cost. */
export const PUBLISHED_MODELS: readonly PublishedModel[] = [
  {
    name: "GPT-3",
    year: 2020,
    params: 175e9,
    tokens: 300e9,
    gpu: "V100",
    flopsPerSecond: V100,
    source: "Brown et al. 2020, table D.1",
  },
  {
    name: "Chinchilla",
    year: 2022,
    params: 70e9,
    tokens: 1.4e12,
    flopsPerSecond: A100,
    source: "Hoffmann et al. 2022, table 4",
  },
  {
    name: "Llama 2 70B",
    year: 2023,
    params: 70e9,
    tokens: 2e12,
    gpuHours: 1_720_320,
    gpu: "A100",
    flopsPerSecond: A100,
    source: "Touvron et al. 2023, tables 1 and 2",
  },
  {
    name: "Llama 3.1 405B",
    year: 2024,
    params: 405e9,
    tokens: 15.6e12,
    gpuHours: 30_840_000,
    gpu: "H100",
    flopsPerSecond: H100,
    source: "Grattafiori et al. 2024, section 3.2; model card of Llama 3.1",
  },
];
