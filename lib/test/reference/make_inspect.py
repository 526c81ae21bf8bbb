"""Golden values for lib/test/inspect.test.ts, ablation.test.ts and quantize.test.ts, computed with PyTorch 2.13.

Run: python -P make_inspect.py   (writes inspect.json beside itself)

The GPT here is written a second time, with einsum and one head at a time, so that each head's and each neuron's output can
be set to zero or to its mean *while it runs*. lib does the same by editing weights. Weights come from the formula of make_gpt.py.
"""

import json
import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.append(str(Path(__file__).parent))
from golden import flat, weights  # noqa: E402

torch.set_num_threads(1)
CONFIG = dict(vocabSize=11, contextLength=6, nLayer=2, nHead=2, nEmbd=8, bias=True)
IDS = torch.tensor([[3, 0, 10, 7, 7, 1]])


def run(p, cfg, heads={}, neurons={}):
    """`heads[(layer, head)]` and `neurons[(layer, j)]` are "zero" or "mean"."""
    C, H = cfg["nEmbd"], cfg["nHead"]
    D = C // H
    replace = lambda value, how: value * 0 if how == "zero" else value.mean(1, keepdim=True).expand_as(value)
    norm = lambda x, name: F.layer_norm(x, (C,), p[f"{name}.weight"], p[f"{name}.bias"], 1e-5)
    T = IDS.shape[1]
    x = p["wte.weight"][IDS] + p["wpe.weight"][:T]
    states, maps = [x], []
    for i in range(cfg["nLayer"]):
        qkv = norm(x, f"h.{i}.ln_1") @ p[f"h.{i}.attn.c_attn.weight"] + p[f"h.{i}.attn.c_attn.bias"]
        added = p[f"h.{i}.attn.c_proj.bias"].expand_as(x)
        for h in range(H):
            q, k, v = (qkv[..., s * C + h * D : s * C + (h + 1) * D] for s in range(3))
            scores = torch.einsum("btd,bsd->bts", q, k) / D**0.5
            scores = scores.masked_fill(torch.ones(T, T).triu(1).bool(), -math.inf)
            a = scores.softmax(-1)
            maps.append(a)
            y = torch.einsum("bts,bsd->btd", a, v)
            if (i, h) in heads:
                y = replace(y, heads[i, h])
            added = added + y @ p[f"h.{i}.attn.c_proj.weight"][h * D : (h + 1) * D]
        x = x + added
        m = F.gelu(norm(x, f"h.{i}.ln_2") @ p[f"h.{i}.mlp.c_fc.weight"] + p[f"h.{i}.mlp.c_fc.bias"], approximate="tanh")
        columns = [m[..., j : j + 1] if (i, j) not in neurons else replace(m[..., j : j + 1], neurons[i, j]) for j in range(4 * C)]
        x = x + torch.cat(columns, -1) @ p[f"h.{i}.mlp.c_proj.weight"] + p[f"h.{i}.mlp.c_proj.bias"]
        states.append(x)
    logits = lambda state: norm(state, "ln_f") @ p["wte.weight"].T
    return logits(x), maps, [logits(state).softmax(-1) for state in states]


p = {name: value.detach() for name, value in weights(CONFIG).items()}
logits, maps, lens = run(p, CONFIG)
w = p["h.0.mlp.c_fc.weight"].float()  # (8, 32)


def quantized(axis, bits):
    top = 2 ** (bits - 1) - 1
    scales = w.abs().amax(1 - axis) / top
    codes = torch.fake_quantize_per_channel_affine(w, scales, torch.zeros_like(scales), axis, -top, top)
    return dict(axis=axis, bits=bits, scales=flat(scales), restored=flat(codes))


result = dict(
    torch=torch.__version__.split("+")[0],
    config=CONFIG,
    ids=IDS[0].tolist(),
    maps=[flat(a) for a in maps],
    lens=[flat(probs) for probs in lens],
    ablated={
        "head 1.0, zero": flat(run(p, CONFIG, heads={(1, 0): "zero"})[0]),
        "head 0.1, mean": flat(run(p, CONFIG, heads={(0, 1): "mean"})[0]),
        "neurons 0.3 and 0.17, zero": flat(run(p, CONFIG, neurons={(0, 3): "zero", (0, 17): "zero"})[0]),
        "neuron 1.30, mean": flat(run(p, CONFIG, neurons={(1, 30): "mean"})[0]),
        "attention of layer 0, zero": flat(run(p, CONFIG, heads={(0, 0): "zero", (0, 1): "zero"})[0]),
    },
    quantized=[quantized(0, 8), quantized(1, 8), quantized(1, 4), quantized(0, 2)],
)
Path(__file__).with_name("inspect.json").write_text(json.dumps(result) + "\n")
