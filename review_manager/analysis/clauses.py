"""Splits a plain review into clauses, because one sentence may praise and complain at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_CONTRAST = "但是|可是|不过|只不过|然而|就是|只是|只可惜|可惜|除了|美中不足|唯一"
_SPLIT = re.compile(
    r"[。!?;,、\n…~|]+|\.{2,}|(?<![0-9])\.|\.(?![0-9])|"
    r"(?<=[\u4e00-\u9fff])\s+(?=\S)|(?<=\S)\s+(?=[\u4e00-\u9fff])|"
    rf"(?=(?:{_CONTRAST})[\u4e00-\u9fff]{{2}})|(?<=[\u4e00-\u9fff]{{3}})(?=但(?!愿|凡))"
)
_TURN = re.compile(f"{_CONTRAST}|但")
FEWEST_CHARACTERS = 2
ENOUGH_CHARACTERS = 24  # a danger is mostly told in this many, cause and harm together


@dataclass(frozen=True)
class Clause:
    """A stretch of the plain text, trimmed of blanks and punctuation: `plain[start:end]`."""

    start: int
    end: int
    text: str


def split_clauses(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a plain text in order; words joined by no punctuation stay together."""
    found, start = [], 0
    for match in _SPLIT.finditer(text):
        found.append(_trimmed(text, start, match.start()))
        start = match.end()
    found.append(_trimmed(text, start, len(text)))
    return tuple(clause for clause in found if clause.end - clause.start >= FEWEST_CHARACTERS)


def _trimmed(text: str, start: int, end: int) -> Clause:
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return Clause(start, end, text[start:end])


def stretches(
    text: str, clauses: Sequence[Clause], *, enough: int = ENOUGH_CHARACTERS
) -> tuple[Clause, ...]:
    """Join neighbouring clauses of a plain text until each stretch has `enough` characters.

    A contrast ("but it cut my hand") starts a stretch of its own.
    """
    joined: list[Clause] = []
    for clause in clauses:
        before = joined[-1] if joined else None
        alone = before is None or len(before.text) >= enough
        if alone or _TURN.match(clause.text):
            joined.append(clause)
        elif before is not None:
            whole = text[before.start : clause.end]
            joined[-1] = Clause(before.start, clause.end, whole)
    return tuple(joined)
