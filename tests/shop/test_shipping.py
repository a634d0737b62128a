"""A parcel is stuck from the 48th hour without an event, and never once it is signed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from shop.orders import NoSuchOrderError, find_order, get_order, recent_orders, title_of
from shop.shipping import parcel_state, parcel_states
from shop.tables import DbCustomer, DbParcel, DbParcelEvent
from storage.engine import Database


def _parcel(now: datetime, silent: timedelta, *, signed: bool = False) -> DbParcel:
    event = DbParcelEvent(at=now - silent, kind="arrived", place="南京市", text="到达【南京】")
    return DbParcel(
        carrier="中通",
        waybill="1",
        shipped_at=now - silent - timedelta(hours=5),
        signed_at=now - silent if signed else None,
        events=[event],
    )


@pytest.mark.parametrize(
    ("silent", "signed", "stuck"),
    [
        (timedelta(hours=47, minutes=59, seconds=59), False, False),
        (timedelta(hours=48), False, True),
        (timedelta(hours=48), True, False),
    ],
)
def test_stuck(now: datetime, silent: timedelta, signed: bool, stuck: bool) -> None:
    assert parcel_state(_parcel(now, silent, signed=signed), now=now).stuck is stuck


def test_events_to_come_do_not_count(now: datetime) -> None:
    parcel = _parcel(now, timedelta(hours=50))
    parcel.events.append(DbParcelEvent(at=now + timedelta(hours=1), text="派送中"))
    state = parcel_state(parcel, now=now)
    assert state.latest is not None
    assert state.latest.text == "到达【南京】"
    assert state.stuck


def test_a_parcel_without_events_is_silent_since_it_was_shipped(now: datetime) -> None:
    parcel = DbParcel(carrier="中通", waybill="1", shipped_at=now - timedelta(hours=60), events=[])
    assert parcel_state(parcel, now=now).stuck


async def test_wang_fang_has_a_stuck_parcel(shop: Database, now: datetime) -> None:
    async with shop.read() as session:
        customer_id = await session.scalar(select(DbCustomer.id).where(DbCustomer.id == "C0001"))
        assert customer_id is not None
        orders = await recent_orders(session, customer_id, limit=20)
    states = [state for order in orders for state in parcel_states(order, now=now)]
    assert any(state.stuck for state in states)
    assert orders == sorted(orders, key=lambda order: order.placed_at, reverse=True)


async def test_orders_are_found_whole_or_not_at_all(shop: Database) -> None:
    async with shop.read() as session:
        number = (await recent_orders(session, "C0001"))[0].number
        order = await get_order(session, number)
        assert title_of(order)
        assert await find_order(session, "nope") is None
        with pytest.raises(NoSuchOrderError, match="nope"):
            await get_order(session, "nope")
