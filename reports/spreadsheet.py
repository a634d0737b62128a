"""Writes a table as an Excel workbook: figures as numbers, words as words, never a formula."""

import io
import re
from collections.abc import Sequence
from typing import Any

import xlsxwriter

_NUMBER = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d+)?|-?\d+(\.\d+)?")
_SHEET_FORBIDS = re.compile(r"[\[\]:*?/\\']")
LONGEST_SHEET_NAME = 31
WIDEST = 40


def write_xlsx(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return a workbook with one sheet: the head in bold, frozen, and a row for each row."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        sheet = book.add_worksheet(_SHEET_FORBIDS.sub(" ", title)[:LONGEST_SHEET_NAME] or "kefu")
        bold, percent = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
        for column, name in enumerate(head):
            sheet.write_string(0, column, name, bold)
            widest = max([len(name), *(len(row[column]) for row in rows if column < len(row))])
            sheet.set_column(column, column, min(WIDEST, 2 * widest + 2))
        for place, row in enumerate(rows, start=1):
            for column, text in enumerate(row):
                _write(sheet, place, column, text, percent)
        sheet.freeze_panes(1, 0)
    return content.getvalue()


def _write(sheet: Any, place: int, column: int, text: str, percent: object) -> None:
    is_percent = text.endswith("%") and _NUMBER.fullmatch(text[:-1])
    if is_percent:
        sheet.write_number(place, column, float(text[:-1].replace(",", "")) / 100, percent)
    elif _NUMBER.fullmatch(text):
        sheet.write_number(place, column, float(text.replace(",", "")))
    else:
        sheet.write_string(place, column, text)
