"""What in a complaint can tell what it is about: content words and pairs of them; pure."""

import functools
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path

LONGEST_TEXT = 2_000
SHOP_WORDS = Path(str(resources.files("data") / "reviews" / "shop_words.txt"))
_CONTENT = frozenset("nvail")
"""Kinds of jieba: nouns, verbs, adjectives, idioms and set phrases; all else is grammar."""

_NEGATIONS = frozenset({"不", "没", "没有", "未", "无", "不能", "不会"})
"""A closed class of grammar: says nothing alone, and everything with the word after it."""


def terms_of(clause: str) -> set[str]:
    """Return a clause's content words, and each with the one before it or the negation before it.

    A pair stands as it was written where nothing is between its words (没有赠品), else with a space
    (客服 骂人); `holds` finds either again.
    """
    found: set[str] = set()
    before, gap = "", False
    for word in _words(clause[:LONGEST_TEXT]):
        if word in _NEGATIONS:
            before, gap = word, False
        elif _is_content(word):
            found.add(word)
            if before:
                found.add(f"{before} {word}" if gap else before + word)
            before, gap = word, False
        elif _is_chinese(word):
            gap = True
        else:
            before = ""
    return found


def holds(text: str, term: str) -> bool:
    """Say whether a text holds every word of a term, as the search of the list asks it."""
    return all(word in text for word in term.split())


def _words(clause: str) -> Iterator[str]:
    cut, _ = _cutter()
    yield from cut(clause)


def _is_content(word: str) -> bool:
    """Single characters are too often part of another word to be shown alone."""
    _, kinds = _cutter()
    return len(word) >= 2 and _is_chinese(word) and kinds.get(word, "n")[0] in _CONTENT


def _is_chinese(word: str) -> bool:
    return all("\u4e00" <= character <= "\u9fff" for character in word)


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
