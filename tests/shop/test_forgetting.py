"""Forgetting a customer: what tells who she is goes, the figures stay, nothing comes back."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from shop.forgetting import NoSuchCustomerError, StillUnderWayError, forget_customer
from shop.intake.landing import land
from shop.intake.records import read_record
from shop.orders import OrderStatus, recent_orders
from shop.tables import DbAfterSale, DbCustomer, DbInvoice, DbOrder, DbParcelEvent
from shop.wording import FORGOTTEN_CUSTOMER
from storage.audit import DbAuditEvent
from storage.engine import Database

PEOPLE_TABLES = ("customer", '"order"', "parcel", "parcel_event", "after_sale", "source_record")


async def _let_all_be_over(database: Database, customer: str) -> None:
    async with database.write() as session:
        mine = select(DbOrder.id).where(DbOrder.customer_id == customer)
        await session.execute(
            update(DbOrder).where(DbOrder.id.in_(mine)).values(status=str(OrderStatus.COMPLETED))
        )
        await session.execute(
            update(DbAfterSale).where(DbAfterSale.order_id.in_(mine)).values(status="completed")
        )


async def _forget(database: Database, customer: str, now: datetime) -> None:
    async with database.write() as session:
        await forget_customer(session, customer, actor="cli", now=now)


async def test_who_she_is_goes_and_what_she_paid_stays(shop: Database, now: datetime) -> None:
    await _let_all_be_over(shop, "C0001")
    async with shop.read() as session:
        before = await recent_orders(session, "C0001", limit=100)
        paid = [(order.number, order.paid_fen, len(order.items)) for order in before]
        kept = await session.get_one(DbCustomer, "C0001")
        secrets = {kept.name, kept.phone, kept.address, kept.nickname, before[0].receiver_address}
    await _forget(shop, "C0001", now)
    async with shop.read() as session:
        after = await recent_orders(session, "C0001", limit=100)
        assert [(order.number, order.paid_fen, len(order.items)) for order in after] == paid
        for order in after:
            assert (order.receiver, order.receiver_phone, order.receiver_address) == (None,) * 3
            assert all(not parcel.events and not parcel.signed_by for parcel in order.parcels)
        gone = await session.get_one(DbCustomer, "C0001")
        assert (gone.nickname, gone.name, gone.phone, gone.address, gone.phone_index) == (
            FORGOTTEN_CUSTOMER, None, None, None, None,
        )  # fmt: skip
        assert (gone.birthday, gone.city, gone.marketing_consent) == (None, None, False)
        everything = [
            str((await session.execute(text(f"SELECT * FROM {table}"))).all())
            for table in PEOPLE_TABLES
        ]
        entry = await session.scalar(
            select(DbAuditEvent).where(DbAuditEvent.action == "customer.forgotten")
        )
    assert not any(secret and secret in rows for secret in secrets for rows in everything)
    assert entry is not None
    assert (entry.actor, entry.object_id, entry.detail) == (
        "cli", "C0001", {"orders": len(paid)},
    )  # fmt: skip


async def test_other_customers_lose_nothing(shop: Database, now: datetime) -> None:
    await _let_all_be_over(shop, "C0001")

    async def others() -> tuple[Any, ...]:
        async with shop.read() as session:
            query = select(func.count()).select_from(DbParcelEvent)
            people = select(DbCustomer.phone_sealed).where(DbCustomer.id != "C0001")
            orders = select(DbOrder.receiver_sealed).where(DbOrder.customer_id != "C0001")
            return (
                await session.scalar(query),
                (await session.scalars(people.order_by(DbCustomer.id))).all(),
                (await session.scalars(orders.order_by(DbOrder.number))).all(),
            )

    events, people, receivers = await others()
    await _forget(shop, "C0001", now)
    assert (await others())[1:] == (people, receivers)
    assert 0 < (await others())[0] < events


async def test_an_issued_invoice_keeps_its_title_only(shop: Database, now: datetime) -> None:
    async with shop.read() as session:
        issued = (
            await session.scalars(select(DbInvoice).where(DbInvoice.status == "issued").limit(1))
        ).one()
        order = await session.get_one(DbOrder, issued.order_id)
    assert order.customer_id is not None
    await _let_all_be_over(shop, order.customer_id)
    await _forget(shop, order.customer_id, now)
    async with shop.read() as session:
        kept = await session.get_one(DbInvoice, issued.id)
        assert (kept.title, kept.email, kept.amount_fen) == (issued.title, None, issued.amount_fen)


async def test_while_something_is_under_way_she_is_still_needed(
    shop: Database, now: datetime
) -> None:
    async with shop.write() as session:
        with pytest.raises(StillUnderWayError) as caught:
            await forget_customer(session, "C0001", actor="cli", now=now)
        assert caught.value.numbers
    async with shop.read() as session:
        kept = await session.get_one(DbCustomer, "C0001")
        assert (kept.name, kept.forgotten_at) == ("王芳", None)


async def test_nobody_is_told(shop: Database, now: datetime) -> None:
    async with shop.write() as session:
        with pytest.raises(NoSuchCustomerError):
            await forget_customer(session, "C9999", actor="cli", now=now)


async def test_no_import_brings_her_back(database: Database, now: datetime) -> None:
    buyer = {"kind": "customer", "customer_id": "U1", "nickname": "芳芳", "phone": "19900002643"}
    product = {"kind": "product", "sku": "A", "name": "杯", "price_fen": 100, "stock": 1}
    order = {
        "kind": "order", "number": "A1001", "customer_id": "U1", "status": "completed",
        "placed_at": "2026-11-01", "paid_at": "2026-11-01", "paid_fen": 100, "receiver": "王芳",
        "receiver_phone": "19900002643", "remark": "给妈妈的",
        "items": [{"sku": "A", "unit_price_fen": 100}],
    }  # fmt: skip
    parcel = {
        "kind": "parcel", "carrier": "顺丰", "waybill": "SF1", "order_number": "A1001",
        "signed_by": "王芳妈妈", "status": "signed", "signed_at": "2026-11-03",
        "events": [{"at": "2026-11-03", "kind": "signed", "text": "王芳妈妈已签收"}],
    }  # fmt: skip
    records = list(enumerate(read_record(one, now=now) for one in (product, buyer, order, parcel)))
    async with database.write() as session:
        await land(session, records, actor="cli", now=now)
    await _forget(database, "U1", now)
    async with database.write() as session:
        again = await land(session, records, actor="cli", now=now)
    assert [place for place, _ in again.refused] == [1]
    async with database.read() as session:
        (found,) = await recent_orders(session, "U1")
        assert (found.receiver, found.receiver_phone, found.remark) == (None, None, "")
        assert (found.parcels[0].signed_by, list(found.parcels[0].events)) == ("", [])
        assert (found.paid_fen, found.parcels[0].status) == (100, "signed")
