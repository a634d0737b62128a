"""Conversations as plain attributes, read and written many at a time: for what customers say.

The object mapper watches each attribute of each row; where a hundred rows are read to change the
same nine columns of each, the watching costs more than the reading.
"""

from collections.abc import Collection
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from desk.tables import DbConversation
from storage.many_rows import read_held, update_rows

_CONVERSATION = cast(Table, DbConversation.__table__)
_READ = tuple(each.key for each in _CONVERSATION.columns if each.key != "card_sealed")
_WORDS = (
    "id",
    "last_seq",
    "revision",
    "updated_at",
    "last_customer_seq",
    "last_customer_at",
    "last_text",
    "last_sender",
    "customer_text",
    "unread",
    "waiting_since",
)
"""What a conversation's row learns from words alone, with the row's id before it."""
_OTHERS = tuple(name for name in _READ if name not in _WORDS)
_words = itemgetter(*_WORDS)
_others = itemgetter(*_OTHERS)


class PlainConversation:
    """Every column of one conversation but its sealed card; a change is written by `PlainRows`."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__ = values


class PlainRows:
    """The conversations of one batch, and what they were when they were read."""

    def __init__(self, session: Session, ids: Collection[str]) -> None:
        self._session = session
        found = read_held(session, _CONVERSATION, _READ, list(ids))
        self.conversations = {
            row["id"]: cast(DbConversation, PlainConversation(row)) for row in found
        }
        self._others_before = {row["id"]: _others(row) for row in found}

    def write(self, spoken_in: Collection[str]) -> None:
        """Write what words changed in these, all at once, and the rare other change by itself."""
        spoken = [vars(self.conversations[key]) for key in spoken_in]
        update_rows(self._session, _CONVERSATION, _WORDS, [_words(row) for row in spoken])
        for row in spoken:
            if _others(row) != self._others_before[row["id"]]:
                values = {name: row[name] for name in _OTHERS}
                changing = update(_CONVERSATION).where(_CONVERSATION.c.id == row["id"])
                self._session.execute(changing.values(values))
