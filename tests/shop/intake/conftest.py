"""Records as a shop's systems send them, and a hand to land them with."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from shop.intake.landed import Landed
from shop.intake.landing import land
from shop.intake.records import read_record
from storage.engine import Database

Record = dict[str, Any]
Land = Callable[..., Awaitable[Landed]]


@pytest.fixture
def cup() -> Record:
    return {"kind": "product", "sku": "CUP-1", "name": "保温杯", "price_fen": 9900, "stock": 12}


@pytest.fixture
def buyer() -> Record:
    return {
        "kind": "customer", "customer_id": "U-7", "nickname": "芳芳", "name": "王芳",
        "phone": "199 0000 2643", "address": "江苏省南京市鼓楼区望禾路66号", "gender": "female",
        "birthday": "1990-05-20", "registered_at": "2025-03-01", "marketing_consent": True,
    }  # fmt: skip


@pytest.fixture
def order(now: datetime) -> Record:
    """An order that was paid two days ago and is not sent yet."""
    placed = now - timedelta(days=2)
    return {
        "kind": "order", "number": "231118-4455667788", "platform": "pdd", "customer_id": "U-7",
        "nickname": "芳芳", "status": "paid", "placed_at": placed.isoformat(),
        "paid_at": (placed + timedelta(minutes=1)).isoformat(), "shipping_fen": 800,
        "discount_fen": 1000, "payable_fen": 19600, "paid_fen": 19600, "payment_method": "微信支付",
        "receiver": "王芳", "receiver_phone": "19900002643",
        "receiver_address": "望禾路66号5幢302室",
        "items": [{"sku": "CUP-1", "option": "白", "quantity": 2, "unit_price_fen": 9900}],
    }  # fmt: skip


@pytest.fixture
def parcel(now: datetime) -> Record:
    """Its parcel, picked up yesterday."""
    at = now - timedelta(days=1)
    return {
        "kind": "parcel", "carrier": "圆通速递", "waybill": "YT1234567890123",
        "order_number": "231118-4455667788",
        "events": [{"at": at.isoformat(), "kind": "picked_up", "place": "杭州", "text": "已揽收"}],
    }  # fmt: skip


@pytest.fixture
def bring(now: datetime) -> Land:
    """Land records as one batch of somebody called erp; nothing may be refused unless told."""

    async def bring_in(
        database: Database,
        *records: Mapping[str, Any],
        refused: Iterable[int] = (),
        at: datetime = now,
    ) -> Landed:
        read = [(place, read_record(record, now=at)) for place, record in enumerate(records)]
        async with database.write() as session:
            landed = await land(session, read, actor="key:erp", now=at)
        assert [place for place, _ in landed.refused] == list(refused), landed.refused
        return landed

    return bring_in
