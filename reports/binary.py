"""Asks for blobs: of PostgreSQL in binary and in one piece, which SQLite does by itself.

As text PostgreSQL writes each byte as two letters, and each row that comes by itself wakes us up.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession


async def ask(
    session: AsyncSession, query: Executable, asked: Mapping[str, Any]
) -> Iterable[Sequence[Any]]:
    """Return the rows of a query that is kept from one call to the next; `asked`: its values."""
    if session.get_bind().dialect.name != "postgresql":
        return await session.execute(query, asked)
    connection = await (await session.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    text, values = _written(query)
    async with driver.cursor(binary=True) as cursor:
        await cursor.execute(text, {**values, **asked})
        (columns,) = await cursor.fetchall()
    return list(zip(*(column or () for column in columns), strict=True))


@cache
def _written(query: Any) -> tuple[str, Mapping[str, Any]]:
    """Write a query out so that it answers with one row: an array of each column."""
    compiled = query.compile(dialect=postgresql.dialect(paramstyle="pyformat"))  # type: ignore[no-untyped-call]
    names = [f"c{place}" for place in range(len(query.selected_columns))]
    arrays = ", ".join(f"array_agg({name})" for name in names)
    # Only our own queries get here; their values are bound.
    text = f"SELECT {arrays} FROM ({compiled}) AS found({', '.join(names)})"  # noqa: S608
    return text, compiled.params
