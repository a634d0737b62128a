"""What a judgement means for a review: its state, its clock, and the columns of its analysis."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from review_manager.clocks import get_due_times, terms_of
from review_manager.judging import Judgement, stored_analysis, stored_complaints
from review_manager.policy import load_review_policy
from review_manager.states import Depth, EventType, ReviewState
from review_manager.tables import DbFollowUp, DbReview, DbReviewEvent
from storage.tables import new_id

DECIDED = frozenset(
    {ReviewState.APPROVED, ReviewState.FAILED, ReviewState.PUBLISHED, ReviewState.DISMISSED}
)
"""States that a person brought about; no judgement changes them."""

Later = Iterable[tuple[Judgement, datetime]]


def place(
    review: DbReview, first: Judgement, later: Later = (), *, depth: Depth, now: datetime
) -> None:
    """Write a judgement of the review and of its follow-ups into the review.

    The clock of a bad review begins when it was posted; that of a good one with a bad follow-up,
    when the follow-up was.
    """
    follow_ups = list(later)
    judgements = [first, *(judgement for judgement, _ in follow_ups)]
    for name, value in stored_analysis(first.analysis).items():
        setattr(review, name, value)
    review.complaints = stored_complaints(one.analysis for one in judgements)
    review.safety = any(one.analysis.safety for one in judgements)
    review.threat = any(one.analysis.threat for one in judgements)
    review.hidden_bad = first.analysis.hidden_bad
    review.misclick = first.analysis.misclick
    review.severity = max(one.severity for one in judgements)
    review.depth = depth
    begun = [review.posted_at] if first.bad else []
    begun += [at for judgement, at in follow_ups if judgement.bad]
    if review.state not in DECIDED:
        _set_clock(review, min(begun, default=None), now=now)


def _set_clock(review: DbReview, bad_since: datetime | None, *, now: datetime) -> None:
    review.bad_since, review.due_at = bad_since, None
    if bad_since is None:
        review.state = ReviewState.QUIET
    elif not may_answer(review, bad_since=bad_since, now=now):
        review.state = ReviewState.HISTORY
    else:
        review.state = ReviewState.OPEN
        review.due_at = get_due_times().due_at(review.platform, bad_since)


def may_answer(review: DbReview, *, bad_since: datetime, now: datetime) -> bool:
    """Whether a reply is still possible, by the platform's terms, and still wanted by our own."""
    wanted = now - bad_since <= load_review_policy().answer_within
    terms = terms_of(review.platform)
    return wanted and terms.may_reply(review.posted_at, now=now, followed_up=review.followed_up)


def judge_follow_up(follow_up: DbFollowUp, judgement: Judgement) -> None:
    """Write a judgement into a follow-up."""
    for name, value in stored_analysis(judgement.analysis).items():
        setattr(follow_up, name, value)


def happened(
    review_id: str, kind: EventType, *, at: datetime, actor: str, **detail: Any
) -> DbReviewEvent:
    """Return one entry of a review's history."""
    return DbReviewEvent(
        id=new_id(), review_id=review_id, at=at, type=kind, actor=actor, detail=detail
    )
