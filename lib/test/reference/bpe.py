"""Writes bpe.json: merges and ids from the BPE trainer of Hugging Face's `tokenizers` (Rust), for bpe.test.ts.

Run: python bpe.py   (needs: tokenizers 0.23.3, regex)

The trainer breaks ties as lib does (smaller ids first) once its alphabet is in byte order. Its own byte-level alphabet is
not, so every byte b is written as the character U+4E00 + b. Words are cut here, with the `regex` module, and handed over
one a line.
"""

import json
import pathlib
import random

import regex
import tokenizers
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

PATTERNS = {
    "course": r" ?[\p{L}\p{M}]+| ?\p{N}| ?[^\s\p{L}\p{M}\p{N}]|\s",
    "gpt2": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
}


def corpus() -> str:
    """About 12 kB of invented sentences with a skewed choice of words, some of them beyond ASCII."""
    draw = random.Random(1)
    syllables = "ba ko ri men tal dun ash wick el ver so nu grün é ña 日 本 ов".split()
    words = ["".join(draw.choices(syllables, k=draw.randint(1, 4))) for _ in range(300)]
    text = ""
    while len(text) < 12_000:
        chosen = [words[min(int(draw.paretovariate(0.7)) - 1, len(words) - 1)] for _ in range(draw.randint(3, 9))]
        chosen[0] = chosen[0].capitalize()
        end = draw.choice([".", "!", "?", " (12 + 7 = 19).", "; it's 1999.", " aaaa aaaaaaa.", "...\n\n"])
        text += " ".join(chosen) + end + draw.choice([" ", "  ", "\n", "\t"])
    return text


def to_characters(word: str) -> str:
    return "".join(chr(0x4E00 + byte) for byte in word.encode())


def train(text: str, pattern: str, merge_count: int) -> Tokenizer:
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Split("\n", "removed")
    trainer = trainers.BpeTrainer(
        vocab_size=256 + merge_count,
        min_frequency=2,
        initial_alphabet=[chr(0x4E00 + byte) for byte in range(256)],
        show_progress=False,
    )
    words = regex.findall(PATTERNS[pattern], text)
    trained.train_from_iterator(["\n".join(map(to_characters, words))], trainer)
    return trained


def encode(trained: Tokenizer, pattern: str, text: str) -> list[int]:
    words = regex.findall(PATTERNS[pattern], text)
    return trained.encode("\n".join(map(to_characters, words))).ids


SAMPLES = [
    "bakori mental dunash.",
    "Wick elver 1999, it's new;  two spaces",
    "unknown words here, and grün éñ 日本語 here",
    "aaaaaaaaaaaaaaaaaaaaaa",
    "\n\n\t  \r\n",
]

text = corpus()
cases = []
for pattern in PATTERNS:
    trained = train(text, pattern, 400)
    merges = json.loads(trained.to_str())["model"]["merges"]
    vocabulary = trained.get_vocab()
    cases.append(
        {
            "pattern": pattern,
            "merges": [[vocabulary[part] for part in merge] for merge in merges],
            "ids": [encode(trained, pattern, sample) for sample in SAMPLES],
            "corpusLength": len(encode(trained, pattern, text)),
        }
    )

out = {"tokenizersVersion": tokenizers.__version__, "corpus": text, "samples": SAMPLES, "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out, ensure_ascii=False) + "\n", encoding="utf-8")
