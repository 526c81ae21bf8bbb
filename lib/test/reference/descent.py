"""Golden values for lib/test/descent.test.ts, optimizer.test.ts and notebook 3, computed with PyTorch 2.13 in float64.

Run: python -P descent.py   (writes descent.json beside itself; -P, so that random.py beside it is not taken for Python's own)

Gradients are PyTorch's own, by automatic differentiation: the surfaces' formulas for them are checked too.
"""

import json
from pathlib import Path

import torch

RULES = {
    "SGD": lambda w, s: torch.optim.SGD([w], lr=s["learningRate"]),
    "momentum": lambda w, s: torch.optim.SGD([w], lr=s["learningRate"], momentum=s["momentum"]),
    "Nesterov": lambda w, s: torch.optim.SGD([w], lr=s["learningRate"], momentum=s["momentum"], nesterov=True),
    "RMSprop": lambda w, s: torch.optim.RMSprop([w], lr=s["learningRate"], alpha=s["decay"]),
    "Adam": lambda w, s: torch.optim.Adam([w], lr=s["learningRate"], betas=(s["beta1"], s["beta2"])),
    "AdamW": lambda w, s: torch.optim.AdamW(
        [w], lr=s["learningRate"], betas=(s["beta1"], s["beta2"]), weight_decay=s["weightDecay"]
    ),
}


def quadratic(w, curvatures):
    return (torch.tensor(curvatures, dtype=torch.float64) * w**2).sum() / 2


def rosenbrock(w, _):
    return (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2


def run(surface, curvatures, start, rule, steps, **settings):
    w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = RULES[rule](w, settings)
    weights = [w.tolist()]
    for _ in range(steps):
        optimizer.zero_grad()
        (quadratic if surface == "quadratic" else rosenbrock)(w, curvatures).backward()
        optimizer.step()
        weights.append([float(f"{x:.12g}") for x in w.tolist()])
    problem = {"surface": surface, "curvatures": curvatures, "from": start}
    return {**problem, "rule": rule, "settings": settings, "weights": weights}


ADAM = dict(beta1=0.9, beta2=0.999)
ravine = ("quadratic", [1.0, 40.0], [-9.0, 2.0])
bent = ("rosenbrock", None, [-1.2, 1.0])
runs = [
    run(*ravine, "SGD", 60, learningRate=0.045),
    run(*ravine, "momentum", 60, learningRate=0.045, momentum=0.8),
    run(*ravine, "Nesterov", 60, learningRate=0.03, momentum=0.8),
    run(*ravine, "RMSprop", 60, learningRate=0.3, decay=0.9),
    run(*ravine, "Adam", 60, learningRate=0.5, **ADAM),
    run(*ravine, "AdamW", 60, learningRate=0.5, weightDecay=0.1, **ADAM),
    run(*bent, "SGD", 200, learningRate=0.001),
    run(*bent, "momentum", 200, learningRate=0.0005, momentum=0.9),
    run(*bent, "Nesterov", 200, learningRate=0.0005, momentum=0.9),
    run(*bent, "RMSprop", 200, learningRate=0.01, decay=0.99),
    run(*bent, "Adam", 200, learningRate=0.1, **ADAM),
    run(*bent, "AdamW", 200, learningRate=0.1, weightDecay=0.05, **ADAM),
]
result = dict(torch=torch.__version__.split("+")[0], runs=runs)
Path(__file__).with_name("descent.json").write_text(json.dumps(result) + "\n")
for r in runs:
    print(r["surface"], r["rule"], r["weights"][-1])
