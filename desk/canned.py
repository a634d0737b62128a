"""Prepared answers: found by words, pinyin or initials, filled with what is known."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pypinyin import Style, lazy_pinyin
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.tables import DbCannedReply
from storage.tables import new_id

VARIABLES = ("客户姓名", "订单号", "快递公司", "快递单号", "客服姓名", "店铺名")
_VARIABLE = re.compile(r"\{\{\s*([^{}]{1,20}?)\s*\}\}")


@dataclass(frozen=True)
class Writer:
    """Who reads or writes prepared answers; `may_share` lets her write those of everybody."""

    id: str
    may_share: bool = False


class NotYourReplyError(PermissionError):
    """This prepared answer is everybody's, and this person may write only her own."""


class UnknownVariableError(ValueError):
    """The text uses a variable that the desk cannot fill."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"{self.__doc__} ({'、'.join(names)})")
        self.names = tuple(names)


async def find_replies(session: AsyncSession, query: str, *, reader: str) -> list[DbCannedReply]:
    """Return the replies that fit, the best first; all of them for an empty query.

    Those of everybody and the reader's own; nobody sees a colleague's.
    """
    readable = or_(DbCannedReply.owner_id.is_(None), DbCannedReply.owner_id == reader)
    rows = (await session.scalars(select(DbCannedReply).where(readable))).all()
    wanted = _plain(query)
    if not wanted:
        return sorted(rows, key=_by_alphabet)
    ranked = [
        (rank, row.owner_id is None, row.title, row)
        for row in rows
        if (rank := _rank(row, wanted)) is not None
    ]
    return [row for *_order, row in sorted(ranked, key=lambda each: each[:3])]


async def find_reply(session: AsyncSession, reply: str, *, reader: str) -> DbCannedReply | None:
    """Return one reply that this person may see, or None."""
    row = await session.get(DbCannedReply, reply)
    return row if row is not None and row.owner_id in (None, reader) else None


def may_write(row: DbCannedReply, writer: Writer) -> bool:
    """Say whether this person may change or remove the reply."""
    return writer.may_share if row.owner_id is None else row.owner_id == writer.id


def write_reply(
    row: DbCannedReply | None,
    *,
    title: str,
    group: str,
    text: str,
    shared: bool,
    by: Writer,
    now: datetime,
) -> DbCannedReply:
    """Return a new or changed reply; raises UnknownVariableError and NotYourReplyError."""
    unknown = [name for name in _VARIABLE.findall(text) if name not in VARIABLES]
    if unknown:
        raise UnknownVariableError(unknown)
    if (shared and not by.may_share) or (row is not None and not may_write(row, by)):
        raise NotYourReplyError
    row = row or DbCannedReply(id=new_id())
    row.owner_id = None if shared else by.id
    row.title, row.group, row.text = title, group, text
    row.pinyin = "".join(lazy_pinyin(title)).lower()
    row.initials = "".join(lazy_pinyin(title, style=Style.FIRST_LETTER)).lower()
    row.updated_by, row.updated_at = by.id, now
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


def reply_view(
    row: DbCannedReply, values: Mapping[str, str | None], reader: Writer
) -> dict[str, Any]:
    """Return the reply as the console shows it, filled for one conversation."""
    filled, missing = fill(row.text, values)
    return {
        "id": row.id,
        "title": row.title,
        "group": row.group,
        "text": row.text,
        "filled": filled,
        "missing": missing,
        "shared": row.owner_id is None,
        "may_change": may_write(row, reader),
    }


def _by_alphabet(row: DbCannedReply) -> tuple[bool, str, str]:
    """One's own first, then as a Chinese reader looks things up: groups and titles by pinyin."""
    return row.owner_id is None, "".join(lazy_pinyin(row.group)).lower(), row.pinyin


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
