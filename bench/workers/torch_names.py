"""makemore's MLP in PyTorch, trained on the names of a file: for bench/names.ts.

Reads a JSON of {names, steps, batchSize, seed} from the first argument; `names` is a JSON file with the lists `train` and
`validation`. Prints one line of JSON: the losses over all letters of both lists, and the seconds of training. Architecture,
initial weights and settings as in lib/src/name-model.ts; the random numbers are PyTorch's own.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F

task = json.loads(sys.argv[1])
T, E, H, V = 3, 10, 200, 27
steps, batch_size = task["steps"], task["batchSize"]
torch.manual_seed(task["seed"])
torch.set_num_threads(1)  # so small a network is slower with more


def examples(names):
    contexts, targets = [], []
    for name in names:
        context = [0] * T
        for letter in name + ".":
            i = ".abcdefghijklmnopqrstuvwxyz".index(letter)
            contexts.append(context)
            targets.append(i)
            context = context[1:] + [i]
    return torch.tensor(contexts), torch.tensor(targets)


names = json.load(open(task["names"], encoding="utf-8"))
X, Y = examples(names["train"])
C = torch.randn(V, E)
W1 = torch.randn(T * E, H) * (5 / 3) / (T * E) ** 0.5
b1 = torch.randn(H) * 0.01
W2 = torch.randn(H, V) * 0.01
b2 = torch.zeros(V)
params = [C, W1, b1, W2, b2]
for p in params:
    p.requires_grad = True


def loss_of(contexts, targets):
    hidden = torch.tanh(C[contexts].view(-1, T * E) @ W1 + b1)
    return F.cross_entropy(hidden @ W2 + b2, targets)


optimizer = torch.optim.SGD(params)
began = time.perf_counter()
for i in range(steps):
    rows = torch.randint(len(X), (batch_size,))
    loss = loss_of(X[rows], Y[rows])
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    for group in optimizer.param_groups:
        group["lr"] = 0.1 if i < steps / 2 else 0.01
    optimizer.step()
seconds = time.perf_counter() - began
with torch.no_grad():
    losses = [loss_of(*examples(names[part])).item() for part in ("train", "validation")]
result = dict(trainLossNats=round(losses[0], 4), validationLossNats=round(losses[1], 4), seconds=round(seconds, 1))
print(json.dumps(dict(result, versions=dict(torch=torch.__version__.split("+")[0]))))
