"""Golden values for lib/test/gpt.test.ts, loss.test.ts and optimizer.test.ts, computed with PyTorch 2.13 in float64 -> float32.

Run: python -P make_gpt.py   (writes gpt.json beside itself; -P because random.py lies in the same folder)

The GPT here is written with torch.nn.functional only, from the description of GPT-2; it shares no code with lib.
Weights come from a formula that both sides compute, so that the file holds results only.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.append(str(Path(__file__).parent))
from golden import flat, weights  # noqa: E402

torch.set_num_threads(1)


def forward(p, cfg, ids):
    C, H = cfg["nEmbd"], cfg["nHead"]
    B, T = ids.shape
    norm = lambda x, name: F.layer_norm(x, (C,), p[f"{name}.weight"], p.get(f"{name}.bias"), 1e-5)
    dense = lambda x, name: F.linear(x, p[f"{name}.weight"].T, p.get(f"{name}.bias"))
    x = F.embedding(ids, p["wte.weight"]) + p["wpe.weight"][:T]
    hidden = [x]
    for i in range(cfg["nLayer"]):
        q, k, v = dense(norm(x, f"h.{i}.ln_1"), f"h.{i}.attn.c_attn").split(C, dim=2)
        q, k, v = [z.view(B, T, H, C // H).transpose(1, 2) for z in (q, k, v)]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(B, T, C)
        x = x + dense(y, f"h.{i}.attn.c_proj")
        m = F.gelu(dense(norm(x, f"h.{i}.ln_2"), f"h.{i}.mlp.c_fc"), approximate="tanh")
        x = x + dense(m, f"h.{i}.mlp.c_proj")
        hidden.append(x)
    return norm(x, "ln_f") @ p["wte.weight"].T, hidden


def gpt_case(bias):
    cfg = dict(vocabSize=11, contextLength=6, nLayer=2, nHead=2, nEmbd=8, bias=bias)
    ids = torch.tensor([[3, 0, 10, 7, 7], [1, 2, 3, 4, 5]])
    targets = torch.tensor([[0, 10, 7, 7, 2], [2, 3, 4, 5, 6]])
    p = weights(cfg)
    logits, hidden = forward(p, cfg, ids)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    loss.backward()
    return dict(
        config=cfg, inputs=ids.tolist(), targets=targets.tolist(), logits=flat(logits), lossNats=loss.item(),
        hidden=[flat(h) for h in hidden], grads={name: flat(w.grad) for name, w in p.items()},
    )


def adamw_case():
    """100 steps on a small GPT: weight decay on matrices only, clipping at 1, warm-up and cosine."""
    cfg = dict(vocabSize=11, contextLength=6, nLayer=1, nHead=2, nEmbd=8, bias=True)
    p = weights(cfg)
    options = dict(beta1=0.9, beta2=0.98, weightDecay=0.1, clipNorm=1.0, learningRate=0.01)
    groups = [
        dict(params=[w for w in p.values() if w.dim() >= 2], weight_decay=options["weightDecay"]),
        dict(params=[w for w in p.values() if w.dim() < 2], weight_decay=0.0),
    ]
    opt = torch.optim.AdamW(groups, lr=options["learningRate"], betas=(options["beta1"], options["beta2"]), eps=1e-8)
    losses, norms = [], []
    for step in range(100):
        ids = torch.tensor([[(step * 3 + b * 5 + t * 2) % 11 for t in range(6)] for b in range(3)])
        targets = (ids * 2 + 1) % 11
        loss = F.cross_entropy(forward(p, cfg, ids)[0].flatten(0, 1), targets.flatten())
        opt.zero_grad()
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(p.values(), options["clipNorm"]).item())
        opt.step()
        losses.append(loss.item())
    return dict(config=cfg, options=options, losses=losses, norms=norms, weights={name: flat(w) for name, w in p.items()})


def sgd_case():
    """20 steps of gradient descent with momentum on sum(w^2 * (1, 10)) / 2."""
    w = torch.tensor([1.0, 1.0], dtype=torch.float64, requires_grad=True)
    opt = torch.optim.SGD([w], lr=0.05, momentum=0.9)
    path = []
    for _ in range(20):
        opt.zero_grad()
        ((w**2 * torch.tensor([1.0, 10.0])).sum() / 2).backward()
        opt.step()
        path.append(w.tolist())
    return dict(learningRate=0.05, momentum=0.9, path=path)


result = dict(torch=torch.__version__.split("+")[0], gpt=[gpt_case(True), gpt_case(False)], adamw=adamw_case(), sgd=sgd_case())
Path(__file__).with_name("gpt.json").write_text(json.dumps(result) + "\n")
