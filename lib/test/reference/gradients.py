"""Golden values for lib/test/autograd.test.ts, nn.test.ts, hand-gradients.test.ts and notebook 4, computed with PyTorch 2.13 in float64.

Run: python -P gradients.py   (writes gradients.json beside itself; -P, so that random.py beside it is not taken for Python's own)

Inputs are written down here, rounded to three decimals, so that everybody starts from the very same numbers.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def numbers(shape, salt, scale=1.0, offset=0.0):
    """Values between offset - scale and offset + scale: fractions of multiples of the golden ratio, to three decimals."""
    n = math.prod(shape)
    values = [round(offset + scale * (2 * (((i + 1) * 0.6180339887498949 + salt * 0.4142135623730951) % 1.0) - 1), 3) for i in range(n)]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def digits(values):
    """Nested lists with 10 significant digits."""
    return [digits(v) for v in values] if isinstance(values, list) else float(f"{values:.10g}")


def operation(compute, inputs, **extra):
    leaves = {name: value.clone().requires_grad_() for name, value in inputs.items()}
    loss = compute(**leaves)
    loss.backward()
    return dict(
        inputs={name: value.tolist() for name, value in inputs.items()}, **extra, loss=digits(loss.item()),
        grads={name: digits(value.grad.tolist()) for name, value in leaves.items()},
    )


def operations():
    d_matmul, d_norm, d_attention = numbers((2, 4), 3), numbers((3, 5), 7), numbers((4, 3), 11)
    targets = [2, 0, 4]
    causal = torch.ones(4, 4, dtype=torch.bool).tril()
    return dict(
        matmul=operation(
            lambda a, b: (torch.matmul(a, b) * d_matmul).sum(),
            dict(a=numbers((2, 3), 1), b=numbers((3, 4), 2)), dOut=d_matmul.tolist(),
        ),
        softmaxCrossEntropy=operation(
            lambda logits: F.cross_entropy(logits, torch.tensor(targets)), dict(logits=numbers((3, 5), 4, 2.0)), targets=targets,
        ),
        layerNorm=operation(
            lambda x, gain, bias: (F.layer_norm(x, (5,), gain, bias, 1e-5) * d_norm).sum(),
            dict(x=numbers((3, 5), 5, 2.0), gain=numbers((5,), 6, 0.5, 1.0), bias=numbers((5,), 8, 0.5)), dOut=d_norm.tolist(),
        ),
        attention=operation(
            lambda q, k, v: (F.scaled_dot_product_attention(q[None, None], k[None, None], v[None, None], attn_mask=causal)[0, 0] * d_attention).sum(),
            dict(q=numbers((4, 3), 9, 2.0), k=numbers((4, 3), 10, 2.0), v=numbers((4, 3), 12, 2.0)), dOut=d_attention.tolist(),
        ),
    )


def scalars():
    """One expression with every operation of the scalar engine, some inputs used several times."""
    a, b, c = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (1.5, -0.5, 2.0))
    d = a * b + c
    e = (d - a / c).tanh() + (b.exp() * c).log()
    f = (d**3 + e * e).relu() - (-d).relu() / a + a + a
    f.backward()
    return dict(inputs=dict(a=1.5, b=-0.5, c=2.0), value=f.item(), grads=dict(a=a.grad.item(), b=b.grad.item(), c=c.grad.item()))


def network():
    """The hinge loss of a 2-4-3-1 network with relu on four points, and its slope by every weight, in the order of nn.ts."""
    sizes, points, labels, decay = [2, 4, 3, 1], numbers((4, 2), 20, 1.5), [1, -1, 1, -1], 1e-2
    weights = [numbers((n_out, n_in + 1), 30 + i).requires_grad_() for i, (n_in, n_out) in enumerate(zip(sizes, sizes[1:]))]
    x = points
    for i, w in enumerate(weights):
        x = F.linear(x, w[:, :-1], w[:, -1])
        x = x if i == len(weights) - 1 else x.relu()
    loss = (1 - torch.tensor(labels, dtype=torch.float64) * x[:, 0]).relu().mean() + decay * sum((w**2).sum() for w in weights)
    loss.backward()
    flat = lambda ts: [v for t in ts for v in digits(t.reshape(-1).tolist())]
    return dict(
        sizes=sizes, points=points.tolist(), labels=labels, weightDecay=decay, params=flat(w.detach() for w in weights),
        scores=digits(x[:, 0].tolist()), loss=digits(loss.item()), grads=flat(w.grad for w in weights),
    )


result = dict(torch=torch.__version__.split("+")[0], operations=operations(), scalars=scalars(), network=network())
Path(__file__).with_name("gradients.json").write_text(json.dumps(result) + "\n")
