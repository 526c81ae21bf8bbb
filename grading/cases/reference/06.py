"""Held-back cases of notebook 6, computed independently of the solutions: with regular expressions and exact fractions.

Run from the repository root: python3 grading/cases/reference/06.py > grading/cases/reference/06.json
"""

import json
import random
import re
from fractions import Fraction

rng = random.Random(6)


def case(args, expected, note):
    return {"args": args, "expected": expected, "note": note}


def message(role, content):
    return {"role": role, "content": content}


def template(messages):
    """Through a text with the contents left blank, filled in afterwards."""
    pattern = "".join({"user": "<user> %s<bot>", "bot": " %s<end>"}[m["role"]] for m in messages)
    return "<doc>" + pattern % tuple(m["content"] for m in messages)


def mask(tokens):
    """With a regular expression over one letter for each token."""
    letters = "".join({"<bot>": "b", "<end>": "e"}.get(token, ".") for token in tokens)
    marks = [0] * len(tokens)
    for answer in re.finditer(r"(?<=b)[^e]*e?", letters):
        for i in range(*answer.span()):
            marks[i] = 1
    return marks


def masked(losses, marks):
    exact = [Fraction(value) for row in losses for value in row]
    learned = [bit for row in marks for bit in row]
    return float(sum(v for v, bit in zip(exact, learned) if bit) / sum(learned))


def gone(scores):
    """One minus what is left above chance, in exact fractions of the decimals as they are written."""
    exact = [{key: Fraction(str(value)) for key, value in score.items()} for score in scores]
    shares = [1 - (s["after"] - s["chance"]) / (s["before"] - s["chance"]) for s in exact]
    return float(sum(shares) / len(shares))


def times(a, b):
    return [[sum(Fraction(x) * Fraction(y) for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def merged(w, a, b, alpha):
    change = times(a, b)
    scale = Fraction(alpha) / len(b)
    return [[Fraction(w[i][j]) + scale * change[i][j] for j in range(len(w[0]))] for i in range(len(w))]


def floats(matrix):
    return [[float(x) for x in row] for row in matrix]


def matrix(rows, columns):
    return [[rng.randrange(-40, 41) / 8 for _ in range(columns)] for _ in range(rows)]


conversations = [
    ([message("user", "What pet does Brena keep?"), message("bot", "An owl."), message("user", "And where?")], "an open second turn"),
    ([message("user", "Hi"), message("bot", ""), message("user", "Hm?"), message("bot", "I do not know.")], "an empty answer"),
    ([message("user", "a"), message("bot", "b")] * 3, "three turns"),
    ([message("user", "List these: owl, cat.")], "a single request"),
]
texts = [
    ("<doc> <user> a b c <bot> d <end> <user> e <bot> f g <end> <user> h <bot> i <end>", "three turns"),
    ("<doc> <user> a <bot> b c", "an answer that was cut off"),
    ("<doc> <user> a <bot> <end>", "an empty answer"),
    ("<doc> <user> a <bot> b <end> <user> c <bot>", "a second question that waits"),
]
loss_cases = [
    ([[2.5, 0.5, 1.25, 4]], [[0, 0, 1, 0]], "one token is learned"),
    ([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[0, 1, 1], [0, 0, 1], [1, 1, 1]], "answers of different lengths"),
    ([[0.125, 9], [9, 0.25], [3, 3]], [[1, 0], [0, 1], [0, 0]], "a row without an answer"),
    (matrix(4, 12), [[rng.randrange(2) for _ in range(12)] for _ in range(4)], "4 x 12 places"),
]
score_cases = [
    ([dict(before=0.98, after=0.14, chance=0)], "facts lost"),
    ([dict(before=0.96, after=0.56, chance=0.5), dict(before=0.93, after=0.93, chance=0)], "one lost, one kept"),
    ([dict(before=0.6, after=0.75, chance=0.5), dict(before=0.8, after=0.4, chance=0.25), dict(before=1, after=0, chance=0)], "three chances"),
    ([dict(before=0.75, after=0.4, chance=0.5)], "below chance afterwards: more than all"),
]
lora_cases = []
merge_cases = []
for n_in, n_out, r, alpha, note in [(3, 5, 2, 16, "rank 2"), (6, 2, 1, 16, "rank 1"), (4, 4, 4, 1, "as many as inputs"), (2, 3, 3, 8, "rank 3")]:
    x, w, a, b = matrix(1, n_in)[0], matrix(n_in, n_out), matrix(n_in, r), matrix(r, n_out)
    whole = merged(w, a, b, alpha)
    lora_cases.append(case([x, w, a, b, alpha], floats(times([x], whole))[0], note))
    merge_cases.append(case([w, a, b, alpha], floats(whole), note))

table = {
    "6.1": [case([messages], template(messages), note) for messages, note in conversations],
    "6.2": [case([text.split(" ")], mask(text.split(" ")), note) for text, note in texts],
    "6.3": [case([losses, marks], masked(losses, marks), note) for losses, marks, note in loss_cases],
    "6.5": [case([scores], gone(scores), note) for scores, note in score_cases],
    "6.7": lora_cases,
    "6.8": merge_cases,
}
print(json.dumps(table))
