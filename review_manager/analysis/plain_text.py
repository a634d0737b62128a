"""Turns a review into plain simplified lower-case text of exactly the same length.

Every character keeps its place, so a span found in the plain text is the same span of the review.
"""

import functools
import html
import re
import unicodedata

import opencc

LONGEST = 20_000
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,500}>|&(?:[a-zA-Z]{2,8}|#\d{2,6});")
_ADDRESS = re.compile(r"https?://[\w./?&=%#:~+-]+", re.ASCII)
_CJK = (0x3400, 0xA000)


def plain(review: str) -> str:
    """Fold `review` (cut at 20,000 characters): no markup, half width, simplified, lower case."""
    text = review[:LONGEST].translate(_fold_table())
    if "<" in text or "&" in text:
        text = _TAG.sub(_blank, text)
    return _ADDRESS.sub(_blank, text) if "http" in text else text


def _blank(match: re.Match[str]) -> str:
    entity = match.group()
    character = html.unescape(entity) if entity.startswith("&") else " "
    shown = character if len(character) == 1 and character.isprintable() else " "
    return shown.ljust(len(entity))


@functools.cache
def _fold_table() -> dict[int, str]:
    table = {code: _fold(chr(code)) for code in (*range(0x80), *range(0x2000, 0x3400))}
    table |= {code: _fold(chr(code)) for code in range(0xFE00, 0x10000)}
    table |= dict.fromkeys(range(0xD800, 0xE000), " ")  # halves of characters
    table |= _simplified()
    return {code: folded for code, folded in table.items() if folded != chr(code)}


def _fold(character: str) -> str:
    if character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}:
        return " "
    folded = unicodedata.normalize("NFKC", character).lower()
    return folded if len(folded) == 1 else character


def _simplified() -> dict[int, str]:
    characters = [chr(code) for code in range(*_CJK)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return dict(zip(map(ord, characters), simplified, strict=True))
