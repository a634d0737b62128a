"""Whatever the order and however often: the same records leave the same shop behind."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from shop.intake.landed import Landed
from shop.intake.landing import land
from shop.intake.records import read_record
from storage.engine import Database

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PLACED = NOW - timedelta(days=9)
STEPS = ("unpaid", "paid", "picking", "shipped", "signed", "completed")
TABLES = {
    "product": "sku, name, price_fen, stock",
    "customer": "id, nickname, city, phone_index",
    '"order"': "number, status, paid_fen, paid_at, shipped_at, signed_at, completed_at, remark",
    "order_item": "sku, option, quantity, unit_price_fen, paid_fen",
    "parcel": "carrier, waybill, status, shipped_at, signed_at",
    "parcel_event": "at, kind, text",
    "source_record": "kind, key, fields, updated_at",
}
Record = dict[str, Any]


def _moment(hours: int) -> str:
    return (PLACED + timedelta(hours=hours)).isoformat()


@st.composite
def snapshots(draw: st.DrawFn) -> list[Record]:
    """A small shop's history: what its system said of each record, one time after another."""
    told: list[Record] = [
        {"kind": "product", "sku": f"S{n}", "name": f"商品{n}", "price_fen": 100, "stock": stock,
         "updated_at": _moment(hour)}
        for n in range(2)
        for hour, stock in enumerate(draw(st.lists(st.integers(0, 9), min_size=1, max_size=3)))
    ]  # fmt: skip
    for n in range(draw(st.integers(1, 3))):
        upto = draw(st.integers(1, len(STEPS)))
        quantity = draw(st.integers(1, 3))
        told += [_order(n, step, quantity) for step in range(upto)]
        if upto > 3:
            told += _parcels(n, draw(st.integers(1, 4)), signed=upto > 4)
    told += [
        {"kind": "customer", "customer_id": "U1", "nickname": f"昵称{hour}",
         "registered_at": _moment(0), "updated_at": _moment(hour)}
        for hour in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    return told


def _order(n: int, step: int, quantity: int) -> Record:
    reached = {"paid_at": 1, "shipped_at": 3, "signed_at": 4, "completed_at": 5}
    times = {name: _moment(at * 10) if step >= at else None for name, at in reached.items()}
    return {
        "kind": "order", "number": f"ORDER-{n}", "customer_id": "U1", "status": STEPS[step],
        "placed_at": _moment(0), **times, "paid_fen": 500 * quantity if step else 0,
        "payable_fen": 500 * quantity, "remark": f"第{step}次",
        "items": [{"sku": "S0", "quantity": quantity, "unit_price_fen": 500}],
        "updated_at": _moment(step * 10),
    }  # fmt: skip


def _parcels(n: int, events: int, *, signed: bool) -> list[Record]:
    trace: list[Record] = [
        {"at": _moment(30 + hour), "kind": "transit", "text": f"到达第{hour}站"}
        for hour in range(events)
    ]
    if signed:
        trace.append({"at": _moment(40), "kind": "signed", "text": "已签收"})
    return [
        {"kind": "parcel", "carrier": "中通", "waybill": f"ZT{n}", "order_number": f"ORDER-{n}",
         "events": trace[: upto + 1]}
        for upto in range(len(trace))
    ]  # fmt: skip


async def _land(database: Database, told: list[Record], at_once: int) -> Landed:
    """Land as a file's import does: products of the whole file first, parcels last."""
    landed = Landed()
    records = [read_record(record, now=NOW) for record in told]
    records.sort(key=lambda record: list(type(record.kind)).index(record.kind))
    for start in range(0, len(records), at_once):
        async with database.write() as session:
            batch = list(enumerate(records[start : start + at_once]))
            landed.add(await land(session, batch, actor="test", now=NOW))
    assert landed.refused == []
    return landed


async def _state(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    async with database.read() as session:
        return {
            table: sorted(
                (tuple(row) for row in await session.execute(text(f"SELECT {names} FROM {table}"))),
                key=repr,
            )
            for table, names in TABLES.items()
        }


async def _outcome(path: Path, told: list[Record], shuffled: list[Record], at_once: int) -> None:
    once, again = (Database(f"sqlite:///{path / name}") for name in ("once.db", "again.db"))
    try:
        await _land(once, told, 500)
        await _land(again, shuffled, at_once)
        state = await _state(again)
        assert state == await _state(once)
        assert not (await _land(again, shuffled[::-1], at_once)).wrote
        assert await _state(again) == state
    finally:
        await once.close()
        await again.close()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), at_once=st.sampled_from([1, 3, 500]))
def test_a_shuffled_and_doubled_file_leaves_the_same_shop(
    data: st.DataObject, at_once: int, migrated_sqlite: Path, tmp_path: Path
) -> None:
    told = data.draw(snapshots())
    shuffled = data.draw(st.permutations([*told, *told]))
    for name in ("once.db", "again.db"):
        shutil.copyfile(migrated_sqlite, tmp_path / name)
        for rest in ("-wal", "-shm"):
            (tmp_path / f"{name}{rest}").unlink(missing_ok=True)
    asyncio.run(_outcome(tmp_path, told, shuffled, at_once))
