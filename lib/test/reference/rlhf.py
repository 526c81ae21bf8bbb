"""Golden values for lib/test/rlhf-losses.test.ts, policy-step.test.ts, dpo.test.ts and reward.test.ts, computed with PyTorch 2.13 in float64.

Run: python -P rlhf.py   (writes rlhf.json beside itself; -P, so that random.py beside it is not taken for Python's own)

Losses are written from the papers' formulas, their gradients are PyTorch's. One update each of GRPO, PPO with a value head,
DPO and a Bradley-Terry reward model is made on a small GPT, by gradient descent with clipping at 1. Responses are
looked at one at a time and without padding, advantages and returns are summed term by term, the best of n is counted over all groups.
"""

import itertools
import json
import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.append(str(Path(__file__).parent))
from golden import numbers, weights  # noqa: E402

torch.set_num_threads(1)
CONFIG = dict(vocabSize=11, contextLength=16, nLayer=1, nHead=2, nEmbd=8, bias=True)
# Prompt and response, in tokens; the index of the response's first token.
RESPONSES = [([3, 0, 10, 7, 7, 2], 3), ([3, 0, 10, 1], 3), ([1, 2, 3, 4, 5, 6, 8], 2), ([1, 2, 9, 9], 2)]
TEXT = [[4, 8, 1, 0, 3], [5, 5, 2, 6, 10]]


def states(p, ids):
    """The final states (T, C) of one sequence, one head at a time."""
    C, H = CONFIG["nEmbd"], CONFIG["nHead"]
    D, T = C // H, len(ids)
    norm = lambda x, name: F.layer_norm(x, (C,), p[f"{name}.weight"], p[f"{name}.bias"], 1e-5)
    dense = lambda x, name: x @ p[f"{name}.weight"] + p[f"{name}.bias"]
    x = p["wte.weight"][torch.tensor(ids)] + p["wpe.weight"][:T]
    q, k, v = dense(norm(x, "h.0.ln_1"), "h.0.attn.c_attn").split(C, dim=1)
    future = torch.ones(T, T).triu(1).bool()
    heads = []
    for h in range(H):
        part = slice(h * D, (h + 1) * D)
        scores = (q[:, part] @ k[:, part].T / math.sqrt(D)).masked_fill(future, float("-inf"))
        heads.append(scores.softmax(-1) @ v[:, part])
    x = x + dense(torch.cat(heads, 1), "h.0.attn.c_proj")
    x = x + dense(F.gelu(dense(norm(x, "h.0.ln_2"), "h.0.mlp.c_fc"), approximate="tanh"), "h.0.mlp.c_proj")
    return norm(x, "ln_f")


def log_probs(p, ids, start):
    logits = states(p, ids[:-1]) @ p["wte.weight"].T
    return logits.log_softmax(-1)[torch.arange(len(ids) - 1), torch.tensor(ids[1:])][start - 1 :]


def digits(values):
    return [digits(v) for v in values] if isinstance(values, list) else float(f"{values:.9g}")


def flat(t):
    return digits(t.detach().reshape(-1).tolist())


def sgd_update(p, loss, rate):
    """One step of gradient descent, clipped at 1."""
    for w in p.values():
        w.grad = None
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_([w for w in p.values() if w.grad is not None], 1.0)
    with torch.no_grad():
        for w in p.values():
            if w.grad is not None:
                w -= rate * w.grad
    return dict(loss=digits(loss.item()), norm=digits(norm.item()), weights={name: flat(w) for name, w in p.items()})


