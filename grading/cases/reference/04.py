"""Held-back cases of notebook 4, computed by other ways than backpropagation: dual numbers, exact fractions, differences in 60 digits.

Run from the repository root: python3 grading/cases/reference/04.py > grading/cases/reference/04.json
"""

import json
import math
import random
from decimal import Decimal, getcontext
from fractions import Fraction
from graphlib import TopologicalSorter

getcontext().prec = 60
rng = random.Random(4)
H = Decimal(10) ** -20


def tanh(x):
    return (x.exp() - (-x).exp()) / (x.exp() + (-x).exp())


OPERATIONS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "exp": lambda a: a.exp(),
    "ln": lambda a: a.ln(),
    "tanh": tanh,
    "relu": lambda a: max(a, Decimal(0)),
}


def slopes(function, values):
    """Central differences with h = 1e-20 in 60 digits: exact to about 40."""
    at = [Decimal(v) for v in values]
    moved = lambda i, by: [v + by if j == i else v for j, v in enumerate(at)]
    return [float((function(moved(i, H)) - function(moved(i, -H))) / (2 * H)) for i in range(len(at))]


def local(op, inputs):
    return dict(args=[op, inputs], expected=slopes(lambda v: OPERATIONS[op](*v), inputs), note=f"{op} at {inputs}")


def order(inputs, root, note):
    """Any right order is accepted; this one comes from Python's own sorter."""
    needed, todo = set(), [root]
    while todo:
        node = todo.pop()
        if node not in needed:
            needed.add(node)
            todo += inputs[node]
    forward = TopologicalSorter({node: inputs[node] for node in needed}).static_order()
    return dict(args=[inputs, root], expected=list(forward)[::-1], note=note)


def random_graph(size, seed):
    """Every node uses up to two of the eight before it; the last one is the root."""
    own = random.Random(seed)
    return [[own.randrange(max(0, i - 8), i) for _ in range(own.choice([1, 2, 2]))] if i > 1 else [] for i in range(size)]


def graph(spec, grads, note):
    """Forwards with dual numbers, once for each node: it is moved by a tiny amount, and only what comes after it feels that."""
    nodes = []
    for op, *rest in spec:
        nodes.append(dict(op=op, inputs=[] if op == "input" else rest, value=rest[0] if op == "input" else None))

    def run(moved):
        values, derivatives = [], []
        for i, node in enumerate(nodes):
            of = [(values[k], derivatives[k]) for k in node["inputs"]]
            if node["op"] == "input":
                v, d = node["value"], 0.0
            elif node["op"] == "+":
                v, d = of[0][0] + of[1][0], of[0][1] + of[1][1]
            elif node["op"] == "*":
                v, d = of[0][0] * of[1][0], of[0][1] * of[1][0] + of[0][0] * of[1][1]
            else:
                v = math.tanh(of[0][0])
                d = of[0][1] / math.cosh(of[0][0]) ** 2
            values.append(v)
            derivatives.append(d + (1.0 if i == moved else 0.0))
        return values, derivatives[-1]

    for node, value in zip(nodes, run(None)[0]):
        node["value"] = value
    own = [run(i)[1] for i in range(len(nodes))]
    expected = [g + (grads[i] if nodes[i]["op"] == "input" else 0) for i, g in enumerate(own)]
    return dict(args=[nodes, grads], expected=expected, note=note)


def cross_entropy_gradient(logits, target, note):
    """Minus the logarithm of a share, differentiated by trying."""
    loss = lambda z: -(z[target].exp() / sum(v.exp() for v in z)).ln()
    return dict(args=[logits, target], expected=slopes(loss, logits), note=note)


def matmul_gradient(a, b, d_out, note):
    """The loss is linear in each number of a: its slope is the difference that an exact step of 1 makes."""
    def loss(a, b):
        return sum(
            Fraction(d_out[i][j]) * sum(Fraction(a[i][k]) * Fraction(b[k][j]) for k in range(len(b)))
            for i in range(len(a)) for j in range(len(b[0]))
        )

    def moved(m, r, c):
        return [[v + (1 if (i, j) == (r, c) else 0) for j, v in enumerate(row)] for i, row in enumerate(m)]

    base = loss(a, b)
    da = [[float(loss(moved(a, i, k), b) - base) for k in range(len(a[0]))] for i in range(len(a))]
    db = [[float(loss(a, moved(b, k, j)) - base) for j in range(len(b[0]))] for k in range(len(b))]
    return dict(args=[a, b, d_out], expected=dict(a=da, b=db), note=note)


def layer_norm_gradient(x, gain, d_out, note):
    n = len(x)

    def loss(values):
        x, gain, bias = values[:n], values[n : 2 * n], values[2 * n :]
        mean = sum(x) / n
        std = (sum((v - mean) ** 2 for v in x) / n + Decimal("1e-5")).sqrt()
        return sum(Decimal(d) * (g * (v - mean) / std + b) for d, g, v, b in zip(d_out, gain, x, bias))

    all_slopes = slopes(loss, [*x, *gain, *([0] * n)])
    expected = dict(x=all_slopes[:n], gain=all_slopes[n : 2 * n], bias=all_slopes[2 * n :])
    return dict(args=[x, gain, d_out], expected=expected, note=note)


