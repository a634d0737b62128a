"""Records land once, change what is news, and never lose what happened here."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from shop.cancelling import cancel_order
from shop.identity import is_proved, prove_order
from shop.intake.landed import Outcome
from shop.order_numbers import find_order_numbers
from shop.orders import get_order, recent_orders
from shop.receivers import Part, change_receiver
from shop.tables import DbCustomer, DbOrder, DbOrderItem, DbParcelEvent, DbProduct, DbSourceRecord
from storage.audit import DbAuditEvent
from storage.engine import Database
from storage.sealed import blind_index

NUMBER = "231118-4455667788"
Record = dict[str, Any]


def counts(landed: Any) -> dict[str, int]:
    return {outcome: number for outcome, number in landed.as_record().items() if number}


async def test_everything_lands_once_on_both_databases(
    database: Database, bring: Any, cup: Record, buyer: Record, order: Record, parcel: Record
) -> None:
    everything = (parcel, order, buyer, cup)
    assert counts(await bring(database, *everything)) == {"added": 4}
    assert counts(await bring(database, *everything)) == {"known": 4}
    async with database.read() as session:
        found = await get_order(session, NUMBER)
        assert (found.platform, found.status, found.paid_fen) == ("pdd", "shipped", 19600)
        assert [(line.sku, line.quantity, line.paid_fen) for line in found.items] == [
            ("CUP-1", 2, 18800)
        ]
        assert found.items[0].product.name == "保温杯"
        (sent,) = found.parcels
        assert (sent.carrier, sent.status, [event.text for event in sent.events]) == (
            "圆通", "in_transit", ["已揽收"],
        )  # fmt: skip
        (own,) = await recent_orders(session, "U-7")
        assert own.number == NUMBER


async def test_personal_data_is_sealed_and_found_by_its_index(
    sqlite_database: Database, bring: Any, buyer: Record, cup: Record, order: Record
) -> None:
    await bring(sqlite_database, buyer, cup, order)
    async with sqlite_database.read() as session:
        index = blind_index("phone", "19900002643")
        query = select(DbCustomer).where(DbCustomer.phone_index == index)
        customer = (await session.scalars(query)).one()
        assert (customer.name, customer.phone, customer.birthday) == (
            "王芳", "19900002643", "05-20",
        )  # fmt: skip
        everything = ""
        for table in ("customer", '"order"', "source_record", "audit_event"):
            everything += str((await session.execute(text(f"SELECT * FROM {table}"))).all())
    assert not any(secret in everything for secret in ("王芳", "19900002643", "望禾路"))


@pytest.mark.parametrize(
    "typed", [NUMBER, "2311184455667788", "231118 4455667788", "２３１１１８-4455667788"]
)
async def test_an_order_is_found_however_its_number_is_typed(
    sqlite_database: Database, bring: Any, cup: Record, order: Record, typed: str
) -> None:
    await bring(sqlite_database, cup, order)
    async with sqlite_database.read() as session:
        assert (await get_order(session, typed)).number == NUMBER


async def test_a_guest_proves_an_imported_order_as_she_types_its_number(
    sqlite_database: Database, bring: Any, cup: Record, order: Record, now: datetime
) -> None:
    masked = order | {"receiver_phone": "199****2643"}
    await bring(sqlite_database, cup, masked)
    (typed,) = find_order_numbers(f"我的订单{NUMBER}到哪了")
    async with sqlite_database.write() as session:
        wrong = await prove_order(
            session, number=typed, phone_tail="0000", conversation_id="c", now=now
        )
        proved = await prove_order(
            session, number=typed, phone_tail="2643", conversation_id="c", now=now
        )
        assert wrong is None
        assert proved is not None
        for number in (proved.number, typed):
            assert await is_proved(session, number=number, conversation_id="c", now=now)
        assert not await is_proved(session, number=typed, conversation_id="d", now=now)


async def test_a_parcel_without_a_time_of_dispatch_still_arrives(
    sqlite_database: Database, bring: Any, cup: Record, order: Record, now: datetime
) -> None:
    arrived = {
        "kind": "parcel", "carrier": "顺丰", "waybill": "SF1", "order_number": NUMBER,
        "status": "signed", "signed_at": now.isoformat(),
    }  # fmt: skip
    early = arrived | {"waybill": "SF2", "signed_at": "2026-11-01"}
    await bring(sqlite_database, cup, order, early, arrived, refused=[2])
    async with sqlite_database.read() as session:
        found = await get_order(session, NUMBER)
        assert (found.status, found.signed_at, len(found.parcels)) == ("signed", now, 1)


async def test_a_record_may_say_only_what_changed(
    database: Database, bring: Any, cup: Record, order: Record, now: datetime
) -> None:
    await bring(database, cup, order)
    sent = {"kind": "order", "number": NUMBER, "status": "shipped", "shipped_at": now.isoformat()}
    sold = {"kind": "product", "sku": "CUP-1", "stock": 3}
    assert counts(await bring(database, sent, sold)) == {"changed": 2}
    async with database.read() as session:
        found = await get_order(session, NUMBER)
        assert (found.status, found.shipped_at, found.receiver) == ("shipped", now, "王芳")
        assert found.items[0].product.stock == 3
        assert found.items[0].product.price_fen == 9900


async def test_an_older_snapshot_changes_nothing(
    database: Database, bring: Any, cup: Record, order: Record, now: datetime
) -> None:
    newer = order | {
        "status": "shipped", "shipped_at": now.isoformat(), "updated_at": now.isoformat(),
    }  # fmt: skip
    older = order | {"updated_at": (now - timedelta(hours=1)).isoformat(), "remark": "旧"}
    assert counts(await bring(database, cup, newer, older)) == {"added": 2, "older": 1}
    assert counts(await bring(database, older)) == {"older": 1}
    assert counts(await bring(database, order)) == {"older": 1}  # no time, and a step back
    async with database.read() as session:
        found = await get_order(session, NUMBER)
        assert (found.status, found.remark) == ("shipped", "")


async def test_with_a_time_of_change_the_source_may_take_a_step_back(
    sqlite_database: Database, bring: Any, cup: Record, order: Record, now: datetime
) -> None:
    sent = order | {
        "status": "shipped", "shipped_at": now.isoformat(),
        "updated_at": (now - timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    await bring(sqlite_database, cup, sent)
    mended = order | {"shipped_at": None, "updated_at": now.isoformat()}
    assert counts(await bring(sqlite_database, mended)) == {"changed": 1}
    async with sqlite_database.read() as session:
        found = await get_order(session, NUMBER)
        assert (found.status, found.shipped_at) == ("paid", None)


async def test_the_lines_of_an_order_follow_and_keep_their_order(
    database: Database, bring: Any, cup: Record, order: Record
) -> None:
    bowl = cup | {"sku": "BOWL", "name": "碗"}
    three = [
        {"sku": sku, "option": str(n), "quantity": 1, "unit_price_fen": 5000}
        for n, sku in enumerate(("CUP-1", "BOWL", "CUP-1"))
    ]
    await bring(database, cup, bowl, order | {"items": three})
    async with database.read() as session:
        found = await get_order(session, NUMBER)
        assert [line.option for line in found.items] == ["0", "1", "2"]
        assert sum(line.paid_fen for line in found.items) == 18800
    assert counts(await bring(database, order | {"items": three[::-1][:2]})) == {"changed": 1}
    async with database.read() as session:
        found = await get_order(session, NUMBER)
        assert [(line.option, line.sku) for line in found.items] == [("2", "CUP-1"), ("1", "BOWL")]
        assert await session.scalar(select(func.count()).select_from(DbOrderItem)) == 2


async def test_twice_in_one_batch_is_once(
    database: Database, bring: Any, cup: Record, order: Record, parcel: Record
) -> None:
    bowl = cup | {"sku": "BOWL", "name": "碗"}
    more = [*order["items"], {"sku": "BOWL", "quantity": 1, "unit_price_fen": 100}]
    fewer = order | {"items": order["items"], "remark": "y"}
    landed = await bring(
        database, cup, bowl, cup, order, order | {"items": more, "remark": "x"}, fewer, parcel,
        parcel,
    )  # fmt: skip
    assert counts(landed) == {"added": 4, "changed": 2, "known": 2}
    async with database.read() as session:
        found = await get_order(session, NUMBER)
        assert (len(found.items), found.remark, len(found.parcels)) == (1, "y", 1)


async def test_what_cannot_be_true_is_refused_and_the_rest_lands(
    database: Database, bring: Any, cup: Record, order: Record, parcel: Record, now: datetime
) -> None:
    unknown_sku = order | {"number": "A1001", "items": [{"sku": "NO", "unit_price_fen": 1}]}
    signed_early = order | {
        "number": "A1002", "status": "signed", "shipped_at": now.isoformat(),
        "signed_at": (now - timedelta(hours=3)).isoformat(),
    }  # fmt: skip
    too_much = order | {
        "number": "A1003",
        "items": [{"sku": "CUP-1", "unit_price_fen": 9900, "paid_fen": 19601}],
    }
    respelt = order | {"number": "2311184455667788"}
    lost = parcel | {"order_number": "A9999"}
    half = {"kind": "order", "number": "A1004", "status": "paid"}
    landed = await bring(
        database, cup, order, unknown_sku, signed_early, too_much, respelt, lost, half,
        refused=[2, 3, 4, 5, 6, 7],
    )  # fmt: skip
    assert dict(landed.refused) == {
        2: "商品编码 NO 还没有导入，请先导入商品",
        3: "签收时间早于发货时间",
        4: "各商品实付合计 196.01 元，超过订单的 196.00 元",
        5: "订单号与已有的 231118-4455667788 只是写法不同，请统一写法",
        6: "订单 A9999 还没有导入，请先导入订单",
        7: "第一次导入要有下单时间",
    }
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(DbOrder)) == 1
        assert await session.scalar(select(func.count()).select_from(DbSourceRecord)) == 2


async def test_a_cancellation_here_outlives_a_source_that_does_not_know(
    database: Database, bring: Any, cup: Record, order: Record, now: datetime
) -> None:
    await bring(database, cup, order)
    async with database.write() as session:
        await cancel_order(session, await get_order(session, NUMBER), reason="buyer", now=now)
    assert counts(await bring(database, order)) == {"known": 1}
    landed = await bring(database, order | {"status": "picking"})
    assert landed.notes == [
        (0, f"订单 {NUMBER} 已在客服处取消，来源系统还是“打包中”：保留取消，请在来源系统也取消")
    ]
    async with database.read() as session:
        assert (await get_order(session, NUMBER)).status == "cancelled"
    gone = order | {"status": "shipped", "shipped_at": now.isoformat()}
    (note,) = (await bring(database, gone)).notes
    assert "请拦截或联系客户" in note[1]
    async with database.read() as session:
        found = await get_order(session, NUMBER)
        assert (found.status, found.cancelled_at) == ("shipped", now)
        told = select(DbAuditEvent).where(DbAuditEvent.action == "order.source_disagrees")
        assert [entry.actor for entry in await session.scalars(told)] == ["key:erp", "key:erp"]


async def test_a_new_address_from_the_chat_stays_until_the_source_says_another(
    database: Database, bring: Any, cup: Record, order: Record
) -> None:
    await bring(database, cup, order)
    async with database.write() as session:
        change_receiver(await get_order(session, NUMBER), Part.ADDRESS, "稻田里18号3栋2602")
    assert (await bring(database, order | {"remark": "送贺卡"})).notes == []
    async with database.read() as session:
        found = await get_order(session, NUMBER)
        assert (found.receiver_address, found.remark) == ("稻田里18号3栋2602", "送贺卡")
    moved = order | {"remark": "送贺卡", "receiver_address": "青麦街18号"}
    (note,) = (await bring(database, moved)).notes
    assert "收件地址客户在客服处改过" in note[1]
    async with database.read() as session:
        assert (await get_order(session, NUMBER)).receiver_address == "青麦街18号"


async def test_events_are_appended_never_doubled_even_from_an_older_record(
    database: Database, bring: Any, cup: Record, order: Record, parcel: Record, now: datetime
) -> None:
    first = parcel["events"][0]
    later = {"at": now.isoformat(), "kind": "out_for_delivery", "text": "派送中"}
    earlier = {
        "at": (now - timedelta(hours=30)).isoformat(), "kind": "accepted", "text": "待揽收",
    }  # fmt: skip
    await bring(database, cup, order, parcel | {"updated_at": now.isoformat()})
    by_carrier = {"kind": "parcel", "carrier": "圆通", "waybill": parcel["waybill"]}
    assert counts(await bring(database, by_carrier | {"events": [first, later]})) == {"changed": 1}
    overtaken = parcel | {
        "events": [earlier, first], "updated_at": (now - timedelta(days=1)).isoformat(),
    }  # fmt: skip
    assert counts(await bring(database, overtaken)) == {"changed": 1}
    assert counts(await bring(database, overtaken)) == {"older": 1}
    async with database.read() as session:
        (sent,) = (await get_order(session, NUMBER)).parcels
        assert [event.text for event in sent.events] == ["待揽收", "已揽收", "派送中"]
        assert sent.status == "out_for_delivery"
        assert await session.scalar(select(func.count()).select_from(DbParcelEvent)) == 3


async def test_an_order_follows_its_parcels_until_the_last_is_signed_for(
    database: Database, bring: Any, cup: Record, order: Record, parcel: Record, now: datetime
) -> None:
    second = parcel | {"waybill": "YT2"}
    await bring(database, cup, order, parcel, second)
    delivered = {"kind": "signed", "at": now.isoformat(), "text": "已签收"}
    for waybill, status in ((parcel["waybill"], "shipped"), ("YT2", "signed")):
        one = {"kind": "parcel", "carrier": "YTO", "waybill": waybill, "events": [delivered]}
        await bring(database, one)
        async with database.read() as session:
            assert (await get_order(session, NUMBER)).status == status
    assert counts(await bring(database, order)) == {"known": 1}  # it still says paid
    async with database.read() as session:
        found = await get_order(session, NUMBER)
        assert (found.status, found.signed_at) == ("signed", now)


async def test_a_source_that_lags_behind_a_parcel_is_heard_on_all_else(
    sqlite_database: Database, bring: Any, cup: Record, order: Record, parcel: Record
) -> None:
    await bring(sqlite_database, cup, order, parcel)
    lagging = order | {"status": "picking", "remark": "送贺卡"}
    assert counts(await bring(sqlite_database, lagging)) == {"changed": 1}
    async with sqlite_database.read() as session:
        found = await get_order(session, NUMBER)
        assert (found.status, found.remark) == ("shipped", "送贺卡")


async def test_a_known_parcel_does_not_move_an_order_that_its_source_took_back(
    sqlite_database: Database, bring: Any, cup: Record, order: Record, parcel: Record,
    now: datetime,
) -> None:  # fmt: skip
    await bring(sqlite_database, cup, order, parcel)
    sent = order | {"status": "shipped", "shipped_at": now.isoformat()}
    await bring(sqlite_database, sent | {"updated_at": (now - timedelta(hours=1)).isoformat()})
    back = order | {"shipped_at": None, "updated_at": now.isoformat()}
    await bring(sqlite_database, back)
    assert counts(await bring(sqlite_database, parcel)) == {"known": 1}
    async with sqlite_database.read() as session:
        assert (await get_order(session, NUMBER)).status == "paid"


async def test_a_refused_record_leaves_no_note(
    sqlite_database: Database, bring: Any, cup: Record, order: Record, now: datetime
) -> None:
    await bring(sqlite_database, cup, order)
    async with sqlite_database.write() as session:
        await cancel_order(session, await get_order(session, NUMBER), reason="buyer", now=now)
    wrong = order | {"status": "shipped"}  # without its time
    assert (await bring(sqlite_database, wrong, refused=[0])).notes == []
    async with sqlite_database.read() as session:
        told = select(DbAuditEvent).where(DbAuditEvent.action == "order.source_disagrees")
        assert list(await session.scalars(told)) == []


async def test_one_waybill_may_carry_two_orders(
    database: Database, bring: Any, cup: Record, order: Record, parcel: Record, now: datetime
) -> None:
    other = order | {"number": "A1001"}
    await bring(database, cup, order, other, parcel, parcel | {"order_number": "A1001"})
    signed = {"kind": "signed", "at": now.isoformat(), "text": "已签收"}
    both = {"kind": "parcel", "carrier": "圆通", "waybill": parcel["waybill"], "events": [signed]}
    assert counts(await bring(database, both)) == {"changed": 1}
    async with database.read() as session:
        for number in (NUMBER, "A1001"):
            found = await get_order(session, number)
            assert (found.status, len(found.parcels[0].events)) == ("signed", 2)


async def test_a_buyer_is_known_by_her_orders_before_her_own_record_comes(
    database: Database, bring: Any, cup: Record, order: Record, buyer: Record
) -> None:
    await bring(database, cup, order | {"customer_id": None})
    await bring(database, order)
    async with database.read() as session:
        known = await session.get_one(DbCustomer, "U-7")
        assert (known.nickname, known.name, known.marketing_consent) == ("芳芳", None, False)
        assert [row.number for row in await recent_orders(session, "U-7")] == [NUMBER]
    assert counts(await bring(database, buyer)) == {"changed": 1}
    async with database.read() as session:
        known = await session.get_one(DbCustomer, "U-7")
        assert (known.name, known.registered_at) == (
            "王芳", datetime(2025, 2, 28, 16, tzinfo=UTC),
        )  # fmt: skip


async def test_who_was_forgotten_does_not_come_back_by_an_import(
    database: Database, bring: Any, cup: Record, order: Record, buyer: Record, now: datetime
) -> None:
    await bring(database, cup, buyer)
    async with database.write() as session:
        customer = await session.get_one(DbCustomer, "U-7")
        customer.forgotten_at, customer.name = now, None
    landed = await bring(database, order, buyer | {"city": "南京"}, refused=[1])
    assert landed.refused == [(1, "该客户已要求删除个人信息，不再导入")]
    later = order | {"number": "A1001", "placed_at": (now + timedelta(seconds=1)).isoformat()}
    later |= {"paid_at": later["placed_at"]}
    await bring(database, later)
    async with database.read() as session:
        assert (await get_order(session, NUMBER)).receiver is None
        assert (await get_order(session, "A1001")).receiver == "王芳"


async def test_outcomes_are_counted_by_kind(
    sqlite_database: Database, bring: Any, cup: Record, order: Record
) -> None:
    landed = await bring(sqlite_database, cup, order)
    assert landed.by_kind() == {"product": {"added": 1}, "order": {"added": 1}}
    assert landed.wrote
    assert landed.count(Outcome.KNOWN) == 0
    assert not (await bring(sqlite_database, cup)).wrote
    async with sqlite_database.read() as session:
        assert (await session.get_one(DbProduct, "CUP-1")).category == "other"
