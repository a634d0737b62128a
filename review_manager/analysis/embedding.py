"""Asks a small sentence-embedding model for a second opinion, where that model can be had."""

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embedding.encoder import DIMENSIONS, Encoder, find_encoder
from embedding.packed_file import find_model_file

__all__ = ["DIMENSIONS", "embed", "encoder_name", "excerpt", "is_available"]

_HEAD, _TAIL = 32, 32


def is_available() -> bool:
    """Return whether the embedding model is installed on this platform (Linux on x86-64)."""
    return find_model_file() is not None


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Embed plain texts; shape (len(texts), 384), each row of length 1.

    Only the beginning and the end of a long text are read: time grows with length, and that is
    where customers say what they think.
    """
    if not texts:
        return np.zeros((0, DIMENSIONS), np.float32)
    return _encoder().vectors([excerpt(text) for text in texts])


def encoder_name() -> str:
    """Return the name of what embeds, under which kept vectors are filed."""
    return _encoder().name


def excerpt(text: str) -> str:
    """Return the stretch of a plain text that is embedded."""
    text = " ".join(text.split())
    return text if len(text) <= _HEAD + _TAIL else text[:_HEAD] + text[-_TAIL:]


@functools.cache
def _encoder() -> Encoder:
    encoder = find_encoder()
    if encoder is None:
        raise LookupError("the wheel of the embedding model is broken: install it again")
    return encoder
