"""What every table shares: the declarative base, constraint names and row ids."""

import secrets
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


def new_id() -> str:
    """Return a UUIDv7 (RFC 9562) as 36 characters: sortable by the millisecond of its making."""
    milliseconds = time.time_ns() // 1_000_000
    dice = secrets.randbits(74)  # one call to the system, for a chat makes thousands of ids
    high = (milliseconds & 0xFFFFFFFFFFFF) << 16 | 0x7 << 12 | dice >> 62
    digits = f"{high << 64 | 0b10 << 62 | dice & (1 << 62) - 1:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
