"""The reply clock of a review: when it is due, until when a platform takes a reply, its events."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from compliance import ReplyTerms, load_platforms
from review_manager.policy import load_review_policy
from review_manager.states import EventType, ReviewState
from review_manager.tables import DbReview, DbReviewEvent
from review_manager.wording import CHINA
from sla import events as sla_events
from sla.calendars import Calendar
from sla.clocks import ClockName
from sla.policies import Case, Policies, choose_policies, read_policies, target_of
from sla.targets import Target, due_after

BAD = frozenset({"bad"})


@dataclass
class DueTimes:
    """Due times of bad reviews under the clock policies; policies are looked up once a day."""

    policies: Policies
    _by_day: dict[tuple[str, date], list[tuple[Target, Calendar]]] = field(default_factory=dict)

    def due_at(self, platform: str, bad_since: datetime) -> datetime | None:
        """Return the earliest due time of all policies that a bad review is under, if any."""
        rules = self._rules(platform, bad_since)
        return min(
            (due_after(bad_since, target=target, calendar=hours) for target, hours in rules),
            default=None,
        )

    def _rules(self, platform: str, at: datetime) -> list[tuple[Target, Calendar]]:
        key = (platform, at.astimezone(CHINA).date())
        if key not in self._by_day:
            self._by_day[key] = [
                (target_of(policy), self.policies.get_calendar(policy.calendar, at=at))
                for policy in choose_policies(self.policies, review_case(platform), at=at)
                if ClockName.REVIEW_REPLY in policy.clocks
            ]
        return self._by_day[key]


@cache
def get_due_times() -> DueTimes:
    """The due times under the shipped policies, read once."""
    return DueTimes(read_policies())


def review_case(platform: str) -> Case:
    """Return what the policies ask about a bad review."""
    return Case("review", platform=platform, labels=BAD)


def terms_of(platform: str) -> ReplyTerms:
    """Return the platform's terms for replies; raises PolicyError for an unknown platform."""
    return load_platforms().get_terms(platform)


def is_history(platform: str, posted_at: datetime, *, now: datetime) -> bool:
    """Whether a review came too late to be answered, by the platform's terms or by our own."""
    if now - posted_at > load_review_policy().answer_within:
        return True
    last = terms_of(platform).last_moment(posted_at)
    return last is not None and now > last


@dataclass(frozen=True)
class ReviewClock:
    """One bad review with the events that its clock is computed from."""

    review: DbReview
    case: Case
    events: tuple[sla_events.Event, ...]


async def read_clocks(
    session: AsyncSession, *, since: datetime, until: datetime
) -> list[ReviewClock]:
    """Return every bad review whose clock began in [since, until), with its clock's events."""
    wanted = (
        select(DbReview)
        .where(DbReview.bad_since >= since, DbReview.bad_since < until)
        .where(DbReview.state != ReviewState.HISTORY)
        .order_by(DbReview.bad_since)
    )
    reviews = (await session.scalars(wanted)).all()
    published: dict[str, list[datetime]] = {review.id: [] for review in reviews}
    replies = (
        select(DbReviewEvent.review_id, DbReviewEvent.at)
        .join(DbReview, DbReview.id == DbReviewEvent.review_id)
        .where(DbReviewEvent.type == EventType.REPLY_PUBLISHED)
        .where(DbReview.bad_since >= since, DbReview.bad_since < until)
    )
    for review_id, at in await session.execute(replies):
        if review_id in published:
            published[review_id].append(at)
    return [_clock(review, published[review.id]) for review in reviews]


def _clock(review: DbReview, published: list[datetime]) -> ReviewClock:
    assert review.bad_since is not None  # noqa: S101 - the query asked for it
    posted = sla_events.Event(review.bad_since, sla_events.EventType.REVIEW_POSTED)
    answers = [
        sla_events.Event(at, sla_events.EventType.REPLY_PUBLISHED)
        for at in published
        if at >= review.bad_since
    ]
    return ReviewClock(review, review_case(review.platform), (posted, *answers))
