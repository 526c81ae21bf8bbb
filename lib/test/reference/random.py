"""Writes random.json: sequences of sfc32, for random.test.ts. Written from the published algorithm, in Python's integers.

Run: python random.py   (needs nothing)
"""

import sys

sys.path.pop(0)  # this file is named like a module of Python

import json
import pathlib

MASK = 2**32 - 1


def sfc32(a: int, b: int, c: int, counter: int, count: int) -> list[int]:
    """Doty-Humphrey, PractRand 0.9x, RNG/sfc32: output = a + b + counter++; a = b ^ b>>9; b = c + c<<3; c = rotl(c, 21) + output."""
    outputs = []
    for _ in range(count):
        output = (a + b + counter) & MASK
        counter = (counter + 1) & MASK
        a = b ^ (b >> 9)
        b = (c + (c << 3)) & MASK
        c = (((c << 21) | (c >> 11)) + output) & MASK
        outputs.append(output)
    return outputs


def expand(seed: str) -> tuple[int, int, int, int]:
    """The state of a seed: FNV-1a over its characters, then three steps of a Weyl sequence, each through murmur3's finaliser."""
    state = 0x811C9DC5
    for character in seed:
        state = ((state ^ ord(character)) * 0x01000193) & MASK
    words = []
    for _ in range(3):
        state = (state + 0x9E3779B9) & MASK
        word = ((state ^ (state >> 16)) * 0x85EBCA6B) & MASK
        word = ((word ^ (word >> 13)) * 0xC2B2AE35) & MASK
        words.append(word ^ (word >> 16))
    return (*words, 1)


def signed(word: int) -> int:
    return word - 2**32 if word >= 2**31 else word


states = [(1, 2, 3, 1), (0, 0, 0, 0), (0xDEADBEEF, 0xFFFFFFFF, 0x12345678, 0xFFFFFFFE)]
out = {
    "states": [{"state": [signed(word) for word in state], "outputs": sfc32(*state, 40)} for state in states],
    "seeds": [{"seed": seed, "outputs": sfc32(*expand(str(seed)), 5)} for seed in [0, 1, 42, "owl", "Dünmere 日"]],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out) + "\n", encoding="utf-8")
