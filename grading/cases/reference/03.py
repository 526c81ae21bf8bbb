"""Held-back cases of notebook 3, computed independently of the solutions: exact fractions, 60-digit decimals, halving an interval.

Run from the repository root: python3 grading/cases/reference/03.py > grading/cases/reference/03.json

All values of 3.2 to 3.9 were also compared with one step of PyTorch 2.13 (SGD, AdamW, LinearLR and CosineAnnealingLR,
clip_grad_norm_): they agree to 1e-7.
"""

import json
import math
import random
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 60
rng = random.Random(3)
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")


def case(args, expected, note, **more):
    return {"args": args, "expected": expected, "note": note, **more}


def exact(x):
    """The number as it is written: 0.1 is a tenth."""
    return Fraction(str(x))


def decimal(x):
    return Decimal(str(x))


def values(count, size=100):
    return [rng.randrange(-size, size) / 10 for _ in range(count)]


def cosine(x):
    """By its series."""
    total, term, n = Decimal(0), Decimal(1), 0
    while abs(term) > Decimal(10) ** -50:
        total += term
        n += 2
        term *= -x * x / (n * (n - 1))
    return total


# 3.1: polynomials in exact fractions. A term [c, p, q] is c w0^p w1^q.
def polynomial(terms, w):
    return sum(Fraction(c) * math.prod(wi**p for wi, p in zip(w, powers)) for c, *powers in terms)


def central(terms, w, h):
    slopes = []
    for i in range(len(w)):
        ahead, behind = [exact(x) for x in w], [exact(x) for x in w]
        ahead[i] += exact(h)
        behind[i] -= exact(h)
        slopes.append(float((polynomial(terms, ahead) - polynomial(terms, behind)) / (2 * exact(h))))
    return slopes


def sgd(w, grad, rate):
    return [float(exact(a) - exact(rate) * exact(b)) for a, b in zip(w, grad)]


def momentum(w, u, grad, rate, mu):
    """What rolls on, and what is new, as two movements one after the other."""
    rolled = [exact(a) - exact(rate) * exact(mu) * exact(b) for a, b in zip(w, u)]
    return {
        "w": [float(a - exact(rate) * exact(g)) for a, g in zip(rolled, grad)],
        "u": [float(exact(mu) * exact(b) + exact(g)) for b, g in zip(u, grad)],
    }


def adamw(state, grad, s, decay):
    """One weight after the other, in 60 digits; `decay` is the share of itself that a weight loses."""
    beta1, beta2, t = decimal(s["beta1"]), decimal(s["beta2"]), state["t"] + 1
    rows = []
    for w, m, v, g in zip(*([decimal(x) for x in row] for row in (state["w"], state["m"], state["v"], grad))):
        m += (1 - beta1) * (g - m)
        v += (1 - beta2) * (g * g - v)
        direction = m / (1 - beta1**t) / ((v / (1 - beta2**t)).sqrt() + decimal(s["epsilon"]))
        rows.append((w - decay * w - decimal(s["learningRate"]) * direction, m, v))
    w, m, v = ([float(x) for x in column] for column in zip(*rows))
    return {"w": w, "m": m, "v": v, "t": t}


def adamw_case(state, grad, s, note):
    """PyTorch takes away the rate times the decay, the paper (algorithm 2, with a schedule of 1) the decay."""
    rate, decay = decimal(s["learningRate"]), decimal(s["weightDecay"])
    more = {"alsoRight": [adamw(state, grad, s, decay)]} if decay else {}
    return case([state, grad, s], adamw(state, grad, s, rate * decay), note, **more)


def settings(rate, beta1=0.9, beta2=0.999, epsilon=1e-8, decay=0.0):
    return dict(learningRate=rate, beta1=beta1, beta2=beta2, epsilon=epsilon, weightDecay=decay)


def fresh(w):
    return dict(w=w, m=[0] * len(w), v=[0] * len(w), t=0)


def stable_rate(curvatures):
    """By trying: a rate works if no distance from the bottom is larger after a step than before."""
    low, high = Decimal(0), Decimal(10) ** 6
    for _ in range(150):
        rate = (low + high) / 2
        if all(abs(1 - rate * decimal(c)) <= 1 for c in curvatures):
            low = rate
        else:
            high = rate
    return float(low)


