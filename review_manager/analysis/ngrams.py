"""Cuts a batch of texts into hashed character n-grams, all at once.

One array holds the characters of the whole batch, so thousands of reviews cost a handful of numpy
calls. Each n-gram counts once per text: presence says more about mood than frequency does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BITS = 22
LONGEST_GRAM = 4
_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_ZERO = np.uint64(ord("0"))


@dataclass(frozen=True)
class Grams:
    """The n-grams of a batch: `bucket[i]` (below 2**BITS) occurs in text number `text[i]`."""

    count: int
    text: NDArray[np.int64]
    bucket: NDArray[np.int64]

    def sizes(self) -> NDArray[np.int64]:
        """Return how many n-grams each text has; shape (count,)."""
        return np.bincount(self.text, minlength=self.count)

    def total(self, weight: NDArray[np.float32]) -> NDArray[np.float64]:
        """Sum a table of 2**BITS weights over the n-grams of each text; shape (count,)."""
        return np.bincount(self.text, weights=weight[self.bucket], minlength=self.count)


def hashed_grams(texts: Sequence[str]) -> Grams:
    """Hash the character n-grams of length 1 to 4 of plain texts, digits and long runs folded."""
    characters, owner = _characters(texts)
    keys, rolling = [], characters * _MIX
    for length in range(1, LONGEST_GRAM + 1):
        if length > 1:
            added = characters[length - 1 :] * _MIX + np.uint64(length)
            rolling = (rolling[:-1] * _PRIME) ^ added
        inside = owner[: len(rolling)] == owner[length - 1 :]
        bucket = (rolling[inside] * _MIX) >> np.uint64(64 - BITS)
        keys.append((owner[: len(rolling)][inside] << BITS) | bucket.astype(np.int64))
    unique = _distinct(np.concatenate(keys))
    return Grams(len(texts), unique >> BITS, unique & ((1 << BITS) - 1))


def _distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sort and drop repeats; several times faster than the hashing of np.unique."""
    keys.sort()
    first = np.ones(len(keys), bool)
    first[1:] = keys[1:] != keys[:-1]
    return keys[first]


def _characters(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Join the texts, each between a start and an end mark, into one array with their owners."""
    joined = "".join(f"\x02{' '.join(text.split())}\x03" for text in texts)
    characters = np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    owner = np.cumsum(characters == 2) - 1
    characters = np.where(
        (characters >= _ZERO) & (characters < _ZERO + np.uint64(10)), _ZERO, characters
    )
    kept = np.ones(len(characters), bool)
    kept[2:] = (characters[2:] != characters[1:-1]) | (characters[1:-1] != characters[:-2])
    return characters[kept], owner[kept]
