"""Parcels: the trace, one that stands still, one that is said to be delivered."""

from collections.abc import Callable

import pytest
from assistant import Chat
from sqlalchemy import select

from shop.tables import DbServiceRequest
from storage.engine import Database

Talk = Callable[..., Chat]
ZHAO_JING_SIGNED = "869356341982076956"


async def _kinds(database: Database) -> list[str]:
    async with database.read() as session:
        return [row.kind for row in await session.scalars(select(DbServiceRequest))]


async def test_a_stuck_parcel_is_urged_with_a_yes_and_only_once(talk: Talk, shop: Database) -> None:
    chat = talk("C0001")
    said = await chat.say("快递到哪了", "logistics", wish="trace")
    assert said.names == ["utter_parcel_stuck"]
    assert "60 小时" in said.text
    done = await chat.say("好的", "affirm")
    assert done.names == ["utter_requested_urge_carrier"]
    assert "11月23日18:00" in done.text
    assert (await chat.say("再催一下", "logistics", wish="stuck")).names == [
        "utter_requested_already"
    ]
    assert await _kinds(shop) == ["urge_carrier"]


async def test_who_asks_to_urge_is_not_asked_whether(talk: Talk, shop: Database) -> None:
    said = await talk("C0001").say("帮我催一下快递", "logistics", wish="stuck")
    assert said.names == ["utter_requested_urge_carrier"]
    assert await _kinds(shop) == ["urge_carrier"]


async def test_the_question_when_is_answered_about_the_order_spoken_of(talk: Talk) -> None:
    chat = talk("C0001")
    await chat.say("快递到哪了", "logistics")
    await chat.say("好的", "affirm")
    said = await chat.say("那多久到？", "logistics", wish="eta")
    assert said.names == ["utter_parcel_eta_urged"]


async def test_thanks_that_begin_with_a_yes_accept_the_offer(talk: Talk, shop: Database) -> None:
    chat = talk("C0001")
    await chat.say("快递到哪了", "logistics")
    assert (await chat.say("好的，谢谢", "thanks_bye")).names == ["utter_requested_urge_carrier"]
    assert await _kinds(shop) == ["urge_carrier"]


async def test_a_no_urges_nobody(talk: Talk, shop: Database) -> None:
    chat = talk("C0001")
    await chat.say("快递到哪了", "logistics")
    assert (await chat.say("不用了", "deny")).names == ["utter_offer_declined"]
    assert await _kinds(shop) == []


async def test_delivered_but_not_received_is_looked_for(talk: Talk, shop: Database) -> None:
    chat = talk("C0006")
    said = await chat.say(
        "显示签收我没收到", "logistics", wish="not_received", order_number=ZHAO_JING_SIGNED
    )
    assert said.names == ["utter_not_received"]
    assert said.card("parcel_card")["state"] == "signed"
    assert (await chat.say("登记核实", "affirm")).names == ["utter_requested_find_parcel"]
    assert await _kinds(shop) == ["find_parcel"]


async def test_a_parcel_refused_at_the_door_is_said_to_come_back(talk: Talk) -> None:
    said = await talk("C0009").say("到哪了", "logistics", order_number="868335046624486750")
    assert said.names[0] in ("utter_parcel_returned", "utter_parcel_signed")


async def test_a_delivery_is_rescheduled_by_request(talk: Talk, shop: Database) -> None:
    said = await talk("C0001").say("明天上午再送", "logistics", wish="reschedule")
    assert said.names == ["utter_requested_reschedule"]
    assert await _kinds(shop) == ["reschedule"]


@pytest.mark.parametrize("wish", ["carrier", "eta"])
async def test_a_guest_hears_the_terms_of_shipping_without_a_proof(talk: Talk, wish: str) -> None:
    chat = talk()
    said = await chat.say("发什么快递 几天到", "logistics", wish=wish)
    assert said.names == ["utter_shipping_terms"]
    assert "满 59 元包邮" in said.text
    assert (await chat.say("869521132756736669", "order_status")).names == ["utter_ask_phone_tail"]


async def test_an_order_that_was_not_sent_has_no_parcel(talk: Talk) -> None:
    said = await talk("C0010").say("快递到哪了", "logistics")
    assert said.names == ["utter_order_late"]
