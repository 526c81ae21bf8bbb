"""Golden values for lib/test/sft.test.ts and lora.test.ts, computed with PyTorch 2.13 in float64.

Run: python -P make_sft.py   (writes sft.json beside itself; -P because random.py lies in the same folder)

Five steps of AdamW on a small GPT: once all weights, with a masked loss and a rehearsed batch beside it; once LoRA's
adapters alone, written as the two paths x W + s (x A) B. Weights come from the formula of make_gpt.py.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.append(str(Path(__file__).parent))
from golden import flat, numbers, shapes, weights  # noqa: E402

torch.set_num_threads(1)
CFG = dict(vocabSize=11, contextLength=6, nLayer=2, nHead=2, nEmbd=8, bias=True)
IDS = torch.tensor([[3, 0, 10, 7, 7, 1], [1, 2, 3, 4, 5, 6]])
MASK = torch.tensor([[0, 0, 1, 1, 0.0], [0, 1, 1, 1, 1]], dtype=torch.float64)
OLD = torch.tensor([[5, 4, 3, 2], [9, 8, 1, 0], [2, 2, 6, 6]])
LAYERS = ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"]
ROWS = [9, 10]


def forward(p, ids, pairs=None, scale=1.0, rows=None):
    C, H = CFG["nEmbd"], CFG["nHead"]
    B, T = ids.shape
    norm = lambda x, name: F.layer_norm(x, (C,), p[f"{name}.weight"], p[f"{name}.bias"], 1e-5)

    def dense(x, name):
        y = x @ p[f"{name}.weight"] + p[f"{name}.bias"]
        return y + (x @ pairs[f"{name}.lora_A"]) @ pairs[f"{name}.lora_B"] * scale if pairs else y

    table = p["wte.weight"]
    if rows is not None:
        table = table + torch.zeros_like(table).index_add(0, torch.tensor(ROWS), rows)
    x = table[ids] + p["wpe.weight"][:T]
    for i in range(CFG["nLayer"]):
        q, k, v = dense(norm(x, f"h.{i}.ln_1"), f"h.{i}.attn.c_attn").split(C, dim=2)
        q, k, v = [z.view(B, T, H, C // H).transpose(1, 2) for z in (q, k, v)]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(B, T, C)
        x = x + dense(y, f"h.{i}.attn.c_proj")
        x = x + dense(F.gelu(dense(norm(x, f"h.{i}.ln_2"), f"h.{i}.mlp.c_fc"), approximate="tanh"), f"h.{i}.mlp.c_proj")
    return norm(x, "ln_f") @ table.T


def losses(run):
    per_token = F.cross_entropy(run(IDS[:, :-1]).transpose(1, 2), IDS[:, 1:], reduction="none")
    answers = (per_token * MASK).sum() / MASK.sum()
    old = F.cross_entropy(run(OLD[:, :-1]).flatten(0, 1), OLD[:, 1:].flatten())
    return answers, old


def train(params, run, rehearsal):
    opt = torch.optim.AdamW(params, lr=0.01, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.0)
    seen = []
    for _ in range(5):
        answers, old = losses(run)
        loss = answers + rehearsal * old
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        seen.append([loss.item(), answers.item(), old.item()])
    return seen


def full():
    p = weights(CFG)
    seen = train(list(p.values()), lambda ids: forward(p, ids), 0.7)
    return dict(losses=seen, weights={name: flat(w) for name, w in p.items()})


def lora():
    p = {name: w.detach() for name, w in weights(CFG).items()}
    pairs, salt = {}, 100
    for i in range(CFG["nLayer"]):
        for kind in LAYERS:
            name = f"h.{i}.{kind}"
            n_in, n_out = shapes(CFG)[f"{name}.weight"]
            pairs[f"{name}.lora_A"] = numbers((n_in, 2), salt, 0.5).requires_grad_()
            pairs[f"{name}.lora_B"] = numbers((2, n_out), salt + 1, 0.1).requires_grad_()
            salt += 2
    rows = numbers((len(ROWS), CFG["nEmbd"]), salt, 0.1).requires_grad_()
    run = lambda ids: forward(p, ids, pairs, 8 / 2, rows)
    before = run(IDS[:, :-1])
    logits = flat(before)
    seen = train([*pairs.values(), rows], run, 0.0)
    return dict(
        rank=2, alpha=8, tokenRows=ROWS, logits=logits, losses=seen, after=flat(run(IDS[:, :-1])),
        adapters={name: flat(w) for name, w in {**pairs, "wte.rows": rows}.items()},
    )


result = dict(
    torch=torch.__version__.split("+")[0], config=CFG, ids=IDS.tolist(), mask=MASK.tolist(), old=OLD.tolist(), full=full(), lora=lora()
)
Path(__file__).with_name("sft.json").write_text(json.dumps(result) + "\n")
