/**
 * @file A GPT: the transformer that predicts the next token (Radford et al. 2019, "GPT-2"), with GPT-2's names for its
 * weights. Used by every notebook. The operations with hand-written gradients are in fused.ts.
 * Leaves out dropout (the course's runs are shorter than their data) and the cache of keys and values.
 *
 * Axes: B batch, T time, C channels (nEmbd), H heads, D head width (C / H), V vocabulary.
 */

import { isTracing } from "./capture";
import { CourseError } from "./errors";
import { gelu, layerNorm, linear, lookUp, maskedAttention } from "./fused";
import { assertConfig, type GPTConfig, parameterShapes } from "./gpt-config";
import type { Random } from "./random";
import { assertShape, formatShape, type Shape, ShapeError, sizeOf } from "./shape";
import { type Tensor, tf, type Variable } from "./tf";

export { type GPTConfig, parameterCount, parameterShapes } from "./gpt-config";

/** A model is its configuration and its weights; everything else here is a function of the two. */
export interface GPT {
  readonly config: Readonly<GPTConfig>;
  /** The weights by GPT-2's names, in the order of {@link parameterShapes}. They stay in memory until {@link disposeGPT}. */
  readonly params: Readonly<Record<string, Variable>>;
}

/** Weights as plain numbers, as they are kept in a file. */
export type Weights = Record<string, { shape: number[]; data: Float32Array }>;

/**
 * Sees every intermediate value by name, and may return another tensor of the same shape to put in its place.
 * `embed`, then for each layer i `h.i.attn.probs` (B, H, T, T), `h.i.attn.heads` (B, H, T, D), `h.i.attn` (B, T, C),
 * `h.i.mlp.act` (B, T, 4C), `h.i.mlp` (B, T, C), `h.i` (B, T, C), and last `ln_f` (B, T, C).
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks returns nothing
export type ActivationHook = (name: string, value: Tensor) => Tensor | undefined | void;

export interface ForwardOptions {
  hook?: ActivationHook;
}

/** Token ids: a tensor (B, T) of int32, or nested arrays `[[5, 0, 7]]`. */
export type TokenBatch = Tensor | number[][];

/**
 * A model with random weights, or with given ones.
 *
 * As in GPT-2, weights are drawn from a normal distribution with standard deviation 0.02. The two layers of each block
 * that add to the residual stream get 0.02 / sqrt(2 nLayer), because their contributions add up over the layers.
 * Gains start at 1, biases at 0.
 */
export function createGPT(config: GPTConfig, source: { random: Random } | { weights: Weights }): GPT {
  assertConfig(config);
  const params: Record<string, Variable> = {};
  for (const [name, shape] of Object.entries(parameterShapes(config))) {
    const data =
      "weights" in source
        ? givenWeights(source.weights, name, shape)
        : initialWeights(name, shape, config, source.random);
    params[name] = tf.tidy(() => tf.variable(tf.tensor(data, shape as number[], "float32")));
  }
  return { config: { ...config }, params };
}

function initialWeights(name: string, shape: Shape, config: GPTConfig, random: Random): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  if (name.endsWith(".bias")) return data;
  if (shape.length === 1) return data.fill(1);
  const std = name.endsWith("c_proj.weight") ? 0.02 / Math.sqrt(2 * config.nLayer) : 0.02;
  return data.map(() => std * random.normal());
}

/**
 * The logits (B, T, V): at every position, one number for each token that could come next.
 * Position t sees the tokens 0 to t, never a later one. The caller frees the result.
 *
 * `softmax(forward(model, [[5, 0, 7]]))[0][2]` are the probabilities of the token after 5, 0, 7.
 */
export function forward(model: GPT, inputs: TokenBatch, options: ForwardOptions = {}): Tensor {
  return tf.tidy(() => run(model, inputs, options.hook));
}

/**
 * The final state (B, T, C) at every position: what {@link forward} turns into logits, and what another head, such as a
 * reward model's, can be put on. The caller frees the result.
 */
export function finalStates(model: GPT, inputs: TokenBatch): Tensor {
  return tf.tidy(() => trunk(model, inputs));
}

/** The logits (B, T, V) of final states (B, T, C). The caller frees the result. */
export function unembed({ params: p }: GPT, states: Tensor): Tensor {
  return linear(states, p["wte.weight"]!, { transposed: true }); // (B, T, C) x (V, C)^T -> (B, T, V)
}

