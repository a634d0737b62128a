"""What an overview counts of a clock: how many of each state, waits, who still waits. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

import numpy as np

from reports.columns import Array
from reports.parts import Part, Running
from reports.tally import Filters, choose
from sla.figures import Attainment


def _none() -> Array:
    return np.array([], dtype="f8")


@dataclass(frozen=True)
class Sums:
    """The clocks of one key: counts, waits in seconds, and the times of what is unanswered."""

    met: int = 0
    late: int = 0
    closed: int = 0
    running: Running = field(default_factory=lambda: Running(_none(), _none()))
    answered: Array = field(default_factory=_none)
    given_up: Array = field(default_factory=_none)

    @property
    def rows(self) -> int:
        """How many clocks there are."""
        return self.met + self.late + self.closed + len(self.running.due)

    def attainment(self, now: datetime) -> Attainment:
        """Count what is unanswered as open or, past its due time, as missed."""
        missed = int((self.running.due < now.timestamp()).sum())
        unanswered = len(self.running.due)
        return Attainment(
            met=self.met,
            late=self.late,
            missed=missed,
            closed_unanswered=self.closed,
            open=unanswered - missed,
        )


def sum_up(parts: Iterable[Part], filters: Filters, *, waits: bool = True) -> dict[str, Sums]:
    """Return the sums of every key that has any rows; without `waits` only the counts are there."""
    found: dict[str, list[Part]] = {}
    for part in parts:
        found.setdefault(part.key, []).append(part)
    if filters.given:
        singles = {key: [_filtered(one, filters) for one in each] for key, each in found.items()}
    else:
        singles = {key: [_whole(one, waits) for one in each] for key, each in found.items()}
    sums = {key: _added(each) for key, each in sorted(singles.items())}
    return {key: one for key, one in sums.items() if one.rows}


def _whole(part: Part, waits: bool) -> Sums:
    counts = part.met, part.late, part.closed, part.read_running()
    return Sums(*counts, *part.read_waits()) if waits else Sums(*counts)


def _filtered(part: Part, filters: Filters) -> Sums:
    mask = choose(part.read_columns(list(filters.given)), filters)
    ends = np.cumsum([0, part.met, part.late, part.closed, part.open])
    met, late, closed, left = (mask[start:end] for start, end in pairwise(ends))
    running, (answered, given_up) = part.read_running(), part.read_waits()
    return Sums(
        int(met.sum()),
        int(late.sum()),
        int(closed.sum()),
        Running(running.started[left], running.due[left]),
        answered[mask[: len(answered)]],
        given_up[closed],
    )


def _added(sums: Sequence[Sums]) -> Sums:
    return Sums(
        sum(one.met for one in sums),
        sum(one.late for one in sums),
        sum(one.closed for one in sums),
        Running(
            np.concatenate([one.running.started for one in sums]),
            np.concatenate([one.running.due for one in sums]),
        ),
        np.concatenate([one.answered for one in sums]),
        np.concatenate([one.given_up for one in sums]),
    )
