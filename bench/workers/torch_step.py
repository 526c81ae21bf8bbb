"""A training step in PyTorch, as fast as plain PyTorch does it on a CPU: for bench/step.ts.

Reads a configuration as JSON from the first argument, prints "ready", then for each line "n" on standard input
does n steps and prints how long each took, in milliseconds.
"""

import json
import sys
import time

import torch
from torch_gpt import GPT, adamw, update

c = json.loads(sys.argv[1])
torch.manual_seed(0)
model = GPT(c)
optimizer = adamw(model, 1e-3)


def step():
    shape = (c["batchSize"], c["contextLength"])
    update(model, optimizer, torch.randint(0, c["vocabSize"], shape), torch.randint(0, c["vocabSize"], shape))


for _ in range(5):
    step()
print("ready", flush=True)
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        began = time.perf_counter()
        step()
        times.append((time.perf_counter() - began) * 1e3)
    print(" ".join(f"{t:.3f}" for t in times), flush=True)
