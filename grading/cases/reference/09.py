"""Held-back cases of notebook 9, computed by other ways than the formulas: a walk through a graph, counting every operation, paying day by day.

Run from the repository root: python3 grading/cases/reference/09.py > grading/cases/reference/09.json
"""

import hashlib
import json
from fractions import Fraction
from graphlib import TopologicalSorter


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def lineage(name, manifests):
    """All ancestors by sorting the whole graph, then those that lead to `name`."""
    by_hash = {m["weightsHash"]: m for m in manifests}
    graph = {m["weightsHash"]: {m["parentHash"]} if m["parentHash"] else set() for m in manifests}
    order = list(TopologicalSorter(graph).static_order())
    wanted = {next(m["weightsHash"] for m in manifests if m["name"] == name)}
    for h in reversed(order):
        if h in wanted and h in by_hash and by_hash[h]["parentHash"]:
            wanted.add(by_hash[h]["parentHash"])
    return [by_hash[h]["name"] if h in by_hash else "?" for h in order if h in wanted]


def manifest(name, parent):
    return {"name": name, "weightsHash": digest(name), "parentHash": parent and digest(parent)}


FAMILY = [
    manifest("07-aligned", "06-tuned"),
    manifest("spring", "06-tuned"),
    manifest("01-pretrained", None),
    manifest("other", None),
    manifest("06-tuned", "01-pretrained"),
    manifest("summer", "spring"),
    manifest("stray", "lost"),
]


def products(rows, inner, columns):
    """Multiplications and additions of a matrix product, one by one."""
    operations = 0
    for _ in range(rows * columns):
        for _ in range(inner):
            operations += 2
    return operations


def cost(params, nLayer, nEmbd, contextLength):
    answer = products(1, params, 1)
    for _ in range(nLayer):
        answer += products(1, nEmbd, contextLength)  # compare with every token
        answer += products(1, contextLength, nEmbd)  # mix what they offer
    backward = sum(2 * part for part in [answer])  # two products for each one of the way forward
    return {"answer": answer, "train": answer + backward}


def days(params, trainingTokens, answersPerDay, tokensPerAnswer):
    debt = Fraction(params) * trainingTokens * (2 + 4)
    a_day = Fraction(params) * answersPerDay * tokensPerAnswer * 2
    whole = 0
    while debt >= a_day and whole < 10**6:
        debt -= a_day
        whole += 1
    return float(whole + debt / a_day)


def case(function, args, note):
    return {"args": args, "expected": function(*args), "note": note}


def with_object(function, size, note):
    return {"args": [size], "expected": function(**size), "note": note}


print(
    json.dumps(
        {
            "9.1": [
                case(lineage, ["summer", FAMILY], "four generations, in no order"),
                case(lineage, ["07-aligned", FAMILY], "a sister is left out"),
                case(lineage, ["other", FAMILY], "another beginning"),
                case(lineage, ["stray", FAMILY], "a parent that is lost"),
                case(lineage, ["summer", [m for m in FAMILY if m["name"] != "06-tuned"]], "a gap in the middle"),
            ],
            "9.3": [
                with_object(cost, dict(params=908_032, nLayer=4, nEmbd=128, contextLength=128), "the course's model"),
                with_object(cost, dict(params=500_000, nLayer=12, nEmbd=96, contextLength=1), "no text before"),
                with_object(cost, dict(params=10_000, nLayer=3, nEmbd=32, contextLength=2000), "a long text"),
            ],
            "9.5": [
                with_object(
                    days,
                    dict(params=405 * 10**9, trainingTokens=156 * 10**11, answersPerDay=10**9, tokensPerAnswer=500),
                    "a large model and a thousand million answers",
                ),
                with_object(
                    days,
                    dict(params=908_032, trainingTokens=2_560_000, answersPerDay=1000, tokensPerAnswer=40),
                    "the course's model",
                ),
                with_object(
                    days, dict(params=7, trainingTokens=10, answersPerDay=400, tokensPerAnswer=3), "less than a day"
                ),
            ],
        },
        indent=1,
    )
)
