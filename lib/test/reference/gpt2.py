"""
A small GPT-2 with random weights in the files that the Python package `transformers` writes, and what it computes.

    pip install torch==2.13.0 transformers==5.23.0 tokenizers==0.23.3 safetensors==0.8.0
    python -P lib/test/reference/gpt2.py      (-P: a file beside it is called random.py)

writes the folder gpt2 (config.json, model.safetensors, tokenizer.json) and gpt2.json beside itself.
"""

import json
import pathlib

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel

here = pathlib.Path(__file__).parent
torch.manual_seed(2)
torch.set_num_threads(1)

TEXT = "The owl lives in the old mill by the river. The miller feeds 12 goats, and they're glad. 東京 café 🦉"
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.train_from_iterator([TEXT] * 2, trainers.BpeTrainer(
    vocab_size=290, special_tokens=["<|endoftext|>"], initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False))
(here / "gpt2").mkdir(exist_ok=True)
tokenizer.save(str(here / "gpt2" / "tokenizer.json"), pretty=False)

config = GPT2Config(vocab_size=290, n_positions=24, n_embd=32, n_layer=2, n_head=4, bos_token_id=0, eos_token_id=0)
model = GPT2LMHeadModel(config).eval()
with torch.no_grad():
    for name, parameter in model.named_parameters():
        parameter.normal_(1.0, 0.2) if ".ln_" in name and name.endswith("weight") else parameter.normal_(0.0, 0.15)
model.save_pretrained(here / "gpt2")
(here / "gpt2" / "generation_config.json").unlink(missing_ok=True)

ids = torch.randint(0, 290, (2, 9))
with torch.no_grad(): logits = model(ids).logits
strings = [TEXT, "", "the old goats 3456", "  two\n\nlines ", "<|endoftext|>The owl", "éÀ🦉"]
json.dump({
    "ids": ids.tolist(),
    "logits": [float(f"{v:.6g}") for v in logits.numpy().ravel()],
    "strings": {s: tokenizer.encode(s).ids for s in strings},
}, open(here / "gpt2.json", "w"), ensure_ascii=False)
