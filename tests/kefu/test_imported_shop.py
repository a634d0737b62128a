"""From an ERP's table to the assistant's answer: a shop that was never seeded."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from assistant import Chat

from kefu.record_import import Options, import_records
from shop.days import CHINA
from shop.intake.changes import changes
from storage.engine import Database

NUMBER = "231118-4455667788"
PRODUCTS = "商品编码,商品名称,类目,销售价,库存\nA1,保温杯,家居日用,99.00,12\n"


def _table(now: datetime) -> str:
    placed = now.astimezone(CHINA) - timedelta(days=1)
    return (
        "订单编号,订单状态,下单时间,付款时间,实付金额(元),商品编码,数量,单价,收件人,手机,收货地址,客户编号\n"
        f"{NUMBER},待发货,{placed:%Y/%m/%d %H:%M},{placed:%Y/%m/%d %H:%M},99.00,A1,1,99.00,"
        "王芳,199****2643,江苏省南京市鼓楼区望禾路66号,U7\n"
    )


@pytest.fixture
async def imported(
    migrated_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Database]:
    """A shop whose two tables were imported."""
    shutil.copyfile(migrated_sqlite, tmp_path / "kefu.db")
    monkeypatch.setenv("KEFU_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("KEFU_DATABASE_URL", "")
    for name, content in (("p.csv", PRODUCTS), ("o.csv", _table(datetime.now(UTC)))):
        (tmp_path / name).write_bytes(content.encode("gb18030"))
        done = await asyncio.to_thread(import_records, tmp_path / name, Options(as_json=True))
        assert (done.landed.as_record()["added"], done.rejected) == (1, 0)
    database = Database(f"sqlite:///{tmp_path / 'kefu.db'}")
    yield database
    await database.close()


async def test_a_guest_hears_of_her_order_after_the_proof(imported: Database) -> None:
    chat = Chat(imported, datetime.now(UTC), None, "conversation-1")
    assert (await chat.say("我的订单呢", "order_status")).names == ["utter_ask_order_number"]
    assert (await chat.say(NUMBER, "order_status")).names == ["utter_ask_phone_tail"]
    said = await chat.say("2643", "nlu_fallback")
    assert said.names == ["utter_order_paid"]
    assert said.card("order_card")["number"] == NUMBER


async def test_who_is_logged_in_cancels_and_the_shop_learns_of_it(imported: Database) -> None:
    chat = Chat(imported, datetime.now(UTC), "U7", "conversation-1")
    assert (await chat.say("我的订单呢", "order_status")).names == ["utter_order_paid"]
    assert (await chat.say("不想要了，取消订单", "cancel_order")).names == ["utter_cancel_at_once"]
    assert (await chat.say("好的", "affirm")).names == ["utter_cancelled_paid"]
    async with imported.read() as session:
        told = [change async for change in changes(session)]
    assert told == [
        {"kind": "order", "number": NUMBER, "status": "cancelled", "cancel_reason": "buyer"}
    ]
