"""How chats went: who answered them, what the bot closed by itself, handoffs, satisfaction."""

from collections import Counter
from typing import Any

import numpy as np

from reports import wording
from reports.asking import Desk
from reports.columns import CHATS, Columns
from reports.period import Period
from reports.reading import read_columns
from reports.records import Outcome
from reports.tally import DAY, Filters, choose, count_words, keep
from sla.figures import wilson_interval

Json = dict[str, Any]
SATISFIED_FROM = 4
BY_BOT = (Outcome.CONFIRMED, Outcome.ASSUMED, Outcome.CAME_BACK)


async def chats_report(desk: Desk, period: Period, filters: Filters) -> Json:
    """Return the chats of a period beside those of the period before."""
    here = await _chats(desk, period, filters)
    before = await _chats(desk, period.before, filters)
    return {
        "n": here.rows,
        "before_n": before.rows,
        "outcomes": _outcomes(here),
        "bot": _bot(here),
        "bot_before": _bot(before),
        "days": _days(here, period),
        "hours": _hours(here),
        "reasons": _reasons(here),
        "satisfaction": _satisfaction(here),
        "satisfaction_before": _satisfaction(before),
    }


async def _chats(desk: Desk, period: Period, filters: Filters) -> Columns:
    words = ("outcome", "reason", *filters.given)
    columns = await read_columns(
        desk.session, CHATS, first=period.first, last=period.last, words=words
    )
    return keep(columns, choose(columns, filters)) if filters.given else columns


def _outcomes(chats: Columns) -> list[Json]:
    counts = count_words(chats, "outcome")
    return [
        {"outcome": one.value, "name": name, "n": counts.get(one.value, 0)}
        for one, name in wording.OUTCOMES.items()
    ]


def _bot(chats: Columns) -> Json:
    """Give the share of ended chats that the bot closed; those who came back do not count."""
    counts = Counter(dict(count_words(chats, "outcome")))
    ended = sum(count for word, count in counts.items() if word != Outcome.RUNNING)
    return {
        "n": ended,
        "confirmed": share(counts[Outcome.CONFIRMED], ended),
        "assumed": share(counts[Outcome.ASSUMED], ended),
        "came_back": share(counts[Outcome.CAME_BACK], ended),
        "human": share(counts[Outcome.HUMAN] + counts[Outcome.LEFT_LINE], ended),
        "closed_by_bot": share(counts[Outcome.CONFIRMED] + counts[Outcome.ASSUMED], ended),
    }


def share(hits: int, n: int) -> Json:
    """Return a share with its count, n and interval; null where n is 0."""
    if not n:
        return {"count": 0, "n": 0, "share": None, "low": None, "high": None}
    interval = wilson_interval(hits, n)
    return {"count": hits, "n": n, "share": hits / n, "low": interval.low, "high": interval.high}


def _days(chats: Columns, period: Period) -> list[Json]:
    places = ((chats.numbers["opened"] - period.starts_at.timestamp()) // DAY).astype("i8")
    counts = {
        name: np.bincount(places[mask], minlength=period.days)
        for name, mask in (("bot", ~_has_human(chats)), ("human", _has_human(chats)))
    }
    return [
        {
            "date": date.isoformat(),
            "bot": int(counts["bot"][place]),
            "human": int(counts["human"][place]),
        }
        for place, date in enumerate(period.dates)
    ]


def _hours(chats: Columns) -> list[int]:
    return [int(n) for n in np.bincount(chats.numbers["slot"].astype("i8"), minlength=168)]


def _has_human(chats: Columns) -> Any:
    names = chats.names["outcome"]
    wanted = [names.index(one) for one in (Outcome.HUMAN, Outcome.LEFT_LINE) if one in names]
    return np.isin(chats.words["outcome"], wanted)


def _reasons(chats: Columns) -> list[Json]:
    counts = {word: n for word, n in count_words(chats, "reason").items() if word is not None}
    ordered = sorted(counts.items(), key=lambda one: -one[1])
    return [
        {"reason": word, "name": wording.REASONS.get(word, word), "n": n} for word, n in ordered
    ]


def _satisfaction(chats: Columns) -> Json:
    """Give ratings with their response rate: who did not answer is not counted as content."""
    ratings = chats.numbers["rating"]
    asked = int((chats.numbers["asked"] > 0).sum())
    given = ratings[ratings > 0]
    scores = np.bincount(given.astype("i8"), minlength=6)
    return {
        "asked": asked,
        "response": share(len(given), asked),
        "satisfied": share(int((given >= SATISFIED_FROM).sum()), len(given)),
        "mean": float(given.mean()) if len(given) else None,
        "scores": [int(n) for n in scores[1:6]],
    }
