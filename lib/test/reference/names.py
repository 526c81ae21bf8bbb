"""Golden values for lib/test/name-model.test.ts, computed with PyTorch 2.13 in float32: makemore's network over 40 steps.

Run: python -P names.py   (writes names.json beside itself; -P, so that random.py beside it is not taken for Python's own)

Weights and batches come from formulas, so that both sides start from the very same numbers.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
T, E, H, V, B = 3, 10, 200, 27, 16
SHAPES = dict(C=(V, E), W1=(T * E, H), b1=(H,), W2=(H, V), b2=(V,))
SCALES = dict(C=1.5, W1=0.5, b1=0.02, W2=0.2, b2=0.1)


def numbers(shape, salt, scale):
    n = math.prod(shape)
    values = [scale * (2 * (((i + 1) * 0.6180339887498949 + salt * 0.4142135623730951) % 1.0) - 1) for i in range(n)]
    return torch.tensor(values, dtype=torch.float64).float().reshape(shape)


def batch(step):
    contexts = [[(step * 5 + b * 7 + t * t * 11 + b * t) % V for t in range(T)] for b in range(B)]
    return torch.tensor(contexts), torch.tensor([(step + 3 * b + 1) % V for b in range(B)])


def run(make_optimizer, rate):
    p = {name: numbers(shape, i + 1, SCALES[name]).requires_grad_() for i, (name, shape) in enumerate(SHAPES.items())}
    optimizer = make_optimizer(list(p.values()), rate)
    losses, gradient = [], None
    for step in range(40):
        X, Y = batch(step % 4)
        logits = torch.tanh(p["C"][X].view(-1, T * E) @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]
        loss = F.cross_entropy(logits, Y)
        optimizer.zero_grad()
        loss.backward()
        gradient = gradient or {name: w.grad.norm().item() for name, w in p.items()}
        optimizer.step()
        losses.append(loss.item())
    return dict(learningRate=rate, losses=losses, gradientNorms=gradient)


runs = dict(
    sgd=run(lambda p, r: torch.optim.SGD(p, lr=r), 0.1),
    nesterov=run(lambda p, r: torch.optim.SGD(p, lr=r, momentum=0.9, nesterov=True), 0.02),
    rmsprop=run(lambda p, r: torch.optim.RMSprop(p, lr=r, alpha=0.9), 0.003),
)
result = dict(torch=torch.__version__.split("+")[0], batchSize=B, scales=SCALES, runs=runs)
Path(__file__).with_name("names.json").write_text(json.dumps(result) + "\n")
print({name: (r["losses"][0], r["losses"][-1]) for name, r in runs.items()})
