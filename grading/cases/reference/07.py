"""Held-back cases of notebook 7, computed independently of the solutions: counting, exact fractions, 50-digit decimals.

Run from the repository root: python3 grading/cases/reference/07.py > grading/cases/reference/07.json
"""

import itertools
import json
import random
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 50
rng = random.Random(7)


def case(args, expected, note, **more):
    return {"args": args, "expected": expected, "note": note, **more}


def D(x):
    return Decimal(repr(x))


def pairs(responses, ranks):
    """Over all orders of two responses: those in which the first was ranked better."""
    return [[responses[i], responses[j]] for i, j in itertools.permutations(range(len(ranks)), 2) if ranks[i] < ranks[j]]


def surprise(lead):
    """-ln of 1 / (1 + e^-lead), in 50 digits: large numbers are none there."""
    return float((1 + (-lead).exp()).ln())


def best_of(rewards, values, n):
    best = [values[max(group, key=lambda i: rewards[i])] for group in itertools.combinations(range(len(rewards)), n)]
    return float(sum(map(Fraction, best)) / len(best))


def estimates(log_p, log_q):
    d = [D(q) - D(p) for p, q in zip(log_p, log_q)]
    mean = lambda values: float(sum(values) / len(values))
    return {"k1": mean([-x for x in d]), "k2": mean([x * x / 2 for x in d]), "k3": mean([x.exp() - 1 - x for x in d])}


def advantages(rewards, size, less):
    out = []
    for first in range(0, len(rewards), size):
        group = [D(r) for r in rewards[first : first + size]]
        mean = sum(group) / size
        deviation = (sum((r - mean) ** 2 for r in group) / (size - less)).sqrt()
        out += [float((r - mean) / deviation) if deviation else 0.0 for r in group]
    return out


def clipped(now, old, advantage, clip):
    ratio, a, c = (D(now) - D(old)).exp(), D(advantage), D(clip)
    bounded = min(max(ratio, 1 - c), 1 + c)
    return float(-min(ratio * a, bounded * a))


def dpo(policy, reference, beta):
    lead = D(policy["chosen"]) - D(reference["chosen"]) - D(policy["rejected"]) + D(reference["rejected"])
    return surprise(D(beta) * lead)


def some(count, low, high):
    return [round(rng.uniform(low, high), 2) for _ in range(count)]


def log_pair():
    return {"chosen": round(rng.uniform(-30, -1), 2), "rejected": round(rng.uniform(-30, -1), 2)}


words = ["ash", "bay", "elm", "fir", "oak", "yew"]
result = {
    "7.2": [
        case([words[: len(ranks)], ranks], pairs(words, ranks), note)
        for ranks, note in [
            ([4, 2, 1, 3], "four responses, six pairs"),
            ([1, 2, 2, 4], "a tie in the middle"),
            ([1, 1, 1], "all equal: no pair"),
            ([3, 1, 2, 2, 5, 1], "ties at several places"),
        ]
    ],
    "7.3": [
        case([c, r], surprise(D(c) - D(r)), note)
        for c, r, note in [
            (1.25, -0.5, "a lead"),
            (-2.4, 1.1, "the wrong way round"),
            (0.001, 0.0, "nearly equal"),
            (-800.0, -30.0, "far off, both below zero"),
            (750.0, 720.5, "a sure lead"),
        ]
    ],
    "7.4": [],
    "7.6": [],
    "7.5": [],
    "7.7": [],
    "7.9": [],
}
for size, n in [(5, 2), (6, 3), (8, 4), (7, 6)]:
    rewards = rng.sample(range(-20, 20), size)
    values = [rng.randrange(-30, 30) for _ in range(size)]
    result["7.4"].append(case([rewards, values, n], best_of(rewards, values, n), f"the best of {n} among {size}"))
for count in (1, 3, 6):
    p, q = some(count, -4, -0.05), some(count, -4, -0.05)
    result["7.6"].append(case([p, q], estimates(p, q), f"{count} tokens"))
for groups, size in [(2, 3), (3, 4), (1, 5)]:
    rewards = [x for _ in range(groups) for x in some(size, -3, 3)]
    other = advantages(rewards, size, 1)
    result["7.5"].append(case([rewards, size], advantages(rewards, size, 0), f"{groups} groups of {size}", alsoRight=[other]))
equal = [0.5, 0.5, -1.0, 2.0]
result["7.5"].append(case([equal, 2], advantages(equal, 2, 0), "one group without differences", alsoRight=[advantages(equal, 2, 1)]))
for now, old, a, clip in [(-0.3, -1.2, 1.5, 0.2), (-2.5, -1.0, 0.7, 0.1), (-0.2, -0.9, -1.1, 0.3), (-3.0, -1.5, -0.4, 0.2), (-1.05, -1.0, 0.9, 0.2)]:
    result["7.7"].append(case([now, old, a, clip], clipped(now, old, a, clip), f"advantage {a}, clip {clip}"))
for beta in (0.1, 0.5, 1.0, 0.03):
    policy, reference = log_pair(), log_pair()
    result["7.9"].append(case([policy, reference, beta], dpo(policy, reference, beta), f"beta {beta}"))
far = [{"chosen": -1500.0, "rejected": -2.0}, {"chosen": -10.0, "rejected": -3.0}, 1.0]
result["7.9"].append(case(far, dpo(*far), "far in the wrong direction"))
print(json.dumps(result))
