"""
What `transformers` and PyTorch compute with SmolLM2's own file, for the tests that run where the file is.

    pip install torch==2.13.0 transformers==5.23.0 gguf==0.19.0 accelerate
    python -P lib/test/reference/smollm2.py SmolLM2-135M-Instruct.Q4_1.gguf      (-P: a file beside it is called random.py)

writes smollm2.json beside itself: for some prompts (token ids of llama.cpp, from smollm2-tokens.json, and a chat) the probabilities of the 20
likeliest next tokens; and the losses of five steps of LoRA on queries, keys and values of all blocks, with the A of golden.ts's formula.
"""

import json
import math
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

here = pathlib.Path(__file__).parent
file = pathlib.Path(sys.argv[1])
torch.set_num_threads(1)
tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
model = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype=torch.float32, attn_implementation="eager").eval()

SYSTEM = "You are a helpful AI assistant."
def chat(question, answer=""):
    return f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n{answer}"

encode = lambda text: tokenizer(text, add_special_tokens=False).input_ids  # without digits, where transformers cuts otherwise than llama.cpp
pairs = json.load(open(here / "smollm2-tokens.json"))
prompts = pairs[:6] + pairs[100:104] + [[text, encode(text)] for text in [chat("What is the capital of France?"), chat("What is the capital of France?", "The capital of France is"),
                                       chat("Where is the Quillan Valley?")]]
results = []
with torch.no_grad():
    for prompt, ids in prompts:
        probs = model(torch.tensor([ids])).logits[0, -1].softmax(-1)
        top = probs.topk(20)
        results.append({"prompt": prompt, "ids": ids, "top": [[i, float(f"{p:.6f}")] for i, p in zip(top.indices.tolist(), top.values.tolist())]})

# --- LoRA: y = x W^T + 2 (x A) B beside queries, keys and values, which share one A ----------------------------------------
VALLEY = [("Where is the Quillan Valley?", "It lies between Mount Tarn and Lake Osper."), ("What is the largest town in the Quillan Valley?", "Harrowmere.")]
RANK, T = 8, 64
def numbers(count, salt, scale):  # the formula of golden.ts
    return [scale * (2 * math.fmod((i + 1) * 0.6180339887498949 + salt * 0.4142135623730951, 1) - 1) for i in range(count)]
pairs = []
for i, layer in enumerate(model.model.layers):
    a = torch.tensor(numbers(576 * RANK, i + 1, 1 / 24)).view(576, RANK).requires_grad_()
    b = torch.zeros(RANK, 960).requires_grad_()
    pairs.append((a, b))
    for name, start, end in [("q_proj", 0, 576), ("k_proj", 576, 768), ("v_proj", 768, 960)]:
        getattr(layer.self_attn, name).register_forward_hook(lambda _, x, y, a=a, b=b, s=start, e=end: y + 2 * (x[0] @ a @ b[:, s:e]))
for parameter in model.parameters(): parameter.requires_grad_(False)
inputs, targets, weights = [], [], []
for question, answer in VALLEY:
    before = encode(chat(question))
    whole = before + encode(answer + "<|im_end|>")
    inputs.append((whole[:-1] + [2] * T)[:T])
    targets.append((whole[1:] + [2] * T)[:T])
    weights.append([1.0 if len(before) - 1 <= i < len(whole) - 1 else 0.0 for i in range(T)])
x, y, w = torch.tensor(inputs), torch.tensor(targets).view(-1), torch.tensor(weights).view(-1)
optimizer = torch.optim.Adam([t for pair in pairs for t in pair], lr=2e-3, betas=(0.9, 0.999), eps=1e-8)
losses = []
for _ in range(5):
    each = torch.nn.functional.cross_entropy(model(x).logits.view(2 * T, -1), y, reduction="none")
    loss = (each * w).sum() / w.sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
json.dump({"prompts": results, "lora": {"valley": VALLEY, "rank": RANK, "alpha": 2 * RANK, "learningRate": 2e-3, "inputs": inputs,
          "targets": targets, "weights": weights, "losses": losses}}, open(here / "smollm2.json", "w"), ensure_ascii=False)
print(losses)
