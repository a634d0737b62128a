"""The file of rows that could not be taken: line, reason, and the row as it was."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from review_manager.cells import safe_cell

LINE, REASON = "行号", "原因"


class Rejects:
    """Appends to one CSV; the file is only made when there is something to put in."""

    def __init__(self, path: Path, headers: Sequence[str]) -> None:
        self.path = path
        self._headers = tuple(headers)

    def write(self, rows: Sequence[tuple[int, str, Mapping[str, Any]]]) -> None:
        """Add (line, reason, cells) rows."""
        if not rows:
            return
        is_new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8-sig" if is_new else "utf-8", newline="") as file:
            writer = csv.writer(file)
            if is_new:
                writer.writerow([LINE, REASON, *self._headers])
            for line, reason, cells in rows:
                kept = [safe_cell(str(cells.get(name, "") or "")) for name in self._headers]
                writer.writerow([line, reason, *kept])

    def keep_up_to(self, line: int) -> None:
        """Drop what an interrupted run wrote about rows after `line`, which are read again."""
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
        kept = [row for row in rows if row[0] == LINE or int(row[0]) <= line]
        with self.path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(kept)
