"""Writing facts to stored rows: only what differs, whatever is sealed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from storage.tables import Base


def write_facts(row: Base, facts: Mapping[str, Any]) -> bool:
    """Write those facts that the row does not hold yet; return whether there were any."""
    changed = False
    for name, value in facts.items():
        plain = str(value) if isinstance(value, StrEnum) else value
        if getattr(row, name) != plain:
            setattr(row, name, plain)
            changed = True
    return changed
