"""Raises the two alarms of a review: somebody's safety, and a threat of authorities or courts."""

import functools
import re
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from review_manager.analysis.word_patterns import any_of

_PRAISE = 0.3
_LOOK_BACK = 12


class Alarm(StrEnum):
    """Why a review must reach a lead at once."""

    SAFETY = "safety"
    THREAT = "threat"


class AlarmWordsError(ValueError):
    """The alarm words cannot be used."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")


class AlarmWords(BaseModel):
    """The words of one alarm, as regular expressions over plain text."""

    model_config = ConfigDict(extra="forbid")

    harmless: list[str]
    signs: list[str]
    mild: list[str]
    denied: list[str]


@dataclass(frozen=True)
class AlarmBell:
    """One alarm, compiled: rings for a plain text."""

    harmless: re.Pattern[str]
    signs: re.Pattern[str]
    mild: re.Pattern[str] | None
    denied: re.Pattern[str]

    def rings(self, text: str, *, p_negative: float) -> bool:
        """Return whether the text raises the alarm; mild signs count unless the review praises."""
        return self.says(text, p_negative=p_negative) > 0

    def says(self, text: str, *, p_negative: float) -> int:
        """Return 1 where the words ring, -1 where they are taken back or mean nothing, 0 for none.

        That a rash is denied says more than that none is spoken of.
        """
        mild = self.mild if p_negative > _PRAISE else None
        if not self.signs.search(text) and not (mild and mild.search(text)):
            return 0  # nearly every review: no need to look for harmless uses
        blanked = self.harmless.sub(_blank, text)
        meant = self._meant(self.signs, blanked)
        return 1 if meant or (mild is not None and self._meant(mild, blanked)) else -1

    def _meant(self, signs: re.Pattern[str], text: str) -> bool:
        for sign in signs.finditer(text):
            before = text[max(0, sign.start() - _LOOK_BACK) : sign.start()]
            if not self.denied.search(before):
                return True
        return False


def _blank(match: re.Match[str]) -> str:
    return "□" * len(match.group())


@functools.cache
def load_alarms(file: Path | None = None) -> dict[Alarm, AlarmBell]:
    """Load the shipped alarm words, or those of `file`; AlarmWordsError names file and key."""
    source = file or Path(str(resources.files("data") / "reviews" / "alarms.yml"))
    try:
        raw = yaml.safe_load(source.read_text(encoding="utf-8"))
        words = TypeAdapter(dict[Alarm, AlarmWords]).validate_python(raw)
        bells = {alarm: _bell(alarm, entry) for alarm, entry in words.items()}
    except (yaml.YAMLError, ValueError) as error:
        raise AlarmWordsError(str(source), str(error)) from error
    missing = set(Alarm) - set(bells)
    if missing:
        raise AlarmWordsError(str(source), f"no entry for {', '.join(sorted(missing))}")
    return bells


def _bell(alarm: Alarm, words: AlarmWords) -> AlarmBell:
    return AlarmBell(
        harmless=any_of(words.harmless, key=f"{alarm}.harmless"),
        signs=any_of(words.signs, key=f"{alarm}.signs"),
        mild=any_of(words.mild, key=f"{alarm}.mild") if words.mild else None,
        denied=any_of(words.denied, key=f"{alarm}.denied"),
    )
