"""Words that complaints use more this week than in the weeks before; pure."""

import functools
import logging
import math
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

FEWEST = 3
"""So many reviews of this week must use a word before it can rise."""

LONGEST_TEXT = 2_000
_SURE = 1.96


@dataclass(frozen=True)
class RisingWord:
    """A word with how many bad reviews used it now and before, and how sure the rise is (z)."""

    word: str
    now: int
    before: int
    z: float


def rising_words(now: Iterable[str], before: Iterable[str], *, limit: int = 20) -> list[RisingWord]:
    """Return words used by a larger share of texts now than before, the surest first.

    Sureness is the z of the log odds ratio with one half added to every count (Haldane 1956);
    below 1.96 (95 %) a word is left out. Each text counts a word once.
    """
    texts_now, counts_now = _counted(now)
    texts_before, counts_before = _counted(before)
    found = []
    for word, uses in counts_now.items():
        if uses >= FEWEST:
            earlier = counts_before[word]
            z = _z(uses, texts_now, earlier, texts_before)
            if z >= _SURE:
                found.append(RisingWord(word, uses, earlier, round(z, 2)))
    return sorted(found, key=lambda one: (-one.z, one.word))[:limit]


def _counted(texts: Iterable[str]) -> tuple[int, Counter[str]]:
    counts: Counter[str] = Counter()
    number = 0
    for text in texts:
        number += 1
        counts.update(set(_words(text)))
    return number, counts


def _words(text: str) -> Iterable[str]:
    """Cut a text; single characters and what is no Chinese word say nothing in a table."""
    for word in _cutter()(text[:LONGEST_TEXT]):
        if len(word) >= 2 and all("\u4e00" <= character <= "\u9fff" for character in word):
            yield word


@functools.cache
def _cutter() -> Callable[[str], Iterable[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's sources hold invalid escapes
        import jieba
    jieba.setLogLevel(logging.ERROR)
    return jieba.cut  # type: ignore[no-any-return]


def _z(uses: int, texts: int, earlier: int, earlier_texts: int) -> float:
    a, b = uses + 0.5, texts - uses + 0.5
    c, d = earlier + 0.5, earlier_texts - earlier + 0.5
    return math.log(a * d / (b * c)) / math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
