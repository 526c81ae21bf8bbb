"""Writes safetensors.json: files made by the Python package `safetensors`, for safetensors.test.ts.

Run: python safetensors.py   (needs: safetensors 0.8.0, numpy)
"""

import sys

sys.path.pop(0)  # this folder holds a file named like the package

import base64
import hashlib
import json
import pathlib

import numpy as np
import safetensors
import safetensors.numpy

generator = np.random.default_rng(1)
special = np.array([0x00000000, 0x80000000, 0x7F800000, 0xFF800000, 0x7FC00001, 0x00000001, 0x7F7FFFFF], np.uint32)
cases = {
    "a small GPT": (
        {
            "wte.weight": generator.standard_normal((5, 4)).astype(np.float32),
            "wpe.weight": generator.standard_normal((3, 4)).astype(np.float32),
            "h.0.ln_1.weight": np.ones(4, np.float32),
            "h.10.mlp.c_fc.weight": generator.standard_normal((4, 16)).astype(np.float32),
            "h.2.mlp.c_fc.weight": generator.standard_normal((4, 16)).astype(np.float32),
            "ln_f.bias": np.zeros(4, np.float32),
        },
        None,
    ),
    "scalars, empty tensors, zeros of both signs, infinities, NaN and a subnormal": (
        {
            "scalar": np.array(3, np.float32),
            "empty": np.zeros((0, 4), np.float32),
            "special": special.view(np.float32),
        },
        None,
    ),
    "texts, and names that JSON must escape": (
        {'é "quoted" \\ \n\x01/': np.ones(1, np.float32), "a": np.ones((1, 1, 1), np.float32)},
        {"state": '{"step": 3}'},  # Python writes several in no fixed order
    ),
    "nothing": ({}, None),
}

out = []
for name, (tensors, metadata) in cases.items():
    file = safetensors.numpy.save(tensors, metadata)
    out.append(
        {
            "name": name,
            "metadata": metadata or {},
            "tensors": {
                key: {"shape": list(value.shape), "bits": [int(bits) for bits in value.reshape(-1).view(np.uint32)]}
                for key, value in tensors.items()
            },
            "file": base64.b64encode(file).decode(),
            "sha256": hashlib.sha256(file).hexdigest(),
        }
    )

result = {"safetensorsVersion": safetensors.__version__, "cases": out}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