def rate_at(step, s):
    top, low = decimal(s["learningRate"]), decimal(s["finalLearningRate"])
    ramp = [top * (k + 1) / (s["warmupSteps"] + 1) for k in range(s["warmupSteps"])]
    if step < len(ramp):
        return float(ramp[step])
    over, left = min(step, s["steps"]) - len(ramp), s["steps"] - len(ramp)
    high = (1 + cosine(PI * over / left)) / 2
    return float(high * top + (1 - high) * low)


def schedule(rate, warmup, steps, final):
    return dict(learningRate=rate, warmupSteps=warmup, steps=steps, finalLearningRate=final)


def clipped(grads, limit):
    norm = sum((decimal(g) ** 2 for row in grads for g in row), Decimal(0)).sqrt()
    return [[float(decimal(g) * decimal(limit) / norm) if norm > limit else g for g in row] for row in grads]


numerical = [
    ([[1, 3, 0], [2, 0, 3]], [0.5, -1.5], 0.1, "cubes of two weights, a wide h"),
    ([[1, 1, 1, 1]], [2, 3, -4], 0.01, "a product of three weights"),
    ([[4, 0]], [7], 0.5, "a loss that is the same everywhere"),
    ([[1, 4, 0], [-3, 1, 2]], [1.25, 0.75], 0.25, "a mixed term"),
]
w5, g5, u5 = values(5), values(5), values(5)
half_way = dict(w=values(3), m=values(3, 20), v=[abs(x) for x in values(3, 20)], t=12)
long_run, short_run = schedule(3e-4, 2000, 500_000, 3e-5), schedule(0.1, 0, 8, 0.01)
lists = [values(6), values(2), values(4)]
table = {
    "3.1": [case([t, w, h], central(t, w, h), note) for t, w, h, note in numerical],
    "3.2": [
        case([w5, g5, 0.03], sgd(w5, g5, 0.03), "five weights"),
        case([[1.5, -2], [0, 0], 0.5], [1.5, -2], "no slope, no step"),
        case([[0], [-3], 1e-3], sgd([0], [-3], 1e-3), "a slope down to the right"),
    ],
    "3.4": [
        case([c], stable_rate(c), note)
        for c, note in [
            ([3], "one weight"),
            ([0.2, 5, 1.5, 0.01], "four weights"),
            ([9.333333333333334, 2], "a line"),
            ([250, 1e-3], "a deep ravine"),
        ]
    ],
    "3.5": [
        case([{"w": w5, "u": u5}, g5, {"learningRate": r, "momentum": m}], momentum(w5, u5, g5, r, m), note)
        for r, m, note in [(0.1, 0.9, "five weights"), (0.02, 0.5, "less momentum"), (0.001, 0.99, "much momentum")]
    ],
    "3.6": [
        adamw_case(fresh([0.5, -3]), [1e-3, 400], settings(0.01), "first step, gradients of all sizes"),
        adamw_case(half_way, values(3), settings(0.05, 0.8, 0.95), "step 13, other betas"),
        adamw_case(half_way, values(3), settings(0.02, decay=0.1), "step 13, with decay"),
        adamw_case(fresh([4]), [1e-7], settings(0.1, epsilon=1e-6), "a gradient smaller than epsilon"),
    ],
    "3.8": [
        case([step, s], rate_at(step, s), note)
        for step, s, note in [
            (0, long_run, "the first of 500,000"),
            (1999, long_run, "the last of the warm-up"),
            (2000, long_run, "the top"),
            (9_000, long_run, "on the way down"),
            (3, short_run, "no warm-up"),
            (8, short_run, "the end"),
            (12, short_run, "beyond the end"),
        ]
    ],
    "3.9": [
        case([lists, 1.0], clipped(lists, 1), "three lists, too long"),
        case([lists, 1000], clipped(lists, 1000), "short enough"),
        case([[[0, 0], [0]], 0.5], [[0, 0], [0]], "no gradient at all"),
        case([[[30], [40]], 5], clipped([[30], [40]], 5), "one number each"),
    ],
}
print(json.dumps(table))
