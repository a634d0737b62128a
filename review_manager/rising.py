"""Words that complaints use more this week than in the weeks before; pure."""

import functools
import logging
import math
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

FEWEST = 3
"""So many reviews of this week must use a word before it can rise."""

LONGEST_TEXT = 2_000
SHOP_WORDS = Path(str(resources.files("data") / "reviews" / "shop_words.txt"))
_CHANCE = 0.025
_SAYS_NOTHING = frozenset("rdpcumqtfyeoh")  # kinds of jieba: pronouns, adverbs, numbers, times ...


@dataclass(frozen=True)
class RisingWord:
    """A word, how many bad reviews used it now and before, and the chance of such a rise."""

    word: str
    now: int
    before: int
    chance: float


def rising_words(now: Iterable[str], before: Iterable[str], *, limit: int = 20) -> list[RisingWord]:
    """Return words used by a larger share of texts now than before, the surest first.

    Sureness is Fisher's exact test of one side (1935), which also holds where a word was never used
    before; above a chance of 2.5 % a word is left out. Each text counts a word once.
    """
    texts_now, counts_now = _counted(now)
    texts_before, counts_before = _counted(before)
    found = []
    for word, uses in counts_now.items():
        if uses >= FEWEST:
            earlier = counts_before[word]
            chance = _chance(uses, texts_now, earlier, texts_before)
            if chance <= _CHANCE:
                found.append(RisingWord(word, uses, earlier, chance))
    return sorted(found, key=lambda one: (one.chance, one.word))[:limit]


def _counted(texts: Iterable[str]) -> tuple[int, Counter[str]]:
    counts: Counter[str] = Counter()
    number = 0
    for text in texts:
        number += 1
        counts.update(set(_words(text)))
    return number, counts


def _words(text: str) -> Iterable[str]:
    """Cut a text; single characters, pronouns and the like say nothing in a table."""
    cut, kinds = _cutter()
    for word in cut(text[:LONGEST_TEXT]):
        chinese = len(word) >= 2 and all("\u4e00" <= character <= "\u9fff" for character in word)
        if chinese and kinds.get(word, "n")[0] not in _SAYS_NOTHING:
            yield word


@functools.cache
def _cutter() -> tuple[Callable[[str], Iterable[str]], Mapping[str, str]]:
    """Return what cuts a text by the shop's dictionary, and the kinds of known words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's sources hold invalid escapes
        import jieba
        from jieba import posseg
    jieba.setLogLevel(logging.ERROR)
    with SHOP_WORDS.open("rb") as words:
        jieba.load_userdict(words)
    return jieba.cut, posseg.dt.word_tag_tab


def _chance(uses: int, texts: int, earlier: int, earlier_texts: int) -> float:
    """Return how often `uses` or more of all uses would fall among these texts by chance alone."""
    users = uses + earlier
    every = _log_ways(texts + earlier_texts, users)
    tail = sum(
        math.exp(_log_ways(texts, now) + _log_ways(earlier_texts, users - now) - every)
        for now in range(uses, min(texts, users) + 1)
    )
    return min(1.0, tail)


def _log_ways(all_texts: int, chosen: int) -> float:
    if chosen > all_texts:
        return -math.inf
    return (
        math.lgamma(all_texts + 1) - math.lgamma(chosen + 1) - math.lgamma(all_texts - chosen + 1)
    )
