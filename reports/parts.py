"""The columns of one day cut into parts, one for each clock, as the database keeps them ready.

A report reads only the parts that it counts, and of these only what it needs: how many were met,
the waits, or everything. The rows of a part stand by state (met, late, closed unanswered, waiting),
so the state needs no column; words take one, two or four bytes each.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from reports.columns import ABOUT, CHATS, CLOCKS, WORD_TYPE, WORDS, Array, Columns
from reports.days import start_of

STATES = ("met", "late", "closed_unanswered", "waiting")
_STORED = sorted(STATES)
_CHAT_NUMBERS = ("slot", "rating", "asked")
_UNKNOWN = {"u1": 255, "u2": 65535, "i4": -1}
_MS, _MOST_MS = 1000.0, 2**32 - 1
Row = Mapping[str, Any]


class Running(NamedTuple):
    """Start and due time of what is unanswered, in seconds since 1970."""

    started: Array
    due: Array


@dataclass(frozen=True)
class Part:
    """The clocks of one key (`policy/clock`), or the chats, that began on one day of China."""

    kind: str
    day: int
    key: str
    met: int = 0
    late: int = 0
    closed: int = 0
    open: int = 0
    running: bytes = b""
    waits: bytes = b""
    names: Mapping[str, Sequence[str]] | None = None
    columns: bytes = b""

    @property
    def rows(self) -> int:
        """How many rows a part of clocks has."""
        return self.met + self.late + self.closed + self.open

    def read_running(self) -> Running:
        """Return the times of what is unanswered."""
        pairs = np.frombuffer(self.running, dtype="f8").reshape(2, -1)
        return Running(pairs[0], pairs[1])

    def read_waits(self) -> tuple[Array, Array]:
        """Return how long answers took, and how long those waited who never got one."""
        waits = self.all_waits()
        answered = self.met + self.late
        return waits[:answered], waits[answered:]

    def all_waits(self) -> Array:
        """Return the waits of all that ended in seconds; kept as whole milliseconds if they are."""
        ended = self.met + self.late + self.closed
        if len(self.waits) == 4 * ended:
            return np.frombuffer(self.waits, dtype="u4") / _MS
        return np.frombuffer(self.waits, dtype="f8")

    def read_columns(self, words: Sequence[str] | None = None) -> Columns:
        """Return everything that was read of the part; `words`: only these of the words."""
        return _read_chats(self, words) if self.kind == CHATS else _read_clocks(self, words)

    def as_row(self) -> dict[str, Any]:
        """Return the part as a row of sla_day_part."""
        return {**self.__dict__, "names": dict(self.names or {})}


def cut(kind: str, day: int, columns: Columns) -> Iterator[Part]:
    """Cut the columns of one day into parts."""
    if kind == CHATS:
        if columns.rows:
            numbers = [columns.numbers[name].tobytes() for name in _CHAT_NUMBERS]
            names, words = _pack_words(columns, WORDS[CHATS], slice(None))
            yield Part(kind, day, "", names=names, columns=b"".join([*numbers, *words]))
        return
    order = {name: place for place, name in enumerate(STATES)}
    ranks = np.array([order[name] for name in columns.names["state"]] or [0], dtype="i1")
    states = ranks[columns.words["state"]]
    for place, key in enumerate(columns.names["key"]):
        rows = np.nonzero(columns.words["key"] == place)[0]
        rows = rows[np.argsort(states[rows], kind="stable")]
        yield _part(day, key, columns, rows, np.bincount(states[rows], minlength=len(STATES)))


def _part(day: int, key: str, columns: Columns, rows: Array, counts: Array) -> Part:
    numbers = columns.numbers
    met, late, closed, running = (int(count) for count in counts)
    ended = len(rows) - running
    known = "slot" in numbers
    names, words = _pack_words(columns, ABOUT, rows) if known else (None, [])
    return Part(
        CLOCKS, day, key, met, late, closed, running,
        running=numbers["started"][rows[ended:]].tobytes() + numbers["due"][rows[ended:]].tobytes(),
        waits=_pack_waits(numbers["waited"][rows[:ended]]) if "waited" in numbers else b"",
        names=names,
        columns=b"".join([numbers["slot"][rows].tobytes(), *words]) if known else b"",
    )  # fmt: skip


def _pack_waits(waits: Array) -> bytes:
    whole = np.rint(waits * _MS)
    if (whole >= 0).all() and (whole <= _MOST_MS).all() and (whole / _MS == waits).all():
        return whole.astype("u4").tobytes()
    return waits.astype("f8").tobytes()


def _read_clocks(part: Part, words: Sequence[str] | None) -> Columns:
    rows, running = part.rows, part.read_running()
    ended = rows - part.open
    started, due = np.full(rows, start_of(part.day).timestamp()), np.full(rows, np.nan)
    started[ended:], due[ended:] = running
    numbers = {"started": started, "due": due}
    if part.waits or not ended:
        numbers["waited"] = np.full(rows, np.nan)
        numbers["waited"][:ended] = part.all_waits()
    names: dict[str, Sequence[str]] = {}
    read: dict[str, Array] = {}
    if part.columns:
        numbers["slot"] = np.frombuffer(part.columns, dtype="u1", count=rows)
        wanted = ABOUT if words is None else [one for one in words if one in ABOUT]
        names, read = _read_words(part, ABOUT, wanted, rows, rows)
    counts = (part.met, part.late, part.closed, part.open)
    states = np.repeat(np.array([_STORED.index(one) for one in STATES], dtype=WORD_TYPE), counts)
    return Columns(
        rows,
        numbers,
        {"key": np.zeros(rows, dtype=WORD_TYPE), "state": states, **read},
        {"key": [part.key], "state": _STORED, **names},
    )


def _read_chats(part: Part, words: Sequence[str] | None) -> Columns:
    rows = int((part.names or {})["rows"][0])
    numbers: dict[str, Array] = {"opened": np.full(rows, start_of(part.day).timestamp())}
    for place, name in enumerate(_CHAT_NUMBERS):
        numbers[name] = np.frombuffer(part.columns, dtype="u1", count=rows, offset=place * rows)
    wanted = WORDS[CHATS] if words is None else words
    names, read = _read_words(part, WORDS[CHATS], wanted, rows, len(_CHAT_NUMBERS) * rows)
    return Columns(rows, numbers, read, names)


def _pack_words(
    columns: Columns, words: Iterable[str], rows: Any
) -> tuple[dict[str, list[str]], list[bytes]]:
    """Pack words as places in the list of those that this part has."""
    names: dict[str, list[str]] = {}
    packed: list[bytes] = []
    count = 0
    for name in words:
        places = columns.words[name][rows]
        count = len(places)
        used = np.unique(places[places >= 0])
        names[name] = [columns.names[name][place] for place in used]
        kept = _kept(len(used))
        found = np.where(places < 0, _UNKNOWN[kept], np.searchsorted(used, places))
        packed.append(found.astype(kept).tobytes())
    names["rows"] = [str(count)]
    return names, packed


def _read_words(
    part: Part, stored: Sequence[str], wanted: Sequence[str], rows: int, offset: int
) -> tuple[dict[str, Sequence[str]], dict[str, Array]]:
    names, read = {}, {}
    for name in stored:
        known = (part.names or {})[name]
        kept = _kept(len(known))
        if name in wanted:
            found = np.frombuffer(part.columns, dtype=kept, count=rows, offset=offset)
            places = found.astype(WORD_TYPE)
            unknown = found == np.array(_UNKNOWN[kept]).astype(kept)
            if unknown.any():
                places[unknown] = -1
            names[name], read[name] = known, places
        offset += rows * np.dtype(kept).itemsize
    return names, read


def _kept(words: int) -> str:
    return "u1" if words < 255 else "u2" if words < 65535 else "i4"
