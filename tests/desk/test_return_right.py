"""The card tells the right of return although nobody has asked for it in the talk."""

import json
from datetime import datetime
from typing import Any

import pytest
from chat import Clock

from desk.handoff_card import read_card
from desk.office import Office
from desk.opening import AlwaysOpen
from desk.policy import read_desk_policy
from desk.return_right import standing_right
from desk.tables import DbConversation
from desk.visitors import arrive
from shop.orders import get_order, recent_orders
from sla.policies import read_policies
from storage.engine import Database

KETTLE, SEVERAL = "860525499263923369", "869146755828378577"
UNDER_WAY = "868608972544455782"


async def _right(shop: Database, number: str, now: datetime) -> dict[str, Any] | None:
    async with shop.read() as session:
        return standing_right(await get_order(session, number), now=now)


async def test_goods_received_tell_the_last_day_and_the_law(shop: Database, now: datetime) -> None:
    right = await _right(shop, KETTLE, now)
    assert right is not None
    first, line = right["text"].split("\n")
    assert "按商品完好算" in first
    assert line.startswith("可以无理由退货")
    assert right["right"] == "granted"
    assert "消费者权益保护法 §25" in right["basis"]


async def test_each_item_of_an_order_is_judged_for_itself(shop: Database, now: datetime) -> None:
    right = await _right(shop, SEVERAL, now)
    assert right is not None
    _, *lines = right["text"].split("\n")
    assert any(line.startswith("自发热护膝 一对：可以无理由退货") for line in lines)
    assert any(line.startswith("低糖藜麦鸡胸肉 10袋：您下单时确认过") for line in lines)
    assert len(right["basis"]) == len(set(right["basis"]))
    assert right["right"] == "check"  # neither all nor none of it


async def test_what_has_not_arrived_has_no_days_to_count(shop: Database, now: datetime) -> None:
    assert await _right(shop, UNDER_WAY, now) is None
    assert standing_right(None, now=now) is None


@pytest.mark.parametrize("told", [None, {"text": "质量问题，可以退", "basis": ["§24"]}])
async def test_what_the_bot_judged_in_the_talk_stands_before_it(
    shop: Database, clock: Clock, told: dict[str, Any] | None
) -> None:
    office = Office(shop, read_desk_policy(), AlwaysOpen(), clocks=read_policies(), clock=clock)
    handed = {"order_number": KETTLE, **({"verdict": told} if told else {})}
    async with office.write() as pen:
        arrival = await arrive(
            pen, office.policy, token=None, conversation_id=None, customer_id="C0007"
        )
        arrival.conversation.card = json.dumps(handed)
        pen.touch(arrival.conversation)
    async with shop.read() as session:
        row = await session.get(DbConversation, arrival.conversation.id)
        assert row is not None
        card = (await read_card(session, office, row))["card"]
        (newest,) = await recent_orders(session, "C0007", limit=1)
    if told is None:
        assert newest.number == KETTLE
        assert card["verdict"]["text"].endswith("退119.00元。")
    else:
        assert card["verdict"] == told
