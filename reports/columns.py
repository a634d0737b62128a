"""The clocks or chats of some days as columns of numbers, built from rows, and joined.

Words are numbers into a list of words that belongs to the columns; -1 stands for "not known".
"""

from collections.abc import Iterator, Mapping, Sequence
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
_ABOUT = ("platform", "category", "sku")
_KEPT: Mapping[str, Sequence[str]] = {
    CLOCKS: (
        "waited_seconds", "slot", "policy", "clock", "state", "agent_id", *_ABOUT, "aspect",
        "reason",
    ),
    CHATS: ("slot", "rating", "rating_asked", "outcome", "agent_id", *_ABOUT, "reason"),
}  # fmt: skip
IS_CHAT = (DbCase.kind == "conversation", DbCase.revision >= 0)


@dataclass(frozen=True)
class Columns:
    """Columns of equal length: `numbers` as they are, `words` as places in `names`.

    `started`, `due` and `opened` are seconds since 1970. What has ended is known by its day only:
    it started with the day, and its due time is not a number. What was not read is not there.
    """

    rows: int
    numbers: Mapping[str, Array]
    words: Mapping[str, Array]
    names: Mapping[str, Sequence[str]]


def day_query(kind: str, day: int) -> Select[*tuple[Any, ...]]:
    """Return the query for the rows of one day, columns in the order that `build` reads."""
    query = select(*row_columns(kind))
    if kind == CLOCKS:
        return query.where(DbClock.day == day)
    return query.where(DbCase.day == day, *IS_CHAT)


def row_columns(kind: str) -> tuple[Any, ...]:
    """Return the columns that `build` reads, in its order."""
    if kind == CHATS:
        return tuple(getattr(DbCase, name) for name in _KEPT[CHATS])
    waits = DbClock.state == WAITING
    # Reading times is dear: only of what is still running they are asked for.
    times = (case((waits, getattr(DbClock, name))) for name in ("started_at", "due_at"))
    return (*times, *(getattr(DbClock, name) for name in _KEPT[CLOCKS]))


def row_of(kind: str, stored: Mapping[str, Any]) -> list[Any]:
    """Return what `build` reads of a stored row, in a form that can be kept as JSON."""
    if kind == CHATS:
        return [stored[name] for name in _KEPT[CHATS]]
    is_waiting = stored["state"] == WAITING
    times = [stored[name].timestamp() if is_waiting else None for name in ("started_at", "due_at")]
    return [*times, *(stored[name] for name in _KEPT[CLOCKS])]


def build(kind: str, day: int, rows: Sequence[Sequence[Any]]) -> Columns:
    """Turn the rows of `day_query`, or those kept by `row_of`, into columns."""
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
    )


def join(kind: str, parts: Sequence[Columns], words: Sequence[str] | None = None) -> Columns:
    """Put columns one after the other, over one list of words each; `words`: only these.

    What is not known of all of them is left out.
    """
    found = [part for part in parts if part.rows]
    wanted = [
        name
        for name in WORDS[kind]
        if (words is None or name in words) and all(name in part.words for part in found)
    ]
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
        if all(name in part.numbers for part in found)
    }
    return Columns(sum(part.rows for part in found), numbers, joined, names)


def take(columns: Columns, rows: Array) -> Columns:
    """Return only these rows; a mask or places."""
    return Columns(
        int(rows.sum()) if rows.dtype == bool else len(rows),
        {name: array[rows] for name, array in columns.numbers.items()},
        {name: array[rows] for name, array in columns.words.items()},
        columns.names,
    )


class RowNotThereError(LookupError):
    """Columns do not hold a row that was noted as being in them; they are to be built anew."""


def without(columns: Columns, gone: Columns) -> Columns:
    """Take out one row like each of `gone`, as far as the columns are known.

    Which of several like it is all the same: nothing else tells them apart.
    Raises RowNotThereError.
    """
    left = np.ones(columns.rows, dtype=bool)
    for row in range(gone.rows):
        places = np.flatnonzero(left)
        for name, wanted in _values(columns, gone, row):
            column = columns.words[name] if name in columns.words else columns.numbers[name]
            places = places[column[places] == wanted]
        if not len(places):
            raise RowNotThereError
        left[places[0]] = False
    return take(columns, left)


def _values(columns: Columns, gone: Columns, row: int) -> Iterator[tuple[str, Any]]:
    """Yield what a row must have in each column to be like that of `gone`."""
    for name in columns.numbers:
        value = gone.numbers[name][row]
        if not np.isnan(value):  # the state says whether it has one
            yield name, value
    for name in columns.words:
        place, known = gone.words[name][row], columns.names[name]
        word = None if place < 0 else gone.names[name][place]
        yield name, -1 if word is None else known.index(word) if word in known else -2


def _moved(part: Columns, name: str, places: Mapping[str, int]) -> Array:
    known = part.names[name]
    if len(known) == len(places):  # the same words in the same order
        return part.words[name]
    table = np.array([*(places[word] for word in known), -1], dtype=WORD_TYPE)
    return table[part.words[name]]  # -1 reads the last place, which stays -1


def _concatenated(arrays: Sequence[Array], kept: str) -> Array:
    return np.concatenate(arrays) if arrays else np.array([], dtype=kept)


def _stamp(at: datetime | float | None, otherwise: float) -> float:
    if at is None:
        return otherwise
    return at.timestamp() if isinstance(at, datetime) else at