def elementwise():
    """Losses of single tokens or pairs, and the gradient of their sum by the first argument."""
    def case(compute, **inputs):
        tensors = {name: torch.tensor(values, dtype=torch.float64) for name, values in inputs.items()}
        first = next(iter(tensors.values())).requires_grad_()
        losses = compute(**tensors)
        losses.sum().backward()
        return dict(inputs=inputs, losses=flat(losses), gradient=flat(first.grad))

    def clipped(logProbs, oldLogProbs, advantages):
        ratio = torch.exp(logProbs - oldLogProbs)
        return -torch.minimum(ratio * advantages, torch.clamp(ratio, 0.8, 1.2) * advantages)

    def value(values, oldValues, returns):
        near = oldValues + torch.clamp(values - oldValues, -0.2, 0.2)
        return torch.maximum((values - returns) ** 2, (near - returns) ** 2) / 2

    def k3(logProbs, referenceLogProbs):
        return torch.exp(referenceLogProbs - logProbs) - 1 - (referenceLogProbs - logProbs)

    def dpo(chosen, rejected, referenceChosen, referenceRejected):
        return -F.logsigmoid(0.1 * (chosen - referenceChosen) - 0.1 * (rejected - referenceRejected))

    return dict(
        clipped=case(clipped, logProbs=[-0.5, -1.0, -2.0, -0.1, -3.0, -1.5], oldLogProbs=[-1.0, -0.5, -2.1, -0.9, -1.0, -1.5], advantages=[2.0, 1.0, -0.5, -1.5, -2.0, 0.7]),
        k3=case(k3, logProbs=[-0.5, -1.0, -2.0, -4.0], referenceLogProbs=[-0.5, -1.7, -1.2, -0.3]),
        value=case(value, values=[0.5, 1.0, -0.3, 0.9], oldValues=[0.4, 0.2, 0.1, 1.0], returns=[1.0, 0.1, -1.0, 0.95]),
        dpo=case(dpo, chosen=[-5.0, -9.0, -3.0], rejected=[-6.0, -4.0, -30.0], referenceChosen=[-5.5, -6.0, -3.0], referenceRejected=[-5.0, -8.0, -10.0]),
        bradleyTerry=case(lambda chosen, rejected: -F.logsigmoid(chosen - rejected), chosen=[2.0, 0.0, 0.0, -40.0], rejected=[0.0, 0.0, 2.0, 40.0]),
    )


def advantages_by_terms(rewards, values, gamma, lam):
    """A_t as the sum over all later surprises, each with its weight."""
    n = len(rewards)
    surprise = [rewards[t] + gamma * (values[t + 1] if t + 1 < n else 0.0) - values[t] for t in range(n)]
    return [sum((gamma * lam) ** (s - t) * surprise[s] for s in range(t, n)) for t in range(n)]


def gae():
    rewards, values = [0.1, -0.2, 0.0, 1.5], [0.3, 0.2, -0.4, 0.8]
    cases = []
    for gamma, lam in [(1.0, 0.95), (0.9, 0.5), (1.0, 0.0), (1.0, 1.0)]:
        advantages = advantages_by_terms(rewards, values, gamma, lam)
        cases.append(dict(rewards=rewards, values=values, gamma=gamma, **{"lambda": lam}, advantages=digits(advantages), returns=digits([a + v for a, v in zip(advantages, values)])))
    return cases


def best_of_n():
    """Over all groups of n; tied rewards take turns at being first."""
    rewards, values = [0.3, 1.2, -0.5, 0.3, 2.0, 0.9, 1.2], [1.0, -2.0, 0.5, 4.0, -1.0, 3.0, 2.5]
    expected = []
    for n in range(1, 8):
        groups = []
        for group in itertools.combinations(range(7), n):
            best = max(rewards[i] for i in group)
            tied = [values[i] for i in group if rewards[i] == best]
            groups.append(sum(tied) / len(tied))
        expected.append(sum(groups) / len(groups))
    return dict(rewards=rewards, values=values, expected=digits(expected))


def group_advantages():
    rewards = torch.tensor([[1.0, 3.0, 2.0, 2.5], [5.0, 5.0, 5.0, 5.0], [-1.0, 0.0, 4.0, 0.5]], dtype=torch.float64)
    centered = rewards - rewards.mean(1, keepdim=True)
    others = (rewards.sum(1, keepdim=True) - rewards) / 3
    return dict(
        rewards=rewards.flatten().tolist(), group=flat(centered / (rewards.std(1, keepdim=True) + 1e-4)),
        batch=flat(centered / (rewards.std() + 1e-4)), none=flat(centered), leaveOneOut=flat(rewards - others),
    )


def old_log_probs(p, salt):
    """What the policy said when it drew the responses: a little off what it says now."""
    return [log_probs(p, ids, start).detach() + numbers((len(ids) - start,), salt + i, 0.3) for i, (ids, start) in enumerate(RESPONSES)]


def clipped_loss(new, old, advantages):
    ratio = torch.exp(new - old)
    return -torch.minimum(ratio * advantages, torch.clamp(ratio, 0.8, 1.2) * advantages)


