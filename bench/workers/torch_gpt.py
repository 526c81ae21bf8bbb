"""The GPT of the peers: GPT-2's architecture in plain PyTorch, with fused AdamW. Imported by torch_step.py."""

import warnings

warnings.filterwarnings("ignore")
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_flush_denormal(True)


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        C, bias = c["nEmbd"], c["bias"]
        self.nHead = c["nHead"]
        self.ln_1, self.ln_2 = nn.LayerNorm(C, bias=bias), nn.LayerNorm(C, bias=bias)
        self.c_attn, self.c_proj = nn.Linear(C, 3 * C, bias=bias), nn.Linear(C, C, bias=bias)
        self.c_fc, self.mlp_proj = nn.Linear(C, 4 * C, bias=bias), nn.Linear(4 * C, C, bias=bias)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = [z.view(B, T, self.nHead, -1).transpose(1, 2) for z in self.c_attn(self.ln_1(x)).split(C, 2)]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(B, T, C)
        x = x + self.c_proj(y)
        return x + self.mlp_proj(F.gelu(self.c_fc(self.ln_2(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(c["vocabSize"], c["nEmbd"]), nn.Embedding(c["contextLength"], c["nEmbd"])
        self.h = nn.ModuleList(Block(c) for _ in range(c["nLayer"]))
        self.ln_f = nn.LayerNorm(c["nEmbd"], bias=c["bias"])
        for name, p in self.named_parameters():
            residual = name.endswith(("c_proj.weight", "mlp_proj.weight"))
            if p.dim() >= 2:
                nn.init.normal_(p, 0, 0.02 / (2 * c["nLayer"]) ** 0.5 if residual else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def forward(self, ids, targets):
        x = self.wte(ids) + self.wpe.weight[: ids.shape[1]]
        for block in self.h:
            x = block(x)
        return F.cross_entropy((self.ln_f(x) @ self.wte.weight.T).flatten(0, 1), targets.flatten())


def adamw(model, lr, fused=True):
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    others = [p for p in model.parameters() if p.dim() < 2]
    groups = [dict(params=matrices, weight_decay=0.1), dict(params=others, weight_decay=0.0)]
    return torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.99), fused=fused)


def update(model, optimizer, ids, targets):
    optimizer.zero_grad(set_to_none=True)
    loss = model(ids, targets)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()
