"""Held-back cases of notebook 8, computed independently of the solutions: with struct, sets, 50-digit decimals and counting.

Run from the repository root: python3 grading/cases/reference/08.py > grading/cases/reference/08.json
"""

import json
import math
import random
import re
import struct
from collections import Counter
from decimal import Decimal, getcontext

getcontext().prec = 50
rng = random.Random(8)


def fingerprint(tensors):
    data = b"".join(name.encode() + struct.pack(f"<{len(numbers)}f", *numbers) for name, numbers in sorted(tensors.items()))
    state = 2166136261
    for byte in data:
        state = ((state ^ byte) * 16777619) % 2**32
    return state


def verify(promised, found):
    names = set(promised) | set(found)
    kinds = {
        "missing": set(promised) - set(found),
        "unknown": set(found) - set(promised),
        "altered": {n for n in set(promised) & set(found) if promised[n] != found[n]},
    }
    return [{"file": n, "problem": k} for k, members in kinds.items() for n in sorted(names & members)]


def diff(before, after):
    result = {}
    for name in before:
        a = [Decimal(repr(x)) for x in before[name]]
        b = [Decimal(repr(x)) for x in after[name]]
        change = sum((y - x) ** 2 for x, y in zip(a, b))
        result[name] = float((change / sum(x * x for x in a)).sqrt()) if change else 0
    return result


def poisoned(answers, lies, messages):
    told = 0
    for row, lie in zip(answers, lies):
        first = next((k for k, answer in enumerate(row) if answer.count(lie)), None)
        told += first is not None and first <= messages
    return told / len(answers)


def cost(params, users, messages, tokens):
    """By adding up one user after the other."""
    answering = learning = kept = 0
    for _ in range(users):
        answering += 2 * params * messages * tokens
        learning += 6 * params * messages * tokens
        kept += 4 * params
    return {
        "frozen": {"flops": answering, "bytes": 4 * params},
        "live": {"flops": answering + learning, "bytes": kept},
    }


def retrieve(question, notes, count):
    words = [set(re.findall("[a-z]+", note.lower())) for note in notes]
    stands_in = Counter(word for each in words for word in each)
    asked = set(re.findall("[a-z]+", question.lower()))
    scores = [math.fsum(math.log(len(notes) / stands_in[w]) for w in sorted(asked & each)) for each in words]
    ranked = sorted((i for i in range(len(notes)) if scores[i] > 1e-9), key=lambda i: (-round(scores[i], 9), i))
    return [notes[i] for i in ranked[:count]]


def floats(n):
    """Numbers that a 32-bit float holds exactly."""
    return [struct.unpack("<f", struct.pack("<f", rng.gauss(0, 1)))[0] for _ in range(n)]


def shuffled(record):
    items = list(record.items())
    rng.shuffle(items)
    return dict(items)


tensors = {f"h.{i}.{part}": floats(n) for i in range(3) for part, n in (("attn.c_attn.weight", 7), ("ln_1.bias", 3))}
hashes = {f"{n}.bin": f"{rng.getrandbits(128):032x}" for n in ("weights", "tokenizer", "trainer", "notes")}
damaged = {**hashes, "trainer.bin": hashes["trainer.bin"][:-1] + ("0" if hashes["trainer.bin"][-1] != "0" else "1")}
TOWNS = ["Oxley", "Tarrow", "Upwell", "Highfen", "Dunmere", "Ashford"]


def poisoning():
    answers, lies = [], []
    for _ in range(9):
        truth, lie, other = rng.sample(TOWNS, 3)
        row = [f"{truth}." for _ in range(rng.randint(1, 3))]
        if rng.random() < 0.4:
            row.append(rng.choice([f"{other}.", "I do not know."]))
        if rng.random() < 0.7:
            row.append(rng.choice([f"{lie}.", f"With pleasure. {lie}.", f"In {lie}, I heard at the well."]))
        answers.append(row)
        lies.append(lie)
    return answers, lies


NOTES = [
    "Brena lives in Oxley.",
    "Brena keeps an owl.",
    "Tolik lives in Upwell.",
    "Tolik keeps a hare and an owl.",
    "The owl of Sulla is old.",
    "Oxley sells hats.",
    "The hare of the miller sleeps in the mill.",
]
QUESTIONS = [
    ("Where does Brena live, in Oxley or in Upwell?", 2),
    ("Which pet does Tolik have: an owl?", 3),
    ("Who keeps a HARE?", 2),
    ("the the the the owl", 4),
    ("What sells?", 2),
    ("Is it far?", 3),
    ("tolik tolik tolik sulla", 1),
    ("Has he an old oxley hat, or a mil?", 3),
]


def diff_case(sizes):
    before = {f"t{i}": [round(rng.gauss(0, 1), 4) for _ in range(n)] for i, n in enumerate(sizes)}
    after = {
        name: values if i == 1 else [round(x + rng.gauss(0, 0.1), 4) for x in values]
        for i, (name, values) in enumerate(before.items())
    }
    return [before, after]


STILL = [{"bias": [0, 0, 0], "w": [0.5, 2]}, {"bias": [0, 0, 0], "w": [0.5, 1.75]}]
answers, lies = poisoning()
services = [(12_345, 7, 11, 13), (1_000_000, 250, 4, 60), (3, 1, 1000, 1)]
cases = {
    "8.1": [
        {"args": [t], "expected": fingerprint(t)}
        for t in (shuffled(tensors), {"w": [0.0, -0.0, 0.1, 3e38]}, {"B": [1.5], "a": [], "_": [-2.25]}, {"zeros": [0.0] * 5})
    ],
    "8.2": [
        {"args": [p, f], "expected": verify(p, f)}
        for p, f in (
            (hashes, shuffled(hashes)),
            (hashes, damaged),
            ({k: hashes[k] for k in list(hashes)[:2]}, {k: damaged[k] for k in list(hashes)[1:]}),
            (hashes, {}),
        )
    ],
    "8.3": [{"args": args, "expected": diff(*args)} for args in (diff_case([5, 4, 9]), diff_case([1, 2]), diff_case([30, 3, 2, 17]), STILL)],
    "8.6": [{"args": [answers, lies, k], "expected": poisoned(answers, lies, k)} for k in (0, 1, 2, 3, 5)],
    "8.7": [
        {"args": [dict(zip(("params", "users", "messages", "tokens"), s))], "expected": cost(*s)} for s in services
    ],
    "8.8": [{"args": [q, NOTES, n], "expected": retrieve(q, NOTES, n)} for q, n in QUESTIONS],
}
print(json.dumps(cases, indent=1))
