"""The satisfaction question: asked once after a human conversation, withdrawn after silence."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk import wording
from desk.pen import Pen
from desk.policy import DeskPolicy
from desk.tables import DbConversation, DbRating
from storage.tables import new_id


class RatingState(StrEnum):
    """How a question stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    SKIPPED = "skipped"


class NotAskedError(LookupError):
    """This question was not asked here, or is over."""


def ask(pen: Pen, conversation: DbConversation, *, agent_id: str, agent_name: str) -> DbRating:
    """Ask once how the agent's help was."""
    rating = DbRating(
        id=new_id(),
        conversation_id=conversation.id,
        agent_id=agent_id,
        agent_name=agent_name,
        state=RatingState.ASKED,
        asked_at=pen.now,
    )
    pen.session.add(rating)
    pen.event(conversation, "rating_asked", actor="system", detail={"agent": agent_id})
    return rating


async def find_open_question(
    session: AsyncSession, conversation_id: str, policy: DeskPolicy, *, now: datetime
) -> DbRating | None:
    """Return the question that still stands, or None."""
    since = now - timedelta(minutes=policy.satisfaction.withdraw_after_minutes)
    query = (
        select(DbRating)
        .where(
            DbRating.conversation_id == conversation_id,
            DbRating.state == RatingState.ASKED,
            DbRating.asked_at > since,
        )
        .order_by(DbRating.asked_at.desc())
        .limit(1)
    )
    found: DbRating | None = await session.scalar(query)
    return found


async def withdraw_question(pen: Pen, conversation: DbConversation) -> None:
    """The conversation goes on, so nothing is asked yet."""
    query = select(DbRating).where(
        DbRating.conversation_id == conversation.id, DbRating.state == RatingState.ASKED
    )
    for rating in await pen.session.scalars(query):
        rating.state = RatingState.SKIPPED


async def rate(
    pen: Pen, conversation: DbConversation, question: str, *, score: int | None, comment: str
) -> DbRating:
    """Keep the answer (None: skipped); a second answer changes nothing. Raises NotAskedError."""
    rating = await pen.session.get(DbRating, question)
    if rating is None or rating.conversation_id != conversation.id:
        raise NotAskedError
    if rating.state != RatingState.ASKED:
        return rating
    rating.state = RatingState.SKIPPED if score is None else RatingState.ANSWERED
    rating.score, rating.answered_at = score, pen.now
    rating.comment = comment.strip() or None
    detail = {"agent": rating.agent_id, "score": score}
    pen.event(conversation, "rated", actor="customer", detail=detail)
    return rating


def question_view(rating: DbRating) -> dict[str, Any]:
    """Return the question as the widget shows it."""
    return {
        "question": rating.id,
        "state": rating.state,
        "text": wording.RATING.format(name=rating.agent_name),
    }


def rating_view(rating: DbRating) -> dict[str, Any]:
    """Return the answer as agents see it."""
    return {
        "state": rating.state,
        "score": rating.score,
        "comment": rating.comment,
        "agent": rating.agent_name,
    }