def check(which, function, x, gradient, note):
    true = slopes(function, x)
    differences = [abs(t - g) for t, g in zip(true, gradient)]
    worst = max(range(len(x)), key=differences.__getitem__)
    largest = differences[worst] if differences[worst] > 1e-9 else 0
    return dict(args=[which, x, gradient], expected=dict(maxDifference=largest, worst=worst), note=note)


def numbers(n, scale=2.0):
    return [round(rng.uniform(-scale, scale), 3) for _ in range(n)]


def matrix(rows, columns):
    return [[rng.randint(-4, 4) for _ in range(columns)] for _ in range(rows)]


cubes = lambda x: sum(v**3 for v in x)
tanh_sum = lambda x: tanh(sum(x))
bent = lambda x: 10000 * x[0] ** 2 + x[1]

cases = {
    "4.1": [
        local("+", [-1.5, 2.25]), local("-", [-1.5, 2.25]), local("*", [-1.5, 2.25]), local("/", [-1.5, 2.25]), local("/", [7, -0.5]),
        local("exp", [-1.25]), local("exp", [3]), local("ln", [0.3]), local("ln", [12]), local("tanh", [-0.9]), local("tanh", [1.7]),
        local("relu", [0.001]), local("relu", [-3.5]),
    ],
    "4.2": [
        order([[], [], [0, 1], [2, 0], [3, 1], [4, 2]], 5, "inputs used on every level"),
        order([[3, 4], [], [1], [2, 1], [2, 3]], 0, "numbers in no order"),
        order([[], [], [0], [1], [2, 3], [4, 4], [1]], 5, "a node beside the way"),
        order([[], [0], [0], [1, 2], [3], [3], [4, 5], [6], [6], [7, 8]], 9, "three diamonds in a row"),
        order(random_graph(40, 1), 39, "forty nodes"),
        order(random_graph(120, 2), 119, "a hundred and twenty nodes"),
    ],
    "4.3": [
        graph([("input", 1.5), ("input", -2.0), ("*", 0, 1), ("+", 2, 0), ("*", 3, 2)], [0] * 5, "inputs used on two levels"),
        graph([("input", 0.3), ("tanh", 0), ("*", 1, 1), ("+", 2, 1)], [0] * 4, "tanh, used three times"),
        graph([("input", 0.5), ("input", 2.0), ("*", 0, 1), ("+", 2, 2), ("tanh", 3)], [0.25, -1.5, 9, 9, 9], "after another call"),
        graph([("input", -1.0), ("*", 0, 0), ("*", 1, 1), ("*", 2, 2)], [-8, 0, 0, 1], "the eighth power, a second call"),
        graph([("input", 2.0), ("input", 3.0), ("+", 0, 1), ("input", 4.0), ("*", 2, 3), ("tanh", 0), ("+", 4, 5)], [1] * 7, "an input in the middle"),
    ],
    "4.4": [
        cross_entropy_gradient(numbers(3), 1, "three logits"), cross_entropy_gradient(numbers(7, 5), 6, "the last of seven"),
        cross_entropy_gradient([-1000.0, -1001.0, -999.0], 0, "far below zero"), cross_entropy_gradient([800.0, 799.0], 1, "far above zero"),
        cross_entropy_gradient([3.25], 0, "a vocabulary of one"),
    ],
    "4.5": [
        matmul_gradient(matrix(2, 3), matrix(3, 4), matrix(2, 4), "(2, 3) times (3, 4)"),
        matmul_gradient(matrix(3, 3), matrix(3, 3), matrix(3, 3), "square"),
        matmul_gradient(matrix(4, 1), matrix(1, 4), matrix(4, 4), "a column times a row"),
        matmul_gradient(matrix(1, 5), matrix(5, 2), matrix(1, 2), "one row"),
    ],
    "4.6": [
        layer_norm_gradient(numbers(4), numbers(4), numbers(4), "four values"),
        layer_norm_gradient(numbers(7, 20), numbers(7), numbers(7), "seven large values"),
        layer_norm_gradient([3, 3, 3], [1, 2, 3], [1, -1, 2], "all equal: only epsilon is left"),
        layer_norm_gradient([0.01, 0.013, 0.012], [1, 1, 1], [5, 0, 1], "hardly any difference"),
    ],
    "4.7": [
        check("sum of x^3", cubes, [1, -2, 3, 0.5], [3, 12, 27, 0.75], "right, four numbers"),
        check("sum of x^3", cubes, [1, -2, 3, 0.5], [3, 12, 27, 1.5], "the last one doubled"),
        check("sum of x^3", cubes, [1, -2, 3, 0.5], [2, -12, 26, 0], "all wrong, the second most"),
        check("tanh of the sum", tanh_sum, [0.2, -0.4, 0.1], [0.99, 0.99, 0.97], "nearly right"),
        check("10000 x0^2 + x1", bent, [-2, 3], [-40000, 1], "strongly bent, right"),
        check("10000 x0^2 + x1", bent, [0.5, 3], [10000.5, 1], "strongly bent, half a unit wrong"),
    ],
}
print(json.dumps(cases))
