"""The small GPT's shapes, and weights from a formula that Python and TypeScript both compute: shared by the make_*.py files.

They are run with `python -P`, because random.py lies in this folder, and add the folder to the end of the search path.
"""

import math

import torch


def numbers(shape, salt, scale, offset=0.0):
    """Values between offset - scale and offset + scale, the same in Python and TypeScript: fractions of multiples of the golden ratio."""
    n = math.prod(shape)
    values = [offset + scale * (2 * (((i + 1) * 0.6180339887498949 + salt * 0.4142135623730951) % 1.0) - 1) for i in range(n)]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def shapes(cfg):
    V, T, L, C, bias = cfg["vocabSize"], cfg["contextLength"], cfg["nLayer"], cfg["nEmbd"], cfg["bias"]
    out = {"wte.weight": (V, C), "wpe.weight": (T, C)}

    def layer(name, shape):
        out[f"{name}.weight"] = shape
        if bias:
            out[f"{name}.bias"] = (shape[-1],)

    for i in range(L):
        layer(f"h.{i}.ln_1", (C,))
        layer(f"h.{i}.attn.c_attn", (C, 3 * C))
        layer(f"h.{i}.attn.c_proj", (C, C))
        layer(f"h.{i}.ln_2", (C,))
        layer(f"h.{i}.mlp.c_fc", (C, 4 * C))
        layer(f"h.{i}.mlp.c_proj", (4 * C, C))
    layer("ln_f", (C,))
    return out


def weights(cfg):
    made = {}
    for salt, (name, shape) in enumerate(shapes(cfg).items()):
        gain = ".ln_" in f".{name}" and name.endswith("weight")
        made[name] = numbers(shape, salt + 1, 0.3, 1.0 if gain else 0.0).requires_grad_()
    return made


def flat(t):
    return [float(f"{x:.7g}") for x in t.detach().reshape(-1).tolist()]
