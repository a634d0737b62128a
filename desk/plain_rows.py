"""Conversations read as plain attributes: for the path that every message takes.

The object mapper watches each attribute of each row; where a hundred rows are read to change the
same nine columns of each, the watching costs more than the reading.
"""

from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from desk.tables import DbConversation

_CONVERSATION = cast(Table, DbConversation.__table__)
_HELD = (
    select(*(column for column in _CONVERSATION.columns if column.key != "card_sealed"))
    .where(_CONVERSATION.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_CONVERSATION.c.id)
    .with_for_update()
)


class PlainConversation:
    """Every column of one conversation but its sealed card; a change is written by nobody."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__ = values


def read_plain(session: Session, ids: Collection[str]) -> dict[str, DbConversation]:
    """Return those conversations that exist, held until the commit in the order of their ids.

    They have the columns of a `DbConversation` and no more; whoever changes one writes it too.
    """
    rows = session.execute(_HELD, {"ids": sorted(ids)}).mappings()
    return {row["id"]: cast(DbConversation, PlainConversation(dict(row))) for row in rows}
