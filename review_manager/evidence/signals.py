"""Signals that a review may be malicious, and whether they are enough for a suspicion; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from policies.files import Strict, read_policy
from review_manager.replies.likeness import likeness, ngrams

SUSPICION_FILE = Path(__file__).parents[2] / "data" / "reviews" / "suspicion.yml"


class SignalName(StrEnum):
    """What can point at a malicious review."""

    EXTORTION = "extortion"
    ELSEWHERE = "elsewhere"
    ALIKE = "alike"
    BURST = "burst"
    REFUNDS = "refunds"


STRONG = frozenset({SignalName.EXTORTION})


class Outcome(StrEnum):
    """What the signals amount to."""

    SUSPECTED = "suspected"
    NOT_ENOUGH = "not_enough"


@dataclass(frozen=True)
class Signal:
    """One signal with the facts it rests on; `text` is what of the review shows it."""

    name: SignalName
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Neighbour:
    """Another bad review of the same product or of the same days."""

    id: str
    nickname: str
    text: str
    posted_at: datetime


@dataclass(frozen=True)
class Suspect:
    """A review with what the signals look at; `refunds` are the customer's refunds without return.

    `usual_per_hour` is how many bad reviews the product gets in an hour on other days.
    """

    text: str
    nickname: str
    posted_at: datetime
    neighbours: Sequence[Neighbour] = ()
    usual_per_hour: float = 0.0
    refunds: int = 0


def _compiled(pattern: str) -> str:
    re.compile(pattern)
    return pattern


Pattern = Annotated[str, AfterValidator(_compiled)]


class BurstRule(Strict):
    """A burst: so many bad reviews within so many hours, and so many times the usual number."""

    within_hours: float = Field(gt=0)
    fewest: int = Field(ge=2)
    times_usual: float = Field(gt=1)


class AlikeRule(Strict):
    """Near-duplicates: so alike, at least so long, by so many accounts."""

    jaccard: float = Field(gt=0, le=1)
    shortest: int = Field(ge=5)
    fewest: int = Field(ge=2)


class RefundRule(Strict):
    """A pattern of refunds without return: so many within so many days."""

    within_days: int = Field(ge=1)
    fewest: int = Field(ge=2)


class SuspicionPolicy(Strict):
    """The whole of a suspicion file."""

    valid_from: date
    source: str
    burst: BurstRule
    alike: AlikeRule
    refunds: RefundRule
    extortion: tuple[Pattern, ...]
    elsewhere: tuple[Pattern, ...]


@cache
def load_suspicion(file: Path = SUSPICION_FILE) -> SuspicionPolicy:
    """Read and validate a suspicion file; raises PolicyError naming file and key."""
    return read_policy(file, SuspicionPolicy)


def find_signals(suspect: Suspect, policy: SuspicionPolicy) -> list[Signal]:
    """Return every signal, the strong ones first."""
    found = [
        *_words(SignalName.EXTORTION, suspect.text, policy.extortion),
        *_words(SignalName.ELSEWHERE, suspect.text, policy.elsewhere),
        *_alike(suspect, policy.alike),
        *_burst(suspect, policy.burst),
    ]
    if suspect.refunds >= policy.refunds.fewest:
        days = policy.refunds.within_days
        found.append(Signal(SignalName.REFUNDS, facts={"refunds": suspect.refunds, "days": days}))
    return found


def weigh(signals: Sequence[Signal]) -> Outcome:
    """Say whether the signals are enough: a strong one, or two different weak ones."""
    names = {signal.name for signal in signals}
    enough = names & STRONG or len(names) >= 2
    return Outcome.SUSPECTED if enough else Outcome.NOT_ENOUGH


def _words(name: SignalName, text: str, patterns: Sequence[str]) -> list[Signal]:
    squeezed = re.sub(r"\s+", "", text)
    for pattern in patterns:
        match = re.search(pattern, squeezed)
        if match:
            return [Signal(name, match[0])]
    return []


def _alike(suspect: Suspect, rule: AlikeRule) -> list[Signal]:
    """Find the accounts that wrote nearly the same; one person writing twice is no crowd."""
    if len(suspect.text) < rule.shortest:
        return []
    own = ngrams(suspect.text)
    twins = [
        other
        for other in suspect.neighbours
        if len(other.text) >= rule.shortest and likeness(own, ngrams(other.text)) >= rule.jaccard
    ]
    accounts = {suspect.nickname, *(twin.nickname for twin in twins)}
    if len(accounts) < rule.fewest:
        return []
    return [Signal(SignalName.ALIKE, facts={"reviews": [twin.id for twin in twins]})]


def _burst(suspect: Suspect, rule: BurstRule) -> list[Signal]:
    reach = timedelta(hours=rule.within_hours)
    times = sorted([suspect.posted_at, *(one.posted_at for one in suspect.neighbours)])
    most = max(
        sum(start <= at <= start + reach for at in times)
        for start in times
        if start <= suspect.posted_at <= start + reach
    )
    usual = suspect.usual_per_hour * rule.within_hours
    if most < rule.fewest or most < rule.times_usual * usual:
        return []
    facts = {"count": most, "hours": rule.within_hours, "usual": round(usual, 2)}
    return [Signal(SignalName.BURST, facts=facts)]
