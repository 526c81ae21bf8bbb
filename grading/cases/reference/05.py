"""Held-back cases of notebook 5, computed by other ways than its solutions: exact fractions, 50 digits, all subsets tried.

Run from the repository root: python3 grading/cases/reference/05.py > grading/cases/reference/05.json
"""

import json
import random
from decimal import Decimal, getcontext
from fractions import Fraction
from itertools import combinations

getcontext().prec = 50
rng = random.Random(5)


def case(args, expected, note):
    return {"args": args, "expected": expected, "note": note}


def written(spec, prompt, max_tokens, context, stop):
    """The text as one list: token t is a function of the `context` tokens before it."""
    text = list(prompt)
    for t in range(len(prompt), len(prompt) + max_tokens):
        seen = [text[i] for i in range(max(0, t - context), t)]
        text.append(sum(seen) % 10 if isinstance(spec, str) else max(range(len(spec)), key=spec[seen[-1]].__getitem__))
    new = text[len(prompt) :]
    return new[: new.index(stop)] if stop in new else new


def loop(spec, prompt, max_tokens, context, stop, note):
    options = {"maxTokens": max_tokens, "contextLength": context, "stopId": stop}
    return case([spec, prompt, options], written(spec, prompt, max_tokens, context, stop), note)


def tempered(logits, temperature):
    if temperature == 0:
        return [1 if i == logits.index(max(logits)) else 0 for i in range(len(logits))]
    powers = [(Decimal(str(z)) / Decimal(str(temperature))).exp() for z in logits]
    return [float(p / sum(powers)) for p in powers]


def largest_k(probs, k):
    """Exact: the place of a token is the number of tokens that go before it."""
    exact = [Fraction(str(p)) for p in probs]
    rank = lambda i: sum(q > exact[i] or (q == exact[i] and j < i) for j, q in enumerate(exact))
    kept = [p if rank(i) < k else Fraction(0) for i, p in enumerate(exact)]
    return [float(p / sum(kept)) for p in kept]


def nucleus(probs, limit):
    """Of all sets of tokens that reach the limit, one of the smallest, and of these the likeliest."""
    exact, limit = [Fraction(str(p)) for p in probs], Fraction(str(limit))
    for size in range(1, len(probs) + 1):
        sets = [s for s in combinations(range(len(probs)), size) if sum(exact[i] for i in s) >= limit]
        if sets:
            best = max(sets, key=lambda s: (sum(exact[i] for i in s), [-i for i in s]))
            total = sum(exact[i] for i in best)
            return [float(exact[i] / total) if i in best else 0 for i in range(len(probs))]


def attention(q, k, v):
    """All at once, from the definition."""
    q, k, v = ([[Decimal(str(x)) for x in row] for row in rows] for rows in (q, k, v))
    root, out = Decimal(len(q[0])).sqrt(), []
    for t, query in enumerate(q):
        powers = [(sum(a * b for a, b in zip(query, k[j])) / root).exp() for j in range(t + 1)]
        out.append([float(sum(p * v[j][d] for j, p in enumerate(powers)) / sum(powers)) for d in range(len(v[0]))])
    return {"outputs": out, "cached": [len(k), len(v)]}


def after(weights, name, attempt):
    original = {key: list(values) for key, values in weights.items()}
    if attempt == "change the original":
        original[name][0] = 99
    return {"locked": weights, "original": original}


def decimals(count, size=3):
    return [rng.randrange(-size * 100, size * 100) / 100 for _ in range(count)]


def rows(count, width, size=3):
    return [decimals(width, size) for _ in range(count)]


def shares(count):
    """Sixty-fourths, which a computer holds exactly, in any order."""
    cuts = sorted(rng.sample(range(1, 64), count - 1))
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, 64])]
    rng.shuffle(parts)
    return [p / 64 for p in parts]


SUM = "sum of the window"
TABLE = [[-3.5, -1.25, -2, -7], [0.5, 0.25, 2, 1], [-4, -8, -6, -1.5], [9, 1, 2, 3]]
LAYERS = {"wte": [0.5, -1.25, 3], "h.0": [0, 0], "ln_f": [7]}

logits = [decimals(5), decimals(8, 9), [-50, -51, -52.5], [0, 0, 0], [700, 701.5]]
table = {
    "5.1": [
        loop(SUM, [7], 6, 16, 0, "one token to begin with"),
        loop(SUM, [3, 1, 4, 1, 5, 9, 2], 8, 3, 0, "a prompt longer than the window"),
        loop(SUM, [2, 3], 20, 4, 6, "stops in the middle"),
        loop(SUM, [5, 5], 4, 8, 0, "stops at once"),
        loop(SUM, [1, 1], 1, 1, 0, "a window of one token"),
        loop(TABLE, [0], 5, 2, 2, "all logits below zero"),
        loop(TABLE, [2, 1, 0], 4, 8, 3, "a table"),
    ],
    "5.2": [
        case([z, t], tempered(z, t), f"{len(z)} logits at temperature {t}")
        for z, t in zip(logits, (0.7, 3, 0.25, 5, 0.5))
    ]
    + [case([z, 0], tempered(z, 0), "greedy") for z in logits[:3]],
    "5.3": [case([p, k], largest_k(p, k), f"{k} of {len(p)}") for n, k in ((4, 2), (6, 3), (9, 1), (5, 5), (7, 20)) for p in [shares(n)]]
    + [case([[0.25] * 4, 2], largest_k([0.25] * 4, 2), "all alike"), case([[0.125, 0.375, 0.375, 0.125], 3], largest_k([0.125, 0.375, 0.375, 0.125], 3), "twins")],
    "5.4": [case([p, limit], nucleus(p, limit), f"{limit} of {n} tokens") for n, limit in ((4, 0.5), (6, 0.9), (7, 0.3), (5, 1), (8, 0.75)) for p in [shares(n)]]
    + [case([[0.125, 0.625, 0.25], 0.875], nucleus([0.125, 0.625, 0.25], 0.875), "reached exactly"), case([[0.25] * 4, 0.6], nucleus([0.25] * 4, 0.6), "all alike")],
    "5.6": [
        case([LAYERS, name, attempt], after(LAYERS, name, attempt), attempt)
        for name, attempt in (
            ("wte", "set a number"),
            ("ln_f", "append a number"),
            ("h.0", "replace a list"),
            ("wte", "remove a list"),
            ("wte", "add a list"),
            ("h.0", "change the original"),
            ("ln_f", "only read"),
        )
    ],
    "5.8": [
        case([q, k, v], attention(q, k, v), f"{len(q)} tokens, {len(q[0])} wide")
        for q, k, v in (
            (rows(5, 3), rows(5, 3), rows(5, 3)),
            (rows(3, 8), rows(3, 8), rows(3, 8)),
            (rows(4, 2, 20), rows(4, 2, 20), rows(4, 2)),
            (rows(2, 1), rows(2, 1), rows(2, 1)),
        )
    ],
}
print(json.dumps(table))
