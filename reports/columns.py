"""The clocks or chats of some days as columns of numbers, built from rows, and joined.

Words are numbers into a list of words that belongs to the columns; -1 stands for "not known".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, case, select

from reports.days import start_of
from reports.measuring import WAITING
from reports.tables import DbCase, DbClock

CLOCKS, CHATS = "clock", "chat"
Array = NDArray[Any]
NUMBERS: Mapping[str, Mapping[str, str]] = {
    CLOCKS: {"started": "f8", "due": "f8", "waited": "f8", "slot": "u1"},
    CHATS: {"opened": "f8", "slot": "u1", "rating": "u1", "asked": "u1"},
}
ABOUT = ("agent", "platform", "category", "sku", "aspect", "reason")
WORDS: Mapping[str, Sequence[str]] = {
    CLOCKS: ("key", "state", *ABOUT),
    CHATS: ("outcome", "agent", "platform", "category", "sku", "reason"),
}
WORD_TYPE = "i4"
ID_TYPE: Mapping[str, str] = {CLOCKS: "S32", CHATS: "S36"}
IS_CHAT = (DbCase.kind == "conversation", DbCase.revision >= 0)


@dataclass(frozen=True)
class Columns:
    """Columns of equal length: `numbers` as they are, `words` as places in `names`.

    `started`, `due` and `opened` are seconds since 1970. What has ended is known by its day only:
    it started with the day, and its due time is not a number. `ids` are those of the stored rows,
    where they were asked for.
    """

    rows: int
    numbers: Mapping[str, Array]
    words: Mapping[str, Array]
    names: Mapping[str, Sequence[str]]
    ids: Array | None = None


def day_query(kind: str, day: int) -> Select[*tuple[Any, ...]]:
    """Return the query for the rows of one day, columns in the order that `build` reads."""
    query = select(*row_columns(kind))
    if kind == CLOCKS:
        return query.where(DbClock.day == day)
    return query.where(DbCase.day == day, *IS_CHAT)


def row_columns(kind: str) -> tuple[Any, ...]:
    """Return the columns that `build` reads, in its order; the row's id is the last."""
    if kind == CLOCKS:
        waits = DbClock.state == WAITING
        return (
            # Reading times is dear: only of what is still running they are asked for.
            case((waits, DbClock.started_at)),
            case((waits, DbClock.due_at)),
            DbClock.waited_seconds,
            DbClock.slot,
            DbClock.policy,
            DbClock.clock,
            DbClock.state,
            DbClock.agent_id,
            DbClock.platform,
            DbClock.category,
            DbClock.sku,
            DbClock.aspect,
            DbClock.reason,
            DbClock.id,
        )
    return (
        DbCase.slot,
        DbCase.rating,
        DbCase.rating_asked,
        DbCase.outcome,
        DbCase.agent_id,
        DbCase.platform,
        DbCase.category,
        DbCase.sku,
        DbCase.reason,
        DbCase.id,
    )


def build(kind: str, day: int, rows: Sequence[Sequence[Any]]) -> Columns:
    """Turn the rows of `day_query` into columns."""
    begin = start_of(day).timestamp()
    if kind == CLOCKS:
        numbers: dict[str, list[Any]] = {
            "started": [_stamp(row[0], begin) for row in rows],
            "due": [_stamp(row[1], np.nan) for row in rows],
            "waited": [np.nan if row[2] is None else row[2] for row in rows],
            "slot": [row[3] for row in rows],
        }
        words = {"key": [f"{row[4]}/{row[5]}" for row in rows]}
        words |= {name: [row[6 + n] for row in rows] for n, name in enumerate(WORDS[kind][1:])}
    else:
        numbers = {
            "opened": [begin] * len(rows),
            "slot": [row[0] for row in rows],
            "rating": [row[1] or 0 for row in rows],
            "asked": [int(row[2]) for row in rows],
        }
        words = {name: [row[3 + n] for row in rows] for n, name in enumerate(WORDS[kind])}
    names = {name: sorted({one for one in column if one}) for name, column in words.items()}
    places = {name: {word: n for n, word in enumerate(known)} for name, known in names.items()}
    return Columns(
        len(rows),
        {name: np.array(column, dtype=NUMBERS[kind][name]) for name, column in numbers.items()},
        {
            name: np.array([places[name].get(one, -1) for one in column], dtype=WORD_TYPE)
            for name, column in words.items()
        },
        names,
        np.array([row[-1] for row in rows], dtype=ID_TYPE[kind]),
    )


def join(kind: str, parts: Sequence[Columns], words: Sequence[str] | None = None) -> Columns:
    """Put columns one after the other, over one list of words each; `words`: only these."""
    found = [part for part in parts if part.rows]
    wanted = WORDS[kind] if words is None else words
    if len(found) == 1:
        return found[0]
    names = {name: sorted({word for part in found for word in part.names[name]}) for name in wanted}
    joined = {}
    for name in wanted:
        places = {word: n for n, word in enumerate(names[name])}
        joined[name] = _concatenated([_moved(part, name, places) for part in found], WORD_TYPE)
    numbers = {
        name: _concatenated([part.numbers[name] for part in found], kept)
        for name, kept in NUMBERS[kind].items()
    }
    ids = [part.ids for part in found if part.ids is not None]
    whole = _concatenated(ids, ID_TYPE[kind]) if len(ids) == len(found) else None
    return Columns(sum(part.rows for part in found), numbers, joined, names, whole)


def take(columns: Columns, rows: Array) -> Columns:
    """Return only these rows; a mask or places."""
    slot = columns.numbers["slot"][rows]
    return Columns(
        len(slot),
        {name: array[rows] for name, array in columns.numbers.items()},
        {name: array[rows] for name, array in columns.words.items()},
        columns.names,
        None if columns.ids is None else columns.ids[rows],
    )


def _moved(part: Columns, name: str, places: Mapping[str, int]) -> Array:
    known = part.names[name]
    if len(known) == len(places):  # the same words in the same order
        return part.words[name]
    table = np.array([*(places[word] for word in known), -1], dtype=WORD_TYPE)
    return table[part.words[name]]  # -1 reads the last place, which stays -1


def _concatenated(arrays: Sequence[Array], kept: str) -> Array:
    return np.concatenate(arrays) if arrays else np.array([], dtype=kept)


def _stamp(at: datetime | None, otherwise: float) -> float:
    return otherwise if at is None else at.timestamp()