function run(model: GPT, inputs: TokenBatch, hook?: ActivationHook): Tensor {
  return unembed(model, trunk(model, inputs, hook));
}

/** All layers, without the step from the final state to logits. */
function trunk(model: GPT, inputs: TokenBatch, hook?: ActivationHook): Tensor {
  const { params: p, config } = model;
  const ids = tokenTensor(inputs, config); // (B, T)
  const T = ids.shape[1] as number;
  const mask = causalMask(T); // (T, T)

  const tokens = lookUp(p["wte.weight"]!, ids); // (B, T, C)
  const positions = p["wpe.weight"]!.slice([0, 0], [T, -1]); // (T, C)
  let x = seen(hook, "embed", tokens.add(positions)); // (B, T, C), the residual stream
  for (let i = 0; i < config.nLayer; i++) {
    x = block(model, `h.${i}`, x, mask, hook);
  }
  return seen(hook, "ln_f", norm(model, "ln_f", x)); // (B, T, C)
}

/** One layer: attention moves information between positions, the MLP works on each position alone. Both add to x. */
function block(model: GPT, name: string, x: Tensor, mask: Tensor, hook?: ActivationHook): Tensor {
  x = x.add(attention(model, `${name}.attn`, norm(model, `${name}.ln_1`, x), mask, hook)); // (B, T, C)
  x = x.add(mlp(model, `${name}.mlp`, norm(model, `${name}.ln_2`, x), hook)); // (B, T, C)
  return seen(hook, name, x);
}

/** Each position gathers what earlier positions offer, H times in parallel (Vaswani et al. 2017). */
function attention(model: GPT, name: string, x: Tensor, mask: Tensor, hook?: ActivationHook): Tensor {
  const [B, T, C] = x.shape as [number, number, number];
  const H = model.config.nHead;
  const qkv = dense(model, `${name}.c_attn`, x) // (B, T, 3C)
    .reshape([B, T, 3, H, C / H])
    .transpose([2, 0, 3, 1, 4]); // (3, B, H, T, D)
  const [q, k, v] = tf.unstack(qkv, 0) as [Tensor, Tensor, Tensor]; // each (B, H, T, D)
  const heads = hook
    ? seen(
        hook,
        `${name}.heads`,
        attentionInSteps(q, k, v, mask, (probs) => seen(hook, `${name}.probs`, probs)),
      )
    : maskedAttention(q, k, v, mask); // (B, H, T, D)
  const joined = heads.transpose([0, 2, 1, 3]).reshape([B, T, C]); // (B, T, C)
  return seen(hook, name, dense(model, `${name}.c_proj`, joined));
}

/** What {@link maskedAttention} computes, one step at a time, so that the attention weights can be looked at or replaced. */
function attentionInSteps(q: Tensor, k: Tensor, v: Tensor, mask: Tensor, look: (probs: Tensor) => Tensor): Tensor {
  const scale = 1 / Math.sqrt(q.shape[3] as number);
  const scores = tf.matMul(q, k, false, true).mul(scale); // (B, H, T, D) x (B, H, D, T) -> (B, H, T, T)
  const probs = scores.add(mask).softmax(); // (B, H, T, T), each row sums to 1
  return tf.matMul(look(probs), v); // (B, H, T, T) x (B, H, T, D) -> (B, H, T, D)
}

/** Four times wider, a bend, and back again. */
function mlp(model: GPT, name: string, x: Tensor, hook?: ActivationHook): Tensor {
  const wide = seen(hook, `${name}.act`, gelu(dense(model, `${name}.c_fc`, x))); // (B, T, 4C)
  return seen(hook, name, dense(model, `${name}.c_proj`, wide)); // (B, T, C)
}

/** x W + b. */
function dense({ params: p }: GPT, name: string, x: Tensor): Tensor {
  return linear(x, p[`${name}.weight`]!, { bias: p[`${name}.bias`] }); // (..., in) x (in, out) -> (..., out)
}

/** Mean 0 and variance 1 at each position, then a learned gain and bias. */
function norm({ params: p }: GPT, name: string, x: Tensor): Tensor {
  return layerNorm(x, p[`${name}.weight`]!, p[`${name}.bias`]); // (B, T, C)
}

/** 0 where position i may look at position j (j <= i), and a large negative number elsewhere: (T, T). */
function causalMask(T: number): Tensor {
  return tf.tensor2d(
    Array.from({ length: T * T }, (_, n) => (n % T <= Math.floor(n / T) ? 0 : -1e9)),
    [T, T],
  );
}

