"""What every table shares: the declarative base, constraint names and row ids."""

import os
import time

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every stored class; names of constraints follow one convention."""

    metadata = MetaData(naming_convention=NAMING)


# Dice thrown in advance: the system takes as long for a thousand as for one. A list gives each of
# them to one thread alone, and a forked process throws its own.
_thrown: list[int] = []
os.register_at_fork(after_in_child=_thrown.clear)


def _dice() -> int:
    """Return 74 random bits that nobody else gets."""
    try:
        return _thrown.pop()
    except IndexError:
        thrown = os.urandom(10 * 512)
        each = (thrown[start : start + 10] for start in range(0, len(thrown), 10))
        _thrown.extend(int.from_bytes(ten) >> 6 for ten in each)
        return _thrown.pop()


def new_id() -> str:
    """Return a UUIDv7 (RFC 9562) as 36 characters: sortable by the millisecond of its making."""
    milliseconds = time.time_ns() // 1_000_000
    dice = _dice()
    high = (milliseconds & 0xFFFFFFFFFFFF) << 16 | 0x7 << 12 | dice >> 62
    digits = f"{high << 64 | 0b10 << 62 | dice & (1 << 62) - 1:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
