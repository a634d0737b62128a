"""Search over everything that was said: Chinese words of any length, newest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.tables import DbConversation, DbMessage

MOST_WORDS = 5
PAGE = 30


@dataclass(frozen=True)
class Hit:
    """One message that contains every word, and where."""

    row: DbConversation
    seq: int
    text: str
    at: datetime
    internal: bool
    ranges: tuple[tuple[int, int], ...]


async def search(
    session: AsyncSession, query: str, *, before: datetime | None = None
) -> tuple[list[Hit], datetime | None]:
    """Return a page of hits and the cursor of the next page, or None at the end.

    Words are separated by blanks and must all occur; what is masked for agents is not found.
    """
    words = query.split()[:MOST_WORDS]
    if not words:
        return [], None
    found = (
        select(DbMessage, DbConversation)
        .join(DbConversation, DbConversation.id == DbMessage.conversation_id)
        .order_by(DbMessage.at.desc(), DbMessage.id.desc())
        .limit(PAGE + 1)
    )
    for word in words:
        found = found.where(DbMessage.text.icontains(word, autoescape=True))
    if before is not None:
        found = found.where(DbMessage.at < before)
    rows = (await session.execute(found)).all()
    hits = [_hit(message, row, words) for message, row in rows[:PAGE]]
    return hits, hits[-1].at if len(rows) > PAGE else None


def _hit(message: DbMessage, row: DbConversation, words: list[str]) -> Hit:
    ranges = tuple(sorted(span for word in words for span in _places(message.text, word)))
    return Hit(row, message.seq, message.text, message.at, message.internal, ranges)


def _places(text: str, word: str) -> list[tuple[int, int]]:
    lower, wanted = text.lower(), word.lower()
    places, start = [], lower.find(wanted)
    while start >= 0:
        places.append((start, start + len(word)))
        start = lower.find(wanted, start + len(word))
    return places
