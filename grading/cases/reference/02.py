"""Held-back cases of notebook 2, computed independently of the solutions: by listing, with 50-digit decimals, and with struct.

Run from the repository root: python3 grading/cases/reference/02.py > grading/cases/reference/02.json
"""

import json
import random
import struct
from decimal import ROUND_HALF_UP, Decimal, getcontext

getcontext().prec = 50
rng = random.Random(2)


def count(config):
    """By writing out the shape of every tensor, as in a file of weights."""
    V, T, L, C = (config[key] for key in ("vocabSize", "contextLength", "nLayer", "nEmbd"))
    tensors = [(V, C), (T, C)]
    for _ in range(L):
        for a, b in ((C, 3 * C), (C, C), (C, 4 * C), (4 * C, C)):
            tensors += [(a, b), (b,)]
        tensors += [(C,)] * 4
    tensors += [(C,)] * 2
    total = 0
    for shape in tensors:
        size = 1
        for axis in shape:
            size *= axis
        total += size
    return total


def layer_norm(x, gain, bias):
    x, gain, bias = ([Decimal(str(value)) for value in row] for row in (x, gain, bias))
    n = len(x)
    mean = sum(x) / n
    # var x = mean of squares - square of the mean: exact enough with 50 digits
    variance = sum(value * value for value in x) / n - mean * mean
    return [float((value - mean) / (variance + Decimal("0.00001")).sqrt() * g + b) for value, g, b in zip(x, gain, bias)]


def attention(q, k, v):
    """From the definition: share of j at i is e^s_ij over the sum of e^s_ij' for j' <= i."""
    q, k, v = ([[Decimal(str(value)) for value in row] for row in rows] for rows in (q, k, v))
    root = Decimal(len(q[0])).sqrt()
    out = []
    for i, query in enumerate(q):
        powers = [(sum(a * b for a, b in zip(query, k[j])) / root).exp() for j in range(i + 1)]
        out.append([float(sum(p * v[j][d] for j, p in enumerate(powers)) / sum(powers)) for d in range(len(v[0]))])
    return out


def without_head(weight, head, heads):
    """The heads taken apart, one emptied, put together again."""
    width = len(weight) // heads
    blocks = [weight[start : start + width] for start in range(0, len(weight), width)]
    blocks[head] = [[0] * len(row) for row in blocks[head]]
    return [row for block in blocks for row in block]


def file(tensors, metadata=None, padding=0):
    """A file of weights, with struct; `tensors` are pairs of name and shape."""
    header, at = ({"__metadata__": metadata} if metadata else {}), 0
    places = []
    for name, shape in tensors:
        size = 4
        for axis in shape:
            size *= axis
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        places.append([name, shape, at, at + size])
        at += size
    text = json.dumps(header).encode() + b" " * padding
    data = struct.pack("<Q", len(text)) + text
    found = [{"name": n, "shape": s, "begin": len(data) + a, "end": len(data) + b} for n, s, a, b in places]
    return list(data + bytes(at)), found


def quantized(matrix):
    scales, codes = [], []
    for row in matrix:
        row = [Decimal(str(w)) for w in row]
        scale = max(abs(w) for w in row) / 127
        scales.append(float(scale))
        codes.append([int((w / scale).quantize(Decimal(1), ROUND_HALF_UP)) if scale else 0 for w in row])
    return {"scales": scales, "codes": codes}


def decimals(count, size=3, digits=2):
    return [rng.randrange(-(size * 10**digits), size * 10**digits) / 10**digits for _ in range(count)]


def rows(count, width, size=3):
    return [decimals(width, size) for _ in range(count)]


def case(args, expected, note, of=None):
    return {**({"of": of} if of else {}), "args": args, "expected": expected, "note": note}


def config(V, T, L, H, C):
    return {"vocabSize": V, "contextLength": T, "nLayer": L, "nHead": H, "nEmbd": C}


configs = [
    (config(50257, 1024, 24, 16, 1024), "GPT-2 medium"),
    (config(50257, 1024, 48, 25, 1600), "GPT-2 XL"),
    (config(65, 64, 4, 4, 128), "characters"),
    (config(1, 1, 3, 1, 1), "one of everything"),
    (config(10, 7, 5, 3, 6), "three heads"),
]
norms = [
    (decimals(8), decimals(8), decimals(8), "eight numbers"),
    ([1000, 1001, 1002], [1, 1, 1], [0, 0, 0], "far from zero"),
    ([0, 0, 0, 0], [3, 3, 3, 3], [1, -1, 2, -2], "all zero"),
    ([0.01, -0.01, 0.02], [2, 3, 4], [1, 1, 1], "close together"),
    ([5], [7], [-2], "a single number"),
]
attentions = [
    (rows(5, 3), rows(5, 3), rows(5, 3), "five tokens, three wide"),
    (rows(3, 8), rows(3, 8), rows(3, 8), "three tokens, eight wide"),
    (rows(4, 2, 20), rows(4, 2, 20), rows(4, 2), "scores in the hundreds"),
    ([[1], [2]], [[3], [4]], [[5], [6]], "one wide"),
]
weight = [[rng.randrange(1, 100) for _ in range(6)] for _ in range(12)]
heads = [
    (weight, 0, 3, "12 rows, 3 heads, the first"),
    (weight, 2, 3, "12 rows, 3 heads, the last"),
    (weight, 1, 6, "6 heads of two rows"),
    (weight[:3], 1, 3, "as many heads as rows"),
]
files = [
    ([("wte.weight", [4, 2]), ("wpe.weight", [3, 2])], {"format": "pt"}, 0, "two matrices and a text"),
    ([(f"h.{i}.mlp.c_fc.weight", [2, 4]) for i in range(12)], None, 3, "twelve layers"),
    ([("scalar", []), ("empty", [0, 5]), ("cube", [2, 2, 2])], None, 0, "no axis, no number, three axes"),
    ([("\u00e9", [1])], {"a": "b", "c": "d"}, 1, "a name that is not plain English"),
]
matrices = [
    (rows(3, 5), "three rows"),
    ([[0.001, -0.002, 0.0005], [1000, 2, -300]], "rows of very different size"),
    ([[0, 0, 0]], "nothing but zeros"),
    ([[-1, -2, -3.3]], "all negative"),
]
codes = [[[rng.randrange(-127, 128) for _ in range(4)] for _ in range(r)] for r in (1, 3, 2)]
scales = [[0.25], [0.5, 2, 0.125], [0, 1]]

header_cases = [(*file(tensors, metadata, padding), note) for tensors, metadata, padding, note in files]
table = {
    "2.1": [case([c], count(c), note) for c, note in configs],
    "2.4": [case([x, g, b], layer_norm(x, g, b), note) for x, g, b, note in norms],
    "2.5": [case([q, k, v], attention(q, k, v), note) for q, k, v, note in attentions],
    "2.6": [case([w, h, n], without_head(w, h, n), note) for w, h, n, note in heads],
    "2.7": [case([data], found, note) for data, found, note in header_cases],
    "2.8": [case([m], quantized(m), note, "quantize") for m, note in matrices]
    + [
        # Steps that are powers of two: the products are exact.
        case([{"scales": s, "codes": c}], [[code * step for code in row] for row, step in zip(c, s)], "restored", "restore")
        for s, c in zip(scales, codes)
    ],
}
print(json.dumps(table))
