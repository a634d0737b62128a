"""What happened here is told until the shop's own system says the same."""

from datetime import datetime
from typing import Any

from shop.cancelling import cancel_order
from shop.intake.changes import changes
from shop.orders import get_order
from shop.receivers import Part, change_receiver
from shop.requests import open_request
from shop.service_policy import RequestKind, service_policy
from storage.engine import Database

NUMBER = "231118-4455667788"
Record = dict[str, Any]


async def told(database: Database) -> list[Record]:
    async with database.read() as session:
        return [change async for change in changes(session)]


async def test_nothing_is_told_of_what_only_the_source_said(
    database: Database, bring: Any, cup: Record, order: Record, parcel: Record
) -> None:
    await bring(database, cup, order, parcel)
    assert await told(database) == []


async def test_a_cancellation_and_a_receiver_are_told_until_the_source_follows(
    database: Database, bring: Any, cup: Record, order: Record, now: datetime
) -> None:
    other = order | {"number": "A1001"}
    await bring(database, cup, order, other)
    async with database.write() as session:
        await cancel_order(session, await get_order(session, NUMBER), reason="buyer", now=now)
        change_receiver(await get_order(session, "A1001"), Part.PHONE, "19900001111")
    both = await told(database)  # placed at the same moment, so in either order
    assert sorted(both, key=lambda change: change["number"]) == [
        {"kind": "order", "number": NUMBER, "status": "cancelled", "cancel_reason": "buyer"},
        {"kind": "order", "number": "A1001", "receiver_phone": "19900001111"},
    ]
    followed = order | {"status": "cancelled", "cancelled_at": now.isoformat()}
    await bring(database, followed, other | {"receiver_phone": "19900001111"})
    assert await told(database) == []


async def test_open_requests_are_told_with_their_due_time(
    sqlite_database: Database, bring: Any, cup: Record, order: Record, now: datetime
) -> None:
    await bring(sqlite_database, cup, order)
    async with sqlite_database.write() as session:
        found = await get_order(session, NUMBER)
        asked, _ = await open_request(
            session, found, RequestKind.URGE_SHIPPING, service_policy(), now=now
        )
    (change,) = await told(sqlite_database)
    assert change["order_number"] == NUMBER
    assert (change["kind"], change["number"], change["wish"]) == (
        "request", asked.number, "urge_shipping",
    )  # fmt: skip
    assert change["due_at"] == "2026-11-23T10:00:00+00:00"
