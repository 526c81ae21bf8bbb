"""nanoGPT's configuration for a CPU in PyTorch, trained on the characters of a text: for bench/shakespeare.ts.

Reads a JSON of {text, steps, seed} from the first argument; prints one line of JSON: the validation loss over all windows
of the last tenth of the text that do not overlap, and the seconds of training. Settings as in lib/src/chain.ts.
"""

import json
import math
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

task = json.loads(sys.argv[1])
T, B, L, H, C = 64, 12, 4, 4, 128
steps, learning_rate, final, warmup = task["steps"], 1e-3, 1e-4, min(100, task["steps"] // 10)
torch.manual_seed(task["seed"])
text = open(task["text"], encoding="utf-8").read()
ids_of = {c: i for i, c in enumerate(sorted(set(text)))}
ids = torch.tensor([ids_of[c] for c in text])
cut = len(ids) - round(len(ids) * 0.1)
train, validation = ids[:cut], ids[cut:]
V = len(ids_of)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(C, bias=False), nn.LayerNorm(C, bias=False)
        self.c_attn, self.c_proj = nn.Linear(C, 3 * C, bias=False), nn.Linear(C, C, bias=False)
        self.c_fc, self.mlp_proj = nn.Linear(C, 4 * C, bias=False), nn.Linear(4 * C, C, bias=False)

    def forward(self, x):
        q, k, v = [z.view(*x.shape[:2], H, C // H).transpose(1, 2) for z in self.c_attn(self.ln_1(x)).split(C, 2)]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(x.shape)
        x = x + self.c_proj(y)
        return x + self.mlp_proj(F.gelu(self.c_fc(self.ln_2(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte, self.wpe, self.h = nn.Embedding(V, C), nn.Embedding(T, C), nn.ModuleList(Block() for _ in range(L))
        self.ln_f = nn.LayerNorm(C, bias=False)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                nn.init.normal_(p, 0, 0.02 / (math.sqrt(2 * L) if "proj" in name else 1))

    def forward(self, x, y):
        h = self.wte(x) + self.wpe.weight
        for block in self.h:
            h = block(h)
        return F.cross_entropy((self.ln_f(h) @ self.wte.weight.T).view(-1, V), y.view(-1))


model = GPT()
matrices, gains = [[p for p in model.parameters() if (p.dim() == 2) == two] for two in (True, False)]
optimizer = torch.optim.AdamW(
    [dict(params=matrices, weight_decay=0.1), dict(params=gains, weight_decay=0.0)], betas=(0.9, 0.99), fused=True
)
began = time.perf_counter()
for i in range(steps):
    if i < warmup:
        rate = learning_rate * (i + 1) / warmup
    else:
        rate = final + (learning_rate - final) * 0.5 * (1 + math.cos(math.pi * (i - warmup) / (steps - warmup)))
    for group in optimizer.param_groups:
        group["lr"] = rate
    starts = torch.randint(len(train) - T, (B,))
    x = torch.stack([train[s : s + T] for s in starts])
    y = torch.stack([train[s + 1 : s + 1 + T] for s in starts])
    optimizer.zero_grad(set_to_none=True)
    model(x, y).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
seconds = time.perf_counter() - began

windows = (len(validation) - 1) // T
x, y = validation[: windows * T].view(-1, T), validation[1 : windows * T + 1].view(-1, T)
with torch.no_grad():
    loss = sum(model(x[i : i + 64], y[i : i + 64]).item() * len(x[i : i + 64]) for i in range(0, windows, 64)) / windows
print(json.dumps({"validationLossNats": round(loss, 4), "seconds": round(seconds, 1), "versions": {"torch": torch.__version__}}))
