"""What became of records that came in, to be told and to be counted."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from shop.intake.codes import Kind


class Outcome(StrEnum):
    """What became of one record; `older` is one that its source has overtaken already."""

    ADDED = "added"
    CHANGED = "changed"
    KNOWN = "known"
    OLDER = "older"
    REFUSED = "refused"


@dataclass
class Landed:
    """Counts by kind and outcome; `refused` and `notes` are pairs of place and text."""

    counts: Counter[tuple[Kind, Outcome]] = field(default_factory=Counter)
    refused: list[tuple[int, str]] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)

    def count(self, outcome: Outcome) -> int:
        """Return how many records of any kind ended so."""
        return sum(number for (_, ended), number in self.counts.items() if ended is outcome)

    @property
    def wrote(self) -> bool:
        """Whether anything changed."""
        return bool(self.count(Outcome.ADDED) or self.count(Outcome.CHANGED))

    def add(self, other: "Landed") -> None:
        """Count another batch in."""
        self.counts += other.counts
        self.refused += other.refused
        self.notes += other.notes

    def as_record(self) -> dict[str, int]:
        """Return the counts of the outcomes, all kinds together."""
        return {str(outcome): self.count(outcome) for outcome in Outcome}

    def by_kind(self) -> dict[str, dict[str, int]]:
        """Return the counts of the outcomes that happened, by kind."""
        told: dict[str, dict[str, int]] = {}
        for (kind, outcome), number in sorted(self.counts.items()):
            told.setdefault(kind, {})[outcome] = number
        return told
