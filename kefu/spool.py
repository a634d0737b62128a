"""Puts rows that belong together next to each other, however long the file is."""

import json
import sqlite3
from collections.abc import Generator, Mapping
from datetime import date, datetime, time
from itertools import groupby
from operator import itemgetter
from types import TracebackType
from typing import Any, Self

_SORTED = """
    SELECT first.line, row.line, row.cells FROM row
    JOIN (SELECT key, MIN(line) AS line FROM row GROUP BY key) AS first USING (key)
    ORDER BY first.line, row.line
"""

Rows = list[tuple[int, dict[str, Any]]]


class Spool:
    """Rows by key in a file of its own that vanishes when closed; `keys` counts the groups."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("")
        self._rows.execute("CREATE TABLE row (key TEXT, line INTEGER, cells TEXT)")
        self.keys = 0
        self._rows.execute("CREATE INDEX by_key ON row (key, line)")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._rows.close()

    def add(self, key: str, line: int, cells: Mapping[str, Any]) -> None:
        """Keep one row."""
        text = json.dumps(dict(cells), default=_plain, ensure_ascii=True)
        self._rows.execute("INSERT INTO row VALUES (?, ?, ?)", (key, line, text))

    def groups(self) -> Generator[Rows]:
        """Yield the rows of one key after another, in the order of their first rows."""
        (self.keys,) = self._rows.execute("SELECT COUNT(DISTINCT key) FROM row").fetchone()
        found = self._rows.execute(_SORTED)
        for _, rows in groupby(found, key=itemgetter(0)):
            yield [(line, json.loads(cells)) for _, line, cells in rows]


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)
