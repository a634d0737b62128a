"""Editing, approving, taking back, publishing and dismissing: each change once, by one person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager import wording
from review_manager.clocks import terms_of
from review_manager.drafting import find_reply, findings_of, make_drafts
from review_manager.improvements import open_improvement, unproved_claims
from review_manager.language_model import is_generated
from review_manager.people import (
    Actor,
    ConflictError,
    NoSuchReviewError,
    NotYoursError,
    RefusedError,
)
from review_manager.policy import load_review_policy
from review_manager.promises import enter_promises
from review_manager.standing import happened
from review_manager.states import WRITABLE, EventType, ReviewState
from review_manager.tables import DbReply, DbReview, DbReviewEvent
from storage import audit

RANKS = {"agent": 0, "lead": 1, "manager": 2}


@dataclass(frozen=True)
class Answer:
    """What a person decided to say; `chosen` is the draft that it is, None for their own words.

    A private message of None leaves the drafted one.
    """

    text: str
    private: str | None = None
    chosen: int | None = None


async def get_review(session: AsyncSession, review_id: str) -> DbReview:
    """Return the review; raises NoSuchReviewError."""
    review = await session.get(DbReview, review_id)
    if review is None:
        raise NoSuchReviewError(review_id)
    return review


async def save_text(
    session: AsyncSession,
    review_id: str,
    *,
    revision: int,
    answer: Answer,
    actor: Actor,
    now: datetime,
) -> DbReply:
    """Keep what a person wrote, without approving it; raises ConflictError."""
    review = await _lock(session, review_id, revision, WRITABLE)
    reply = await make_drafts(session, review, now=now)
    _write(reply, answer, actor, now=now)
    reply.findings = [
        *reply.findings,
        *await unproved_claims(session, review, reply.text, now=now),
    ]
    session.add(happened(review.id, EventType.EDITED, at=now, actor=actor.label))
    return reply


async def approve(
    session: AsyncSession,
    review_id: str,
    *,
    revision: int,
    answer: Answer,
    actor: Actor,
    now: datetime,
) -> DbReply:
    """Approve the reply; exactly one person can, the second gets a ConflictError.

    Raises RefusedError for a text that may not be published, NotYoursError where a lead or manager
    has to decide.
    """
    review = await _lock(session, review_id, revision, WRITABLE)
    reply = await make_drafts(session, review, now=now)
    _write(reply, answer, actor, now=now)
    reply.findings = [
        *reply.findings,
        *await unproved_claims(session, review, reply.text, now=now),
    ]
    _check_person(review, reply, actor)
    _check_text(review, reply, now=now)
    reply.approved_by, reply.approved_at, reply.failure = actor.id, now, ""
    review.state = ReviewState.APPROVED
    session.add(
        happened(
            review.id, EventType.APPROVED, at=now, actor=actor.label, edited=reply.chosen is None
        )
    )
    await _audit(session, "review.approved", review, actor, now)
    return reply


async def undo(
    session: AsyncSession, review_id: str, *, revision: int, actor: Actor, now: datetime
) -> DbReview:
    """Take an approval or a dismissal back, as long as nothing was published."""
    review = await get_review(session, review_id)
    if review.state == ReviewState.PUBLISHED:
        raise RefusedError(wording.NOTHING_TO_UNDO)
    undoable = {ReviewState.APPROVED, ReviewState.FAILED, ReviewState.DISMISSED}
    review = await _lock(session, review_id, revision, undoable)
    reply = await find_reply(session, review_id)
    if reply is not None:
        reply.approved_by = reply.approved_at = None
        reply.failure = ""
    review.state = ReviewState.OPEN if review.bad_since else ReviewState.QUIET
    session.add(happened(review.id, EventType.UNDONE, at=now, actor=actor.label))
    await _audit(session, "review.undone", review, actor, now)
    return review


async def publish(
    session: AsyncSession, review_id: str, *, revision: int, actor: Actor, now: datetime
) -> DbReview:
    """Note that an approved reply is on the platform now; this stops the clock."""
    ready = {ReviewState.APPROVED, ReviewState.FAILED}
    review = await _lock(session, review_id, revision, ready)
    reply = await find_reply(session, review_id)
    assert reply is not None  # noqa: S101 - nothing is approved without a reply
    await note_published(session, review, reply, actor=actor.label, now=now)
    await _audit(session, "review.published", review, actor, now)
    return review


async def note_published(
    session: AsyncSession, review: DbReview, reply: DbReply, *, actor: str, now: datetime
) -> None:
    """Write the publishing of an approved reply, whoever brought it about."""
    review.state = ReviewState.PUBLISHED
    review.replied_at = reply.published_at = now
    reply.failure = ""
    session.add(happened(review.id, EventType.REPLY_PUBLISHED, at=now, actor=actor))
    item = await open_improvement(session, review, reply, actor=actor, now=now)
    await session.flush()
    enter_promises(session, review, reply, item, actor=actor, now=now)
    await session.flush()


async def dismiss(
    session: AsyncSession, review_id: str, *, revision: int, why: str, actor: Actor, now: datetime
) -> DbReview:
    """Close a review without a public reply; its clock is not stopped by that."""
    review = await _lock(session, review_id, revision, {ReviewState.OPEN})
    review.state = ReviewState.DISMISSED
    session.add(happened(review.id, EventType.DISMISSED, at=now, actor=actor.label, why=why))
    await _audit(session, "review.dismissed", review, actor, now)
    return review


async def approve_many(
    session: AsyncSession, wanted: Sequence[tuple[str, int]], *, actor: Actor, now: datetime
) -> tuple[list[str], dict[str, str]]:
    """Approve drafts as they are; return the ids approved, and why the others were not.

    Only drafts without any finding qualify; what a lead must see stays with single approval.
    """
    approved: list[str] = []
    refused: dict[str, str] = {}
    for review_id, revision in wanted:
        try:
            async with session.begin_nested():
                await _approve_draft(session, review_id, revision, actor, now)
        except (ConflictError, RefusedError, NotYoursError, NoSuchReviewError) as error:
            refused[review_id] = str(error)
        else:
            approved.append(review_id)
    return approved, refused


async def _approve_draft(
    session: AsyncSession, review_id: str, revision: int, actor: Actor, now: datetime
) -> None:
    review = await get_review(session, review_id)
    reply = await make_drafts(session, review, now=now)
    if not reply.text:
        raise RefusedError(wording.NO_DRAFT)
    if findings_of(reply.text, generated=is_generated(reply.text, reply.drafts)):
        raise RefusedError(wording.HAS_FINDINGS)
    await approve(
        session,
        review_id,
        revision=revision,
        answer=Answer(reply.text, chosen=reply.chosen),
        actor=actor,
        now=now,
    )


def _write(reply: DbReply, answer: Answer, actor: Actor, *, now: datetime) -> None:
    text, number, drafts = answer.text.strip(), answer.chosen, reply.drafts
    reply.text, reply.updated_at = text, now
    if number is not None and 0 <= number < len(drafts) and drafts[number]["text"] == text:
        reply.chosen = number
        reply.promises = drafts[number]["promises"]
        reply.improvement = drafts[number]["improvement"] or {}
    else:
        reply.chosen, reply.written_by = None, actor.id
    if answer.private is not None:
        reply.private = answer.private
    reply.findings = findings_of(text, generated=is_generated(text, drafts))


def _check_person(review: DbReview, reply: DbReply, actor: Actor) -> None:
    if (review.safety or review.threat) and not actor.sensitive:
        raise NotYoursError(wording.NEEDS_LEAD)
    if RANKS.get(reply.approver, 0) > actor.rank:
        role = wording.ROLES[reply.approver]
        raise NotYoursError(wording.NEEDS_APPROVER.format(role=role))


def _check_text(review: DbReview, reply: DbReply, *, now: datetime) -> None:
    if not reply.text:
        raise RefusedError(wording.EMPTY_REPLY)
    terms = terms_of(review.platform)
    if len(reply.text) > terms.max_characters:
        limit, length = terms.max_characters, len(reply.text)
        told = wording.TOO_LONG.format(platform=terms.name, limit=limit, length=length)
        raise RefusedError(told)
    closed = why_closed(review, now=now)
    if closed:
        raise RefusedError(closed)
    _refuse_blocked(reply.text, reply.findings)
    private = reply.private or ""
    _refuse_blocked(private, findings_of(private, public=False))


def _refuse_blocked(text: str, findings: Sequence[dict[str, Any]]) -> None:
    blocking = [finding for finding in findings if finding["severity"] == "block"]
    if blocking:
        words = "、".join(text[one["start"] : one["end"]] or one["rule"] for one in blocking)
        raise RefusedError(wording.BLOCKED.format(rules=words), blocking)


def why_closed(review: DbReview, *, now: datetime) -> str | None:
    """Say why the platform takes no reply to this review any more, None where it does."""
    terms = terms_of(review.platform)
    if terms.may_reply(review.posted_at, now=now, followed_up=review.followed_up):
        return None
    followed = review.followed_up and not terms.after_followup
    passed = wording.WINDOW_PASSED.format(days=terms.window_days)
    reason = wording.WINDOW_FOLLOWED_UP if followed else passed
    return wording.WINDOW_CLOSED.format(platform=terms.name, reason=reason)


async def _lock(
    session: AsyncSession, review_id: str, revision: int, states: Collection[ReviewState]
) -> DbReview:
    """Take the next revision for this change; whoever comes second finds another revision."""
    taken = await session.execute(
        update(DbReview)
        .where(DbReview.id == review_id, DbReview.revision == revision)
        .where(DbReview.state.in_(states))
        .values(revision=DbReview.revision + 1)
        .execution_options(synchronize_session=False)
    )
    review = await session.get(DbReview, review_id, populate_existing=True)
    if review is None:
        raise NoSuchReviewError(review_id)
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise ConflictError(await _who(session, review, states))
    return review


async def _who(session: AsyncSession, review: DbReview, states: Collection[ReviewState]) -> str:
    if review.state in states:
        return wording.NOT_THE_ONE_YOU_SAW
    last = await session.scalar(
        select(DbReviewEvent.actor)
        .where(DbReviewEvent.review_id == review.id)
        .order_by(DbReviewEvent.at.desc(), DbReviewEvent.id.desc())
        .limit(1)
    )
    by = (last or "").removeprefix("staff:")
    return wording.NO_LONGER_OPEN.format(by=by, state=wording.STATES[review.state])


async def _audit(
    session: AsyncSession, action: str, review: DbReview, actor: Actor, now: datetime
) -> None:
    await audit.record(
        session,
        actor=actor.label,
        action=action,
        object_type="review",
        object_id=review.id,
        at=now,
        detail={"revision": review.revision, "state": str(review.state)},
    )


def undo_until(reply: DbReply) -> datetime | None:
    """Return until when an approval is held back from anything that sends by itself."""
    return reply.approved_at + load_review_policy().undo_for if reply.approved_at else None
