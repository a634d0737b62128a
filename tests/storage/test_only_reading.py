"""Work that reads waits for no writer; work that would write is told before anything is written."""

import asyncio

import pytest
from sqlalchemy import select, update
from writers import another_writes

from shop.tables import DbOrder, DbProduct
from storage.engine import Database
from storage.only_reading import WantsToWriteError, only_reading

WAIT_SECONDS = 30


async def _names(database: Database) -> set[str]:
    async with database.read() as session:
        return set(await session.scalars(select(DbProduct.name)))


async def test_reading_goes_on_while_another_writes(shop: Database) -> None:
    async with another_writes(shop), asyncio.timeout(WAIT_SECONDS), only_reading(shop) as session:
        assert len((await session.scalars(select(DbOrder))).all()) > 10
        await session.flush()


async def test_a_change_is_refused_when_it_would_be_written(shop: Database) -> None:
    before = await _names(shop)
    with pytest.raises(WantsToWriteError):
        async with only_reading(shop) as session:
            product = (await session.scalars(select(DbProduct))).first()
            assert product is not None
            product.name = "改过的名字"
            assert (await session.scalars(select(DbProduct.sku))).all()  # writes nothing by itself
            await session.flush()
    assert await _names(shop) == before


async def test_a_statement_that_changes_rows_is_refused(shop: Database) -> None:
    before = await _names(shop)
    with pytest.raises(WantsToWriteError):
        async with only_reading(shop) as session:
            await session.execute(update(DbProduct).values(name="全都一样"))
    assert await _names(shop) == before


async def test_what_is_new_is_refused_too(shop: Database) -> None:
    async with only_reading(shop) as session:
        known = (await session.scalars(select(DbProduct))).first()
        assert known is not None
        session.add(DbProduct(sku="X-1", name="新的", category=known.category))
        with pytest.raises(WantsToWriteError):
            await session.flush()


def test_a_handler_of_failures_does_not_swallow_it() -> None:
    assert not issubclass(WantsToWriteError, Exception)
