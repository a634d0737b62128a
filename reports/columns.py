"""The clocks or chats of one day as columns of numbers: packing, unpacking, and building from rows.

Words are numbers into a list of words that each pack carries; -1 stands for "not known".
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, select

from reports.tables import DbCase, DbClock

Array = NDArray[Any]
NUMBERS: Mapping[str, Mapping[str, str]] = {
    "clock": {"started": "f8", "due": "f8", "ended": "f8", "waited": "f8", "slot": "i2"},
    "chat": {"opened": "f8", "slot": "i2", "rating": "i1", "asked": "i1"},
}
WORDS: Mapping[str, Sequence[str]] = {
    "clock": ("key", "state", "agent", "platform", "category", "sku", "aspect", "reason"),
    "chat": ("outcome", "agent", "platform", "category", "sku", "reason"),
}
WORD_TYPE = "i2"


@dataclass(frozen=True)
class Columns:
    """Columns of equal length: `numbers` as they are, `words` as places in `names`."""

    rows: int
    numbers: Mapping[str, Array]
    words: Mapping[str, Array]
    names: Mapping[str, Sequence[str]]


def day_query(kind: str, day: int) -> Select[*tuple[Any, ...]]:
    """Return the query for the rows of one day, columns in the order that `build` reads."""
    if kind == "clock":
        return select(
            DbClock.started_at,
            DbClock.due_at,
            DbClock.met_at,
            DbClock.closed_at,
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
        ).where(DbClock.day == day)
    return select(
        DbCase.opened_at,
        DbCase.slot,
        DbCase.rating,
        DbCase.rating_asked,
        DbCase.outcome,
        DbCase.agent_id,
        DbCase.platform,
        DbCase.category,
        DbCase.sku,
        DbCase.reason,
    ).where(DbCase.day == day, DbCase.kind == "conversation", DbCase.revision >= 0)


def build(kind: str, rows: Sequence[Sequence[Any]]) -> Columns:
    """Turn the rows of `day_query` into columns."""
    if kind == "clock":
        numbers = {
            "started": [row[0].timestamp() for row in rows],
            "due": [row[1].timestamp() for row in rows],
            "ended": [_stamp(row[2] or row[3]) for row in rows],
            "waited": [np.nan if row[4] is None else row[4] for row in rows],
            "slot": [row[5] for row in rows],
        }
        words = {"key": [f"{row[6]}/{row[7]}" for row in rows]}
        words |= {name: [row[8 + n] for row in rows] for n, name in enumerate(WORDS[kind][1:])}
    else:
        numbers = {
            "opened": [row[0].timestamp() for row in rows],
            "slot": [row[1] for row in rows],
            "rating": [row[2] or 0 for row in rows],
            "asked": [int(row[3]) for row in rows],
        }
        words = {name: [row[4 + n] for row in rows] for n, name in enumerate(WORDS[kind])}
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


def pack(kind: str, columns: Columns) -> bytes:
    """Write columns as bytes: a line of JSON with the words, then the plain arrays."""
    head = json.dumps({"rows": columns.rows, "names": columns.names}, ensure_ascii=False)
    parts = [head.encode() + b"\n"]
    parts += [columns.numbers[name].tobytes() for name in NUMBERS[kind]]
    parts += [columns.words[name].tobytes() for name in WORDS[kind]]
    return b"".join(parts)


def unpack(kind: str, content: bytes) -> Columns:
    """Read what `pack` wrote, without copying the arrays."""
    end = content.index(b"\n")
    head = json.loads(content[:end])
    rows, place = int(head["rows"]), end + 1
    numbers, words = {}, {}
    for name, kept in NUMBERS[kind].items():
        numbers[name] = np.frombuffer(content, dtype=kept, count=rows, offset=place)
        place += rows * np.dtype(kept).itemsize
    for name in WORDS[kind]:
        words[name] = np.frombuffer(content, dtype=WORD_TYPE, count=rows, offset=place)
        place += rows * np.dtype(WORD_TYPE).itemsize
    return Columns(rows, numbers, words, head["names"])


def join(kind: str, parts: Iterable[Columns]) -> Columns:
    """Put the columns of several days one after the other, over one list of words each."""
    found = [part for part in parts if part.rows]
    if len(found) == 1:
        return found[0]
    names = {
        name: sorted({word for part in found for word in part.names[name]}) for name in WORDS[kind]
    }
    words = {}
    for name in WORDS[kind]:
        places = {word: n for n, word in enumerate(names[name])}
        moved = [_moved(part, name, places) for part in found]
        words[name] = np.concatenate(moved) if moved else np.array([], dtype=WORD_TYPE)
    numbers = {
        name: np.concatenate([part.numbers[name] for part in found])
        if found
        else np.array([], dtype=kept)
        for name, kept in NUMBERS[kind].items()
    }
    return Columns(sum(part.rows for part in found), numbers, words, names)


def _moved(part: Columns, name: str, places: Mapping[str, int]) -> Array:
    table = np.array([*(places[word] for word in part.names[name]), -1], dtype=WORD_TYPE)
    return table[part.words[name]]  # -1 reads the last place, which stays -1


def _stamp(at: datetime | None) -> float:
    return np.nan if at is None else at.timestamp()
