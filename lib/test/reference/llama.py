"""
A small Llama with random weights in a GGUF file, and what other programs make of it.

    pip install torch==2.13.0 transformers==5.23.0 tokenizers==0.23.3 gguf==0.19.0
    python -P lib/test/reference/llama.py      (-P: a file beside it is called random.py)

writes llama.gguf (by the Python package `gguf`, with matrices in F32, F16, Q8_0 and Q4_1) and llama.json beside itself:
the numbers that `gguf` reads from it, token ids by `tokenizers`, and by `transformers` and PyTorch the logits, hidden states and
attention of the model with these numbers, and the losses of five steps of LoRA.
"""

import json
import pathlib

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Kind
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM

here = pathlib.Path(__file__).parent
torch.manual_seed(1)
torch.set_num_threads(1)

# --- a tokenizer, cut as SmolLM2's: each digit apart, then GPT-2's rule --------------------------------------------------
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEXT = ["The owl lives in the old mill by the river.", "She counted 1234 goats, didn't she? They're 7 o'clock.",
        "Größe naïve café 東京 🦉 the the the then there their", "  two  spaces\n\nand lines\tand tabs   ", "owls and mills and rivers"]
tokenizer = Tokenizer(models.BPE(unk_token="<|endoftext|>"))
tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
    [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
alphabet = sorted(set(pre_tokenizers.ByteLevel.alphabet()) - {"È"})  # the byte C8 is missing, as some are in SmolLM2
tokenizer.train_from_iterator(TEXT, trainers.BpeTrainer(
    vocab_size=320, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False))
state = json.loads(tokenizer.to_str())["model"]
tokens = sorted(state["vocab"], key=state["vocab"].get)
merges = [m if isinstance(m, str) else " ".join(m) for m in state["merges"]]
STRINGS = TEXT + ["", " ", "  ", "a  5", "a 5", "a   b", "5  \n 7", "x1y22z333", "\n\n\n", "it's 'we'll' '5", "don't1've",
                  "tab\t\tend", "… — “quotes”", "ñandú", "nbsp\u00a0here", "١٢٣ ½ Ⅷ", "emoji 👩‍👩‍👧", "constructor toString",
                  "trailing  ", " 9 9  9   9", "!?!  ...?", "<|im_start|>user", "A\u0300 combining", "Ȁ"]

# --- the model ------------------------------------------------------------------------------------------------------------
config = LlamaConfig(vocab_size=len(tokens), hidden_size=64, intermediate_size=96, num_hidden_layers=2,
                     num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=64, rms_norm_eps=1e-5,
                     rope_theta=10000.0, tie_word_embeddings=True, attn_implementation="eager")
model = LlamaForCausalLM(config).eval()
with torch.no_grad():
    for name, parameter in model.named_parameters():
        parameter.normal_(1.0, 0.2) if "norm" in name else parameter.normal_(0.0, 0.15)

def side_by_side(rows, heads):
    """llama.cpp keeps the two rows that turn together next to each other, Hugging Face half a head apart."""
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)

