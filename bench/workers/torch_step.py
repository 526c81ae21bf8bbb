"""A training step in PyTorch, as fast as plain PyTorch does it on a CPU: for bench/step.ts.

Reads a configuration as JSON from the first argument, prints "ready", then for each line "n" on standard input
does n steps and prints how long each took, in milliseconds.
"""

import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import torch
import torch.nn as nn
import torch.nn.functional as F

c = json.loads(sys.argv[1])
V, T, B, L, H, C = (c[k] for k in ("vocabSize", "contextLength", "batchSize", "nLayer", "nHead", "nEmbd"))
bias = c["bias"]
torch.manual_seed(0)
torch.set_flush_denormal(True)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(C, bias=bias), nn.LayerNorm(C, bias=bias)
        self.c_attn, self.c_proj = nn.Linear(C, 3 * C, bias=bias), nn.Linear(C, C, bias=bias)
        self.c_fc, self.mlp_proj = nn.Linear(C, 4 * C, bias=bias), nn.Linear(4 * C, C, bias=bias)

    def forward(self, x):
        q, k, v = [z.view(*x.shape[:2], H, C // H).transpose(1, 2) for z in self.c_attn(self.ln_1(x)).split(C, 2)]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(x.shape)
        x = x + self.c_proj(y)
        return x + self.mlp_proj(F.gelu(self.c_fc(self.ln_2(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte, self.wpe, self.h = nn.Embedding(V, C), nn.Embedding(T, C), nn.ModuleList(Block() for _ in range(L))
        self.ln_f = nn.LayerNorm(C, bias=bias)

    def forward(self, ids, targets):
        x = self.wte(ids) + self.wpe.weight
        for block in self.h:
            x = block(x)
        return F.cross_entropy((self.ln_f(x) @ self.wte.weight.T).view(-1, V), targets.view(-1))


model = GPT()
matrices = [p for p in model.parameters() if p.dim() >= 2]
others = [p for p in model.parameters() if p.dim() < 2]
groups = [dict(params=matrices, weight_decay=0.1), dict(params=others, weight_decay=0.0)]
optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.99), fused=c.get("fused", True))


def step():
    ids, targets = torch.randint(0, V, (B, T)), torch.randint(0, V, (B, T))
    optimizer.zero_grad(set_to_none=True)
    loss = model(ids, targets)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


for _ in range(5):
    step()
print("ready", flush=True)
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        began = time.perf_counter()
        step()
        times.append((time.perf_counter() - began) * 1e3)
    print(" ".join(f"{t:.3f}" for t in times), flush=True)
