"""Writing text with a cache of keys and values in PyTorch, greedily, for bench/decoding.ts: the GPT of torch_gpt.py.

For each line "n" on standard input writes n texts of `tokens` tokens (`batchSize` of them side by side) after a prompt of
`prompt` tokens, and prints how long each took, in milliseconds.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F
from torch_gpt import GPT

c = json.loads(sys.argv[1])
B, P, N = c["batchSize"], c["prompt"], c["tokens"]
H, C = c["nHead"], c["nEmbd"]
torch.manual_seed(0)
torch.set_num_threads(c.get("threads", torch.get_num_threads()))
model = GPT(c).eval()


@torch.inference_mode()
def write():
    keys = [torch.empty(B, H, c["contextLength"], C // H) for _ in model.h]
    values = [torch.empty(B, H, c["contextLength"], C // H) for _ in model.h]
    ids, at = torch.randint(0, c["vocabSize"], (B, P)), 0
    for _ in range(N):
        T = ids.shape[1]
        x = model.wte(ids) + model.wpe.weight[at : at + T]
        for block, k_all, v_all in zip(model.h, keys, values, strict=True):
            q, k, v = [z.view(B, T, H, -1).transpose(1, 2) for z in block.c_attn(block.ln_1(x)).split(C, 2)]
            k_all[:, :, at : at + T], v_all[:, :, at : at + T] = k, v
            y = F.scaled_dot_product_attention(q, k_all[:, :, : at + T], v_all[:, :, : at + T], is_causal=T > 1)
            x = x + block.c_proj(y.transpose(1, 2).reshape(B, T, C))
            x = x + block.mlp_proj(F.gelu(block.c_fc(block.ln_2(x)), approximate="tanh"))
        ids, at = (model.ln_f(x[:, -1:]) @ model.wte.weight.T).argmax(-1), at + T
        ids.tolist()  # a reader sees each token


write()
print("ready", flush=True)
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        began = time.perf_counter()
        write()
        times.append((time.perf_counter() - began) * 1e3)
    print(" ".join(f"{t:.3f}" for t in times), flush=True)
