"""Writing tables for spreadsheets so that no cell of a customer's becomes a formula there."""

from typing import Any

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Any) -> Any:
    """Return a cell with a leading apostrophe where a spreadsheet would run it (CSV injection)."""
    if isinstance(value, str) and value.startswith(_STARTS_FORMULA):
        return f"'{value}"
    return value
