"""micrograd (Karpathy, PyPI `micrograd` 0.1.0) on the moons, one training step for each line of input; for bench/autograd.ts.

Reads one line of JSON: { points, labels, params }. Then, for every line with a learning rate, does a step as in micrograd's
demonstration and prints { loss, accuracy, ms }: the loss before the step, the processor time of the step.
"""

import json
import sys
import time

from micrograd.engine import Value
from micrograd.nn import MLP

task = json.loads(sys.stdin.readline())
points, labels = task["points"], task["labels"]
model = MLP(2, [16, 16, 1])
for weight, value in zip(model.parameters(), task["params"], strict=True):
    weight.data = value
print("ready", flush=True)

for line in sys.stdin:
    start = time.process_time()
    scores = [model([Value(x) for x in point]) for point in points]
    losses = [(1 + -y * score).relu() for y, score in zip(labels, scores)]
    loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= float(line) * p.grad
    ms = 1000 * (time.process_time() - start)
    accuracy = sum((y > 0) == (score.data > 0) for y, score in zip(labels, scores)) / len(labels)
    print(json.dumps(dict(loss=loss.data, accuracy=accuracy, ms=ms)), flush=True)