def half_a_head_apart(rows, heads):
    return rows.reshape(heads, rows.shape[0] // heads // 2, 2, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)

writer = gguf.GGUFWriter(here / "llama.gguf", "llama")
writer.add_name("small")
writer.add_context_length(64)
writer.add_embedding_length(64)
writer.add_block_count(2)
writer.add_feed_forward_length(96)
writer.add_head_count(4)
writer.add_head_count_kv(2)
writer.add_rope_dimension_count(16)
writer.add_rope_freq_base(10000.0)
writer.add_layer_norm_rms_eps(1e-5)
writer.add_vocab_size(len(tokens))
writer.add_tokenizer_model("gpt2")
writer.add_tokenizer_pre("smollm")
writer.add_token_list(tokens)
writer.add_token_types([3 if token in SPECIAL else 1 for token in tokens])
writer.add_token_merges(merges)
writer.add_unk_token_id(0)
writer.add_chat_template(
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are a small model.<|im_end|>\n' }}{% endif %}"
    "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
for key, value, kind in [("a", -5, "INT8"), ("b", 60000, "UINT16"), ("c", -30000, "INT16"), ("d", -70000, "INT32"), ("e", True, "BOOL"),
                         ("f", 2**40, "UINT64"), ("g", -(2**40), "INT64"), ("h", 0.1, "FLOAT64"), ("i", 200, "UINT8")]:
    writer.add_key_value(f"test.{key}", value, getattr(gguf.GGUFValueType, kind))

KINDS = {"attn_q": Kind.Q4_1, "attn_k": Kind.Q8_0, "attn_v": Kind.F16, "attn_output": Kind.Q4_1, "ffn_gate": Kind.Q4_1,
         "ffn_up": Kind.Q8_0, "ffn_down": Kind.Q4_1, "token_embd": Kind.Q8_0}
HF = {"attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
      "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
      "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}
HEADS = {"attn_q": 4, "attn_k": 2}
parameters = dict(model.named_parameters())
names = {"token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight"}
for i in range(2):
    names |= {f"blk.{i}.{ours}.weight": f"model.layers.{i}.{theirs}.weight" for ours, theirs in HF.items()}
read = {}
for ours, theirs in names.items():
    part = ours.split(".")[-2]
    values = parameters[theirs].detach().numpy().astype("f4")
    if part in HEADS: values = side_by_side(values, HEADS[part])
    kind = KINDS.get(part, Kind.F32)
    stored = gguf.quants.quantize(values, kind)
    writer.add_tensor(ours, stored, raw_dtype=kind)
    back = gguf.quants.dequantize(stored, kind).astype("f4").reshape(values.shape)
    read[ours] = back
    with torch.no_grad():
        parameters[theirs].copy_(torch.from_numpy(half_a_head_apart(back, HEADS[part]) if part in HEADS else back))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

# --- what it computes -----------------------------------------------------------------------------------------------------
ids = torch.randint(0, len(tokens), (2, 12))
with torch.no_grad():
    out = model(ids, output_hidden_states=True, output_attentions=True)
flat = lambda t: [float(f"{v:.6g}") for v in t.detach().numpy().ravel()]

# --- LoRA: y = x W^T + (alpha / r) (x A) B, on all four products; queries, keys and values share one A ---------------------
RANK, ALPHA, RATE = 4, 8.0, 0.01
widths = {"attn_qkv": (64, 128), "attn_output": (64, 64), "ffn_gate_up": (64, 192), "ffn_down": (96, 64)}
pairs = {f"blk.{i}.{layer}": (torch.randn(n_in, RANK) / n_in**0.5, torch.zeros(RANK, n_out))
         for i in range(2) for layer, (n_in, n_out) in widths.items()}
initial = {name: flat(a) for name, (a, _) in pairs.items()}
for a, b in pairs.values(): a.requires_grad_(), b.requires_grad_()
parts = {"q_proj": ("attn_qkv", 0, 64), "k_proj": ("attn_qkv", 64, 96), "v_proj": ("attn_qkv", 96, 128),
         "o_proj": ("attn_output", 0, 64), "gate_proj": ("ffn_gate_up", 0, 96), "up_proj": ("ffn_gate_up", 96, 192), "down_proj": ("ffn_down", 0, 64)}
for i in range(2):
    for name, module in model.model.layers[i].named_modules():
        if name.split(".")[-1] in parts:
            layer, start, end = parts[name.split(".")[-1]]
            a, b = pairs[f"blk.{i}.{layer}"]
            module.register_forward_hook(lambda _, x, y, a=a, b=b, s=start, e=end: y + ALPHA / RANK * (x[0] @ a @ b[:, s:e]))
weights = torch.zeros(2, 12)
weights[0, 5:9] = 1
weights[1, 3:12] = 1
targets = torch.randint(0, len(tokens), (2, 12))
optimizer = torch.optim.AdamW([t for pair in pairs.values() for t in pair], lr=RATE, betas=(0.9, 0.999), eps=1e-8, weight_decay=0)
losses = []
for step in range(5):
    logits = model(ids).logits
    each = torch.nn.functional.cross_entropy(logits.reshape(24, -1), targets.reshape(-1), reduction="none")
    loss = (each * weights.reshape(-1)).sum() / weights.sum()
    optimizer.zero_grad()
    loss.backward()
    if step == 0: firstGradients = {name: flat(b.grad) for name, (a, b) in pairs.items()}
    optimizer.step()
    losses.append(loss.item())

json.dump({
    "sums": {name: [float(values.astype("f8").sum()), float(np.abs(values.astype("f8")).sum())] for name, values in read.items()},
    "rows": {name: [float(v) for v in values.reshape(-1)[-64:]] for name, values in read.items() if "blk.1" not in name},
    "strings": {s: tokenizer.encode(s, add_special_tokens=False).ids for s in STRINGS},
    "ids": ids.tolist(), "logits": flat(out.logits), "hidden": [flat(h) for h in out.hidden_states[:-1]], "attention": [flat(a) for a in out.attentions],
    "lora": {"rank": RANK, "alpha": ALPHA, "learningRate": RATE, "A": initial, "targets": targets.tolist(), "weights": weights.tolist(),
             "gradientsOfB": {k: v for k, v in firstGradients.items() if k.startswith("blk.0")}, "losses": losses},
}, open(here / "llama.json", "w"), ensure_ascii=False)
