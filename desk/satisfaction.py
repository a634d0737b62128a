"""The satisfaction question: asked once after a human conversation, withdrawn after silence.

A low score is not only counted: somebody comes back to the customer, by a promised time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk import wording
from desk.masking import mask
from desk.opening import Opening
from desk.pen import Pen
from desk.policy import DeskPolicy
from desk.promises import Promised, promise
from desk.tables import DbConversation, DbRating
from shop.promises import PromiseKind
from storage.tables import new_id


class RatingState(StrEnum):
    """How a question stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    SKIPPED = "skipped"


# Built once, because everybody who arrives asks it.
_STILL_ASKED = (
    select(DbRating)
    .where(
        DbRating.conversation_id == bindparam("conversation"),
        DbRating.state == RatingState.ASKED,
        DbRating.asked_at > bindparam("since"),
    )
    .order_by(DbRating.asked_at.desc())
    .limit(1)
)


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
    asked = {"conversation": conversation_id, "since": since}
    found: DbRating | None = await session.scalar(_STILL_ASKED, asked)
    return found


async def withdraw_question(pen: Pen, conversation: DbConversation) -> None:
    """The conversation goes on, so nothing is asked yet."""
    query = select(DbRating).where(
        DbRating.conversation_id == conversation.id, DbRating.state == RatingState.ASKED
    )
    for rating in await pen.session.scalars(query):
        rating.state = RatingState.SKIPPED


@dataclass(frozen=True)
class Rated:
    """The question with its answer; `due_at` says by when a low score will be followed up."""

    rating: DbRating
    due_at: datetime | None = None


async def rate(
    pen: Pen,
    conversation: DbConversation,
    question: str,
    *,
    score: int | None,
    comment: str,
    policy: DeskPolicy,
    opening: Opening,
) -> Rated:
    """Keep the answer (None: skipped); a second answer changes nothing. Raises NotAskedError.

    A low score enters a promise: somebody of the desk comes back to the customer.
    """
    rating = await pen.session.get(DbRating, question)
    if rating is None or rating.conversation_id != conversation.id:
        raise NotAskedError
    if rating.state != RatingState.ASKED:
        return Rated(rating)
    rating.state = RatingState.SKIPPED if score is None else RatingState.ANSWERED
    rating.score, rating.answered_at = score, pen.now
    rating.comment = comment.strip() or None
    detail = {"agent": rating.agent_id, "score": score}
    pen.event(conversation, "rated", actor="customer", detail=detail)
    if score is None or score > policy.satisfaction.follow_up_score:
        return Rated(rating)
    due_at = opening.after_open_time(pen.now, timedelta(hours=policy.opening.call_back_hours))
    await promise(pen, conversation, _follow_up(rating, due_at, policy))
    return Rated(rating, due_at)


def _follow_up(rating: DbRating, due_at: datetime, policy: DeskPolicy) -> Promised:
    told = wording.RATING_FOLLOW_UP.format(name=rating.agent_name or "", score=rating.score)
    said = f"：{mask(rating.comment)}" if rating.comment else ""
    return Promised(
        kind=PromiseKind.CALL_BACK,
        text=told + said,
        due_at=due_at,
        made_by="system",
        made_by_name=policy.shop_name,
        client_id=f"rating-{rating.id}",
    )


def question_view(rating: DbRating) -> dict[str, Any]:
    """Return the open question as the widget shows it."""
    text = wording.RATING.format(name=rating.agent_name)
    return {"question": rating.id, "state": rating.state, "text": text}


def rated_view(rated: Rated, *, now: datetime) -> dict[str, Any]:
    """Return the answered question as the widget shows it: thanks, and what follows."""
    text = wording.RATED
    if rated.due_at is not None:
        text = wording.RATED_LOW.format(due=wording.moment(rated.due_at, now=now))
    return {"question": rated.rating.id, "state": rated.rating.state, "text": text}


def rating_view(rating: DbRating) -> dict[str, Any]:
    """Return the answer as agents see it."""
    return {
        "state": rating.state,
        "score": rating.score,
        "comment": rating.comment,
        "agent": rating.agent_name,
    }