function seen(hook: ActivationHook | undefined, name: string, value: Tensor): Tensor {
  const replaced = hook?.(name, value);
  if (!replaced) return value;
  assertShape(`hook("${name}")`, replaced.shape, value.shape);
  return replaced;
}

/**
 * The residual stream (B, T, C) after the embedding and after each layer: nLayer + 1 tensors. The caller frees them.
 * Norm and unembed any of them (`logitsOf`) to see what the model would predict if it stopped there.
 */
export function hiddenStates(model: GPT, inputs: TokenBatch): Tensor[] {
  return collect(model, inputs, (name) => name === "embed" || /^h\.\d+$/.test(name));
}

/** The attention weights (B, H, T, T) of each layer: how much position i (row) looks at position j. The caller frees them. */
export function attentionMaps(model: GPT, inputs: TokenBatch): Tensor[] {
  return collect(model, inputs, (name) => name.endsWith(".attn.probs"));
}

/** The logits (B, T, V) of a hidden state (B, T, C): the end of {@link forward} alone. The caller frees the result. */
export function logitsOf(model: GPT, hidden: Tensor): Tensor {
  return tf.tidy(() => unembed(model, norm(model, "ln_f", hidden)));
}

function collect(model: GPT, inputs: TokenBatch, wanted: (name: string) => boolean): Tensor[] {
  return tf.tidy(() => {
    const found: Tensor[] = [];
    run(model, inputs, (name, value) => {
      if (wanted(name)) found.push(value);
    });
    return found;
  });
}

/** A copy of the weights as plain numbers, e.g. to save them or to compare two moments. */
export function weightsOf(model: GPT): Weights {
  return Object.fromEntries(
    Object.entries(model.params).map(([name, variable]) => [
      name,
      { shape: [...variable.shape], data: (variable.dataSync() as Float32Array).slice() },
    ]),
  );
}

/** Puts the given weights into the model. All are checked before the first is changed. */
export function loadWeights(model: GPT, weights: Weights): void {
  const params = Object.entries(model.params);
  const data = params.map(([name, variable]) => givenWeights(weights, name, variable.shape));
  params.forEach(([, variable], i) => {
    tf.tidy(() => variable.assign(tf.tensor(data[i]!, variable.shape, "float32")));
  });
}

/** A model of its own with the same weights. */
export function copyGPT(model: GPT): GPT {
  return createGPT(model.config, { weights: weightsOf(model) });
}

/** Frees the memory of the weights. The model cannot be used afterwards. */
export function disposeGPT(model: GPT): void {
  tf.dispose(Object.values(model.params));
}

function givenWeights(weights: Weights, name: string, shape: Shape): Float32Array {
  const given = weights[name];
  if (!given) {
    throw new CourseError({
      what: `weights["${name}"]`,
      expected: `${sizeOf(shape)} numbers of shape ${formatShape(shape)}`,
      received: "nothing",
      remedy: "Were they made by a model with more layers, or with another `bias`?",
    });
  }
  assertShape(`weights["${name}"]`, given.shape, shape);
  return given.data.slice();
}

/** The ids as a tensor (B, T), each checked against the vocabulary and the number of positions against the context. */
function tokenTensor(inputs: TokenBatch, config: GPTConfig): Tensor {
  const ids = Array.isArray(inputs) ? tf.tensor2d(inputs, undefined, "int32") : inputs;
  if (ids.rank !== 2 || ids.size === 0) {
    throw new ShapeError({
      what: "inputs",
      expected: "(B, T) token ids, at least one",
      received: formatShape(ids.shape),
      remedy: "A single text is a batch of one: [ids].",
    });
  }
  if ((ids.shape[1] as number) > config.contextLength) {
    throw new ShapeError({
      what: "inputs",
      expected: `at most ${config.contextLength} tokens (contextLength)`,
      received: String(ids.shape[1]),
      remedy: "Keep the last ones: ids.slice(-contextLength).",
    });
  }
  // While a graph is recorded values cannot be looked at; when it runs, TensorFlow refuses ids beyond the table by itself.
  const wrong = isTracing() ? undefined : ids.dataSync().find((id) => !(id >= 0 && id < config.vocabSize));
  if (wrong === undefined) return ids.dtype === "int32" ? ids : ids.toInt();
  throw new CourseError({
    what: "inputs",
    expected: `token ids from 0 to ${config.vocabSize - 1}`,
    received: String(wrong),
    remedy: "Was the text encoded with this model's tokenizer?",
  });
}
