"""Editing, approving and dismissing: each change once, by one person, of what may be said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from review_manager import wording
from review_manager.clocks import terms_of
from review_manager.deciding import get_review, lock_review, note_decision
from review_manager.drafting import findings_of, make_drafts
from review_manager.improvements import unproved_claims
from review_manager.language_model import is_generated
from review_manager.people import (
    Actor,
    ConflictError,
    NoSuchReviewError,
    NotYoursError,
    RefusedError,
)
from review_manager.standing import happened
from review_manager.states import WRITABLE, EventType, ReviewState
from review_manager.tables import DbReply, DbReview

RANKS = {"agent": 0, "lead": 1, "manager": 2}


@dataclass(frozen=True)
class Answer:
    """What a person decided to say; `chosen` is the draft that it is, None for their own words.

    A private message of None leaves the drafted one.
    """

    text: str
    private: str | None = None
    chosen: int | None = None


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
    review = await lock_review(session, review_id, revision, WRITABLE)
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
    review = await lock_review(session, review_id, revision, WRITABLE)
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
    await note_decision(session, "review.approved", review, actor, now)
    return reply


async def dismiss(
    session: AsyncSession, review_id: str, *, revision: int, why: str, actor: Actor, now: datetime
) -> DbReview:
    """Close a review without a public reply; its clock is not stopped by that."""
    review = await lock_review(session, review_id, revision, {ReviewState.OPEN})
    review.state = ReviewState.DISMISSED
    session.add(happened(review.id, EventType.DISMISSED, at=now, actor=actor.label, why=why))
    await note_decision(session, "review.dismissed", review, actor, now)
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
