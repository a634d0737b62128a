"""The demo shop: complete, sealed, relative to today, and written once."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import selectinload

from shop.seed import seed_demo_shop
from shop.tables import DbCustomer, DbOrder, DbOrderItem, DbParcel, DbProduct
from storage.engine import Database


async def _seed(database: Database, now: datetime) -> bool:
    async with database.write() as session:
        return await seed_demo_shop(session, now=now)


async def test_the_demo_shop_is_there_whole_and_once(database: Database, now: datetime) -> None:
    assert await _seed(database, now)
    assert not await _seed(database, now + timedelta(days=1))
    async with database.read() as session:
        for table, least in ((DbCustomer, 60), (DbProduct, 80), (DbOrder, 400), (DbParcel, 300)):
            assert await session.scalar(select(func.count()).select_from(table)) >= least


async def test_no_personal_data_lies_open_in_the_tables(
    sqlite_database: Database, now: datetime
) -> None:
    await _seed(sqlite_database, now)
    async with sqlite_database.read() as session:
        customer = (await session.scalars(select(DbCustomer).where(DbCustomer.id == "C0001"))).one()
        assert customer.name == "王芳"
        raw = (await session.execute(text("SELECT * FROM customer WHERE id = 'C0001'"))).one()
    assert customer.phone is not None
    assert not any(secret in str(raw) for secret in (customer.name, customer.phone))


async def test_times_follow_today(sqlite_database: Database, now: datetime) -> None:
    await _seed(sqlite_database, now)
    async with sqlite_database.read() as session:
        newest = await session.scalar(select(func.max(DbOrder.placed_at)))
        birthdays = (await session.scalars(select(DbCustomer.birthday))).all()
    assert newest is not None
    assert timedelta() <= now - newest < timedelta(days=1)
    assert "11-22" in birthdays


async def test_shares_of_an_order_add_up(sqlite_database: Database, now: datetime) -> None:
    await _seed(sqlite_database, now)
    query = select(DbOrder).where(DbOrder.paid_fen > 0).options(selectinload(DbOrder.items))
    async with sqlite_database.read() as session:
        for order in await session.scalars(query):
            shares: list[DbOrderItem] = order.items
            assert sum(item.paid_fen for item in shares) + order.shipping_fen == order.paid_fen


async def test_an_address_says_a_municipality_once(shop: Database) -> None:
    async with shop.read() as session:
        customers = (await session.scalars(select(DbCustomer))).all()
    addresses = {customer.name: customer.address or "" for customer in customers}
    assert addresses["胡军"].startswith("北京市海淀区")
    assert addresses["王芳"].startswith("江苏省南京市鼓楼区")
