"""Prepared answers: found by words, pinyin or initials, filled with what is known."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pypinyin import Style, lazy_pinyin
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.tables import DbCannedReply
from storage.tables import new_id

VARIABLES = ("客户姓名", "订单号", "快递公司", "快递单号", "客服姓名", "店铺名")
_VARIABLE = re.compile(r"\{\{\s*([^{}]{1,20}?)\s*\}\}")


class UnknownVariableError(ValueError):
    """The text uses a variable that the desk cannot fill."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"{self.__doc__} ({'、'.join(names)})")
        self.names = tuple(names)


async def find_replies(session: AsyncSession, query: str) -> list[DbCannedReply]:
    """Return the replies that fit, the best first; all of them for an empty query."""
    rows = (await session.scalars(select(DbCannedReply))).all()
    wanted = _plain(query)
    if not wanted:
        return sorted(rows, key=lambda row: (row.group, row.title))
    ranked = [(rank, row.title, row) for row in rows if (rank := _rank(row, wanted)) is not None]
    return [row for _rank_, _title, row in sorted(ranked, key=lambda each: each[:2])]


def write_reply(
    row: DbCannedReply | None, *, title: str, group: str, text: str, by: str, now: datetime
) -> DbCannedReply:
    """Return a new or changed reply; raises UnknownVariableError."""
    unknown = [name for name in _VARIABLE.findall(text) if name not in VARIABLES]
    if unknown:
        raise UnknownVariableError(unknown)
    row = row or DbCannedReply(id=new_id())
    row.title, row.group, row.text = title, group, text
    row.pinyin = "".join(lazy_pinyin(title)).lower()
    row.initials = "".join(lazy_pinyin(title, style=Style.FIRST_LETTER)).lower()
    row.updated_by, row.updated_at = by, now
    return row


def fill(text: str, values: Mapping[str, str | None]) -> tuple[str, list[str]]:
    """Put in what is known; returns the text and the names of what is missing."""
    missing: list[str] = []

    def put(match: re.Match[str]) -> str:
        value = values.get(match[1])
        if not value:
            missing.append(match[1])
            return match[0]
        return value

    return _VARIABLE.sub(put, text), missing


def reply_view(row: DbCannedReply, values: Mapping[str, str | None]) -> dict[str, Any]:
    """Return the reply as the console shows it, filled for one conversation."""
    filled, missing = fill(row.text, values)
    return {
        "id": row.id,
        "title": row.title,
        "group": row.group,
        "text": row.text,
        "filled": filled,
        "missing": missing,
    }


def _rank(row: DbCannedReply, wanted: str) -> int | None:
    places = (
        _plain(row.title).find(wanted),
        row.initials.find(wanted),
        row.pinyin.find(wanted),
        _plain(row.text).find(wanted),
    )
    for order, place in enumerate(places):
        if place >= 0:
            return order * 2 + (place > 0)
    return None


def _plain(text: str) -> str:
    return "".join(text.lower().split())