def text_loss(p):
    return torch.stack([-log_probs(p, ids, 1) for ids in TEXT]).mean()


def grpo_update():
    p = weights(CONFIG)
    old, reference = old_log_probs(p, 50), old_log_probs(p, 60)
    advantages = [1.2, -0.7, 0.4, -0.9]
    terms = []
    for (ids, start), o, r, a in zip(RESPONSES, old, reference, advantages):
        new = log_probs(p, ids, start)
        terms.append(clipped_loss(new, o, a) + 0.15 * (torch.exp(r - new) - 1 - (r - new)))
    loss = torch.cat(terms).mean() + 0.3 * text_loss(p)
    return dict(advantages=advantages, old=[flat(x) for x in old], reference=[flat(x) for x in reference], **sgd_update(p, loss, 0.05))


def ppo_update():
    p = weights(CONFIG)
    p["value.weight"] = numbers((CONFIG["nEmbd"], 1), 40, 0.3).requires_grad_()
    old, reference = old_log_probs(p, 50), old_log_probs(p, 60)
    lengths = [len(ids) - start for ids, start in RESPONSES]
    advantages = [numbers((n,), 70 + i, 1.0) for i, n in enumerate(lengths)]
    returns = [numbers((n,), 80 + i, 1.0) for i, n in enumerate(lengths)]
    old_values, terms = [], []
    for i, (ids, start) in enumerate(RESPONSES):
        values = (states(p, ids[:-1]) @ p["value.weight"])[start - 1 :, 0]
        before = values.detach() + numbers((lengths[i],), 90 + i, 0.4)
        old_values.append(before)
        near = before + torch.clamp(values - before, -0.2, 0.2)
        of_values = torch.maximum((values - returns[i]) ** 2, (near - returns[i]) ** 2) / 2
        terms.append(clipped_loss(log_probs(p, ids, start), old[i], advantages[i]) + 0.5 * of_values)
    lists = dict(old=old, reference=reference, advantages=advantages, returns=returns, oldValues=old_values)
    return dict({name: [flat(x) for x in values] for name, values in lists.items()}, **sgd_update(p, torch.cat(terms).mean(), 0.05))


def pairs():
    return [(RESPONSES[0], RESPONSES[1]), (RESPONSES[3], RESPONSES[2])]


def dpo_update():
    """From the reference itself, so the loss is ln 2; the direction is what is tested."""
    p = weights(CONFIG)
    fixed = {name: w.detach().clone() for name, w in p.items()}
    total = lambda q, response: log_probs(q, *response).sum()
    losses = []
    for chosen, rejected in pairs():
        margin = total(p, chosen) - total(fixed, chosen) - total(p, rejected) + total(fixed, rejected)
        losses.append(-F.logsigmoid(0.5 * margin))
    return sgd_update(p, torch.stack(losses).mean(), 0.05)


def reward_update():
    """With a head that is not 0, so that the layers move too, and a part for the response's log-probability before the update."""
    p = weights(CONFIG)
    likely = {tuple(ids): log_probs(p, ids, start).sum().detach() for ids, start in RESPONSES}
    p["reward.weight"] = numbers((CONFIG["nEmbd"], 1), 40, 0.3).requires_grad_()
    p["reward.likelihood"] = torch.tensor(0.25, dtype=torch.float64, requires_grad=True)
    state = lambda response: (states(p, response[0])[-1] @ p["reward.weight"])[0]
    reward = lambda response: state(response) + p["reward.likelihood"] * likely[tuple(response[0])]
    rewards = [float(f"{reward(response).item():.9g}") for response in RESPONSES]
    loss = torch.stack([-F.logsigmoid(reward(chosen) - reward(rejected)) for chosen, rejected in pairs()]).mean()
    return dict(rewards=rewards, **sgd_update(p, loss, 0.05))


result = dict(
    torch=torch.__version__.split("+")[0], config=CONFIG,
    responses=[dict(tokens=ids, start=start) for ids, start in RESPONSES], text=TEXT, elementwise=elementwise(),
    gae=gae(), bestOfN=best_of_n(), groupAdvantages=group_advantages(), grpo=grpo_update(), ppo=ppo_update(),
    dpo=dpo_update(), reward=reward_update(),
)
Path(__file__).with_name("rlhf.json").write_text(json.dumps(result) + "\n")
