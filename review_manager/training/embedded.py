"""Embeds many texts once, and keeps the vectors between runs."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from review_manager.analysis.embedding import DIMENSIONS, embed

_AT_ONCE = 256


def embed_all(texts: Sequence[str], cache: Path | None = None) -> NDArray[np.float32]:
    """Embed all texts (a few minutes for 10,000), or take them from `cache`, or fill it."""
    whose = hashlib.blake2b("\0".join(texts).encode()).hexdigest()
    if cache is not None and cache.exists():
        with np.load(cache, allow_pickle=False) as stored:
            if str(stored.get("whose")) == whose:
                return np.asarray(stored["vectors"], np.float32)
    vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
    for start in range(0, len(texts), _AT_ONCE):
        vectors[start : start + _AT_ONCE] = embed(texts[start : start + _AT_ONCE])
    if cache is not None:
        cache.parent.mkdir(parents=True, exist_ok=True)
        np.savez(cache, vectors=vectors.astype(np.float16), whose=np.array(whose))
    return vectors
