"""Column types that keep a value's meaning: aware UTC times, money in fen, JSON."""

from datetime import UTC, datetime

from sqlalchemy import JSON, BigInteger, DateTime, Dialect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

Fen = BigInteger
"""Money: whole fen (1/100 CNY); the currency stands beside it where it is not CNY."""

Json = JSON().with_variant(JSONB(), "postgresql")
"""A JSON document; on PostgreSQL it can be indexed."""


class NaiveDatetimeError(ValueError):
    """A time without a zone cannot be stored; say which zone it is in."""

    def __init__(self, value: datetime) -> None:
        super().__init__(f"{self.__doc__} Got {value!r}.")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime, the same on SQLite and PostgreSQL; refuses naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC (SQLite keeps no zone, so there it is dropped)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveDatetimeError(value)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored instant as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
