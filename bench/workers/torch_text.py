"""Trains the GPT of bench/text.ts on the same text with the same settings, in PyTorch. Prints its validation loss as JSON."""

import json
import math
import sys
import time

import torch
from torch_gpt import GPT, adamw, update

c = json.loads(sys.argv[1])
text = open(c["text"], encoding="utf-8").read()
chars = sorted(set(text))
ids = torch.tensor([chars.index(ch) for ch in text])
cut = len(ids) - max(1, round(len(ids) * 0.1))
train, validation = ids[:cut], ids[cut:]
c["vocabSize"] = len(chars)
T, B, steps = c["contextLength"], c["batchSize"], c["steps"]

torch.manual_seed(c["seed"])
model = GPT(c)
optimizer = adamw(model, 1e-3)
began = time.perf_counter()
for step in range(steps):
    if step < 100:
        lr = 1e-3 * (step + 1) / 101
    else:
        lr = 1e-4 + 0.9e-3 * (1 + math.cos(math.pi * (step - 100) / (steps - 100))) / 2
    for group in optimizer.param_groups:
        group["lr"] = lr
    starts = torch.randint(len(train) - T, (B,))
    window = torch.stack([train[s : s + T + 1] for s in starts])
    update(model, optimizer, window[:, :-1], window[:, 1:])
seconds = time.perf_counter() - began

windows = (len(validation) - 1) // T
inputs, targets = validation[: windows * T].view(-1, T), validation[1 : windows * T + 1].view(-1, T)
with torch.no_grad():
    total = sum(model(x, y).item() * len(x) for x, y in zip(inputs.split(64), targets.split(64)))
print(json.dumps(dict(validationLossNats=total / windows, trainingSeconds=seconds)))
