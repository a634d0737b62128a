"""The pictures that a customer sent for a request stand on the card, whoever asks for them."""

import json
from datetime import datetime

import pytest
from chat import Clock

from desk.handoff_card import read_card
from desk.office import Office
from desk.opening import AlwaysOpen
from desk.policy import read_desk_policy
from desk.tables import DbConversation
from desk.visitors import arrive
from shop.orders import get_order
from shop.tables import DbAfterSale
from sla.policies import read_policies
from storage.engine import Database

MOP = "413658975265284658"
OLD, NEW = "/chat-images/1?key=a", "/chat-images/2?key=b"


@pytest.fixture
async def office(shop: Database, clock: Clock) -> Office:
    """The desk over the demo shop."""
    return Office(shop, read_desk_policy(), AlwaysOpen(), clocks=read_policies(), clock=clock)


async def _photos(office: Office, handed: dict[str, object]) -> list[str]:
    async with office.write() as pen:
        arrival = await arrive(
            pen, office.policy, token=None, conversation_id=None, customer_id="C0011"
        )
        arrival.conversation.card = json.dumps(handed)
        pen.touch(arrival.conversation)
    async with office.database.read() as session:
        row = await session.get(DbConversation, arrival.conversation.id)
        assert row is not None
        card = await read_card(session, office, row)
    return list(card["card"]["photos"])


async def _request(shop: Database, now: datetime, *, status: str) -> None:
    async with shop.write() as session:
        order = await get_order(session, MOP)
        session.add(
            DbAfterSale(
                number="AS-1",
                order_id=order.id,
                kind="return",
                reason="quality",
                status=status,
                photos=[OLD],
                requested_at=now,
            )
        )


async def test_pictures_of_the_talk_and_of_the_open_request_are_shown_once(
    office: Office, shop: Database, now: datetime
) -> None:
    await _request(shop, now, status="approved")
    assert await _photos(office, {"order_number": MOP, "photos": [NEW, OLD]}) == [NEW, OLD]
    assert await _photos(office, {"order_number": MOP}) == [OLD]


async def test_a_request_that_is_over_shows_its_pictures_no_more(
    office: Office, shop: Database, now: datetime
) -> None:
    await _request(shop, now, status="completed")
    assert await _photos(office, {"order_number": MOP}) == []
