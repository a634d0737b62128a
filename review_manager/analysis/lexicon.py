"""Reads the aspect lexicon (data/reviews/aspects.yml) and finds its words in plain text."""

import functools
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import accumulate
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from review_manager.analysis.findings import Aspect
from review_manager.analysis.word_patterns import any_of


class LexiconError(ValueError):
    """The aspect lexicon cannot be used."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")


class Cues(BaseModel):
    """The words of one aspect, as regular expressions over plain text."""

    model_config = ConfigDict(extra="forbid")

    topic: list[str]
    negative: list[str]
    positive: list[str]


@dataclass(frozen=True)
class Hit:
    """A cue found in a clause: `leaning` -1 complaint, +1 praise, 0 the clause decides."""

    aspect: Aspect
    leaning: int
    start: int
    end: int


_NEGATION = re.compile(
    r"(?:没有?|不是?|无|未|毫无|并不?|不会|不算|别|没啥|没什么|从不|不太|不够|不怎么|不是很|谈不上|一点也不|一点都不)"
    r"(?:那么|怎么|任何|什么|太|很|再|是|出现|发现|感觉|觉得|会|有|过)?$"
)
_LOOK_BACK = 6


def _is_denied(clause: str, start: int) -> bool:
    return _NEGATION.search(clause[max(0, start - _LOOK_BACK) : start]) is not None


class Lexicon:
    """The cues of every aspect, compiled."""

    def __init__(self, cues: dict[Aspect, Cues]) -> None:
        self._patterns = [
            (aspect, leaning, any_of(patterns, key=aspect))
            for aspect, entry in cues.items()
            for leaning, patterns in ((-1, entry.negative), (1, entry.positive), (0, entry.topic))
            if patterns
        ]

    def hits(self, clauses: Sequence[str]) -> list[list[Hit]]:
        """Return the cues of each clause; a negation just before a cue turns its leaning round.

        All clauses are searched as one text, a line each: no pattern looks beyond a line.
        """
        text = "\n".join(clauses)
        starts = list(accumulate((len(clause) + 1 for clause in clauses), initial=0))
        found: list[list[Hit]] = [[] for _ in clauses]
        for aspect, leaning, pattern in self._patterns:
            for match in pattern.finditer(text):
                number = bisect_right(starts, match.start()) - 1
                start, end = match.start() - starts[number], match.end() - starts[number]
                turned = -leaning if leaning and _is_denied(clauses[number], start) else leaning
                found[number].append(Hit(aspect, turned, start, end))
        return found


@functools.cache
def load_lexicon(file: Path | None = None) -> Lexicon:
    """Load the shipped lexicon, or `file`; raises LexiconError naming the file and the key."""
    source = file or Path(str(resources.files("data") / "reviews" / "aspects.yml"))
    try:
        raw = yaml.safe_load(source.read_text(encoding="utf-8"))
        cues = TypeAdapter(dict[Aspect, Cues]).validate_python(raw)
        lexicon = Lexicon(cues)
    except (yaml.YAMLError, ValueError) as error:
        raise LexiconError(str(source), str(error)) from error
    missing = set(Aspect) - set(cues)
    if missing:
        raise LexiconError(str(source), f"no entry for {', '.join(sorted(missing))}")
    return lexicon
