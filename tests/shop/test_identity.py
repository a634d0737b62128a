"""Who a customer is: tickets that only the shop can make, and proofs that cannot be guessed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from shop.identity import (
    TICKET_LIFETIME,
    TRIES,
    TRIES_WINDOW,
    BadTicketError,
    TooManyTriesError,
    prove_order,
    read_ticket,
    sign_ticket,
)
from shop.tables import DbOrder
from storage.engine import Database

SECRET = b"s" * 32


def test_a_ticket_vouches_for_its_customer(now: datetime) -> None:
    ticket = read_ticket(sign_ticket("C0001", SECRET, now=now), SECRET, now=now)
    assert ticket.customer_id == "C0001"


@pytest.mark.parametrize(
    ("age", "holds"),
    [
        (timedelta(), True),
        (TICKET_LIFETIME - timedelta(seconds=1), True),
        (TICKET_LIFETIME, False),
    ],
)
def test_a_ticket_lives_ten_minutes(now: datetime, age: timedelta, holds: bool) -> None:
    ticket = sign_ticket("C0001", SECRET, now=now)
    if holds:
        assert read_ticket(ticket, SECRET, now=now + age)
    else:
        with pytest.raises(BadTicketError, match="expired"):
            read_ticket(ticket, SECRET, now=now + age)


@pytest.mark.parametrize("ticket", ["", ".", "a.b", "你.好", "x" * 5000, "e30.e30"])
def test_a_made_up_ticket_is_refused(now: datetime, ticket: str) -> None:
    with pytest.raises(BadTicketError):
        read_ticket(ticket, SECRET, now=now)


def test_a_changed_ticket_is_refused(now: datetime) -> None:
    body, signature = sign_ticket("C0001", SECRET, now=now).split(".")
    other = sign_ticket("C0002", SECRET, now=now).split(".")[0]
    for forged in (f"{other}.{signature}", f"{body}x.{signature}"):
        with pytest.raises(BadTicketError, match="signature"):
            read_ticket(forged, SECRET, now=now)
    with pytest.raises(BadTicketError, match="signature"):
        read_ticket(f"{body}.{signature}", b"t" * 32, now=now)


async def _an_order(shop: Database) -> DbOrder:
    async with shop.read() as session:
        return (await session.scalars(select(DbOrder).order_by(DbOrder.number).limit(1))).one()


async def _prove(
    shop: Database, number: str, tail: str, *, now: datetime, conversation: str = "v1"
) -> DbOrder | None:
    async with shop.write() as session:
        return await prove_order(
            session, number=number, phone_tail=tail, conversation_id=conversation, now=now
        )


async def test_number_and_tail_prove_an_order(shop: Database, now: datetime) -> None:
    order = await _an_order(shop)
    assert order.receiver_phone is not None
    proved = await _prove(shop, order.number, order.receiver_phone[-4:], now=now)
    assert proved is not None
    assert proved.number == order.number


@pytest.mark.parametrize("tail", ["", "0", "00000", "????"])
async def test_a_wrong_tail_proves_nothing(shop: Database, now: datetime, tail: str) -> None:
    order = await _an_order(shop)
    assert await _prove(shop, order.number, tail, now=now) is None
    assert await _prove(shop, "no-such-order", tail, now=now) is None


async def test_guessing_stops_for_the_conversation_and_for_the_order(
    shop: Database, now: datetime
) -> None:
    order = await _an_order(shop)
    assert order.receiver_phone is not None
    right = order.receiver_phone[-4:]
    for number in range(TRIES):
        await _prove(shop, order.number, "xxxx", now=now, conversation=f"v{number}")
    with pytest.raises(TooManyTriesError):
        await _prove(shop, order.number, right, now=now, conversation="another")
    assert await _prove(shop, order.number, right, now=now + TRIES_WINDOW) is not None


async def test_one_conversation_cannot_try_many_orders(shop: Database, now: datetime) -> None:
    for number in range(TRIES):
        await _prove(shop, f"8640000000000000{number}", "0000", now=now)
    with pytest.raises(TooManyTriesError):
        await _prove(shop, "86400000000000009", "0000", now=now)
