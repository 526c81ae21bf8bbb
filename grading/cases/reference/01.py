"""Held-back cases of notebook 1, computed independently of the solutions: exactly, with fractions and 50-digit decimals.

Run from the repository root: python3 grading/cases/reference/01.py > grading/cases/reference/01.json
"""

import json
import random
import re
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 50
rng = random.Random(1)


def merged(ids, pair, new_id):
    """With a regular expression on characters: one character for each id, so that no id hides inside another."""
    text = "".join(map(chr, ids))
    found = re.escape(chr(pair[0]) + chr(pair[1]))
    return [ord(c) for c in re.sub(found, lambda _: chr(new_id), text)]


def batch(tokens, starts, length):
    """Position by position, from the definition: the target of position t is the token at t + 1."""
    inputs = [[None] * length for _ in starts]
    targets = [[None] * length for _ in starts]
    for row, start in enumerate(starts):
        for t in range(length):
            inputs[row][t] = tokens[start + t]
            targets[row][t] = tokens[start + t + 1]
    return {"inputs": inputs, "targets": targets}


def cross_entropy(logits, target):
    """Without any trick: 50 digits and decimal exponents hold e^1000 and e^-3000."""
    powers = [Decimal(z).exp() for z in logits]
    return float(-(powers[target] / sum(powers)).ln())


def bigram_loss(train, validation, vocab_size):
    """Through the whole table of counts, as a matrix of exact fractions."""
    table = [[Fraction(1)] * vocab_size for _ in range(vocab_size)]
    for a, b in zip(train, train[1:]):
        table[a][b] += 1
    product = Fraction(1)
    for a, b in zip(validation, validation[1:]):
        product *= table[a][b] / sum(table[a])
    ln = Decimal(product.numerator).ln() - Decimal(product.denominator).ln()
    return float(-ln / (len(validation) - 1))


def exponent(x, y):
    """By the normal equations of k and ln c, solved with Cramer's rule in 50 digits."""
    u = [Decimal(a).ln() for a in x]
    v = [Decimal(b).ln() for b in y]
    n, su, sv = len(u), sum(u), sum(v)
    suu, suv = sum(a * a for a in u), sum(a * b for a, b in zip(u, v))
    return float((n * suv - su * sv) / (n * suu - su * su))


def integers(count, below):
    return [rng.randrange(below) for _ in range(count)]


def case(args, expected, note, of=None):
    return {**({"of": of} if of else {}), "args": args, "expected": expected, "note": note}


merge_cases = [
    ([4, 4, 4, 4, 4], [4, 4], 300, "five in a row"),
    ([0, 0, 1, 0, 0, 0], [0, 0], 2, "the id 0"),
    ([8, 9], [8, 9], 10, "nothing but the pair"),
    ([8], [8, 9], 10, "a single id"),
    ([12, 31, 2, 12, 3], [12, 3], 400, "ids that begin alike"),
    ([2, 1, 2, 1, 2, 1], [1, 2], 3, "alternating"),
    (integers(200, 4), [1, 3], 50, "200 ids"),
]
tokens = integers(300, 64)
batch_cases = [
    (tokens, [291, 0, 145, 17], 8, "300 tokens, up to the last one"),
    (tokens, [7, 7], 16, "the same start twice"),
    (tokens[:5], [0], 4, "all tokens but one"),
]
cross_entropy_cases = [
    ([0.5, -1.25, 3, 0], 1, "four logits"),
    ([3000, 2999, -3000], 1, "logits of 3000"),
    ([-700.5, -800, -750.25], 0, "logits below -700"),
    ([7], 0, "a vocabulary of one token"),
    ([1e4, 0, 0, 0], 3, "a loss of 10,000"),
    ([rng.randrange(-800, 800) / 100 for _ in range(50)], 31, "50 logits"),
]
bigram_cases = [
    (integers(400, 6), integers(80, 6), 6, "random text"),
    ([0, 1, 2, 3] * 20, [0, 1, 2, 3, 0, 2], 4, "a text that repeats"),
    ([5, 5, 5, 5], [5, 5, 0, 5], 8, "a single token, read four times"),
    ([1], [0, 1], 3, "one token, no pair"),
    ([0, 1, 1, 2, 3], [3, 3, 1], 5, "the last token has no successor"),
]
exponent_cases = [
    ([120000, 440000, 910000, 3100000], [4.1, 3.5, 3.2, 2.75], "weights and losses"),
    ([3, 1, 2, 10, 5], [2, 9, 4, 0.5, 1], "in no order"),
    ([0.001, 0.01, 0.5], [10, 20, 70], "below 1"),
    ([2, 4], [8, 64], "two points"),
]

table = {
    "1.1": [case([ids, pair, new], merged(ids, pair, new), note) for ids, pair, new, note in merge_cases],
    "1.2": [case([t, s, n], batch(t, s, n), note) for t, s, n, note in batch_cases],
    "1.3": [case([z, t], cross_entropy(z, t), note) for z, t, note in cross_entropy_cases],
    "1.4": [case([t, v, n], bigram_loss(t, v, n), note) for t, v, n, note in bigram_cases],
    "1.6": [
        # Hoffmann et al. 2022 (arXiv:2203.15556): Chinchilla, 70 billion weights and 1.4 trillion tokens.
        case([70_000_000_000, 1_400_000_000_000], 588 * 10**21, "Chinchilla", "trainingFlops"),
        case([124_439_808, 9_000_000_000], 6 * 124_439_808 * 9_000_000_000, "GPT-2 small", "trainingFlops"),
        case([0, 1000], 0, "no weights", "trainingFlops"),
        case([10**21, 10**15, 0.4], float(Fraction(10**6 * 5, 2 * 86400)), "a share of 0.4", "trainingDays"),
        case([432 * 10**9, 10**10, 0.01], float(Fraction(4320, 86400)), "less than a day", "trainingDays"),
    ],
    "1.7": [case([x, y], exponent(x, y), note) for x, y, note in exponent_cases],
}
print(json.dumps(table))
