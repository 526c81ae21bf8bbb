"""Principal components by numpy's singular value decomposition, and least squares by numpy's lstsq.

Run: python lib/test/reference/linear-algebra.py   (numpy; writes linear-algebra.json beside this file)
"""

import json
from pathlib import Path

import numpy as np

random = np.random.default_rng(7)


def components(vectors, count):
    centred = vectors - vectors.mean(axis=0)
    _, singular, directions = np.linalg.svd(centred, full_matrices=False)
    kept = directions[:count]
    signs = np.sign(kept[np.arange(count), np.abs(kept).argmax(axis=1)])
    kept = kept * signs[:, None]
    return {
        "vectors": vectors.tolist(),
        "directions": kept.tolist(),
        "variance": (singular**2 / (singular**2).sum())[:count].tolist(),
        "coordinates": (centred @ kept.T).tolist(),
    }


tall = np.round(random.normal(size=(12, 5)) * [3, 2, 1, 0.5, 0.1], 3)  # more vectors than entries
wide = np.round(random.normal(size=(6, 20)), 3)  # more entries than vectors
x = np.array([16.0, 64.0, 256.0, 700.0, 2048.0])
y = np.round(3 + 0.2 * x + 1e-4 * x**2 + random.normal(size=5), 3)
design = np.stack([np.ones(5), x, x**2], axis=1)
result = {
    "numpy": np.__version__,
    "tall": components(tall, 3),
    "wide": components(wide, 2),
    "parabola": {"x": x.tolist(), "y": y.tolist(), "coefficients": np.linalg.lstsq(design, y, rcond=None)[0].tolist()},
}
Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
