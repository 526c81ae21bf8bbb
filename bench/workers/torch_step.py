"""A training step in PyTorch on a CPU, for bench/training.ts.

Reads its task as JSON from the first argument: a configuration and a mode ("fused": AdamW as one kernel, the fastest that plain
PyTorch offers; "plain": AdamW as PyTorch does it by default; "compiled": fused, and the model through torch.compile).
Prints "ready", then for each line "n" on standard input does n steps and prints how long each took, in milliseconds.
"""

import json
import sys
import time

import torch
from torch_gpt import GPT, adamw, update

c = json.loads(sys.argv[1])
mode = c.pop("mode", "fused")
torch.manual_seed(0)
model = GPT(c)
optimizer = adamw(model, 1e-3, fused=mode != "plain")
stepped = torch.compile(model) if mode == "compiled" else model


def step():
    shape = (c["batchSize"], c["contextLength"])
    update(stepped, optimizer, torch.randint(0, c["vocabSize"], shape), torch.randint(0, c["vocabSize"], shape))


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
