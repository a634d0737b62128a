"""Invoices: gathered in any order, shown for a yes, recorded once."""

from collections.abc import Callable

import pytest
from assistant import Chat
from sqlalchemy import select

from shop.orders import find_order
from shop.tables import DbInvoice
from storage.engine import Database

Talk = Callable[..., Chat]
ORDER = "410945896022663805"
TAX = "91330106MA0DEMO01X"


async def _invoices(database: Database) -> list[DbInvoice]:
    async with database.read() as session:
        order = await find_order(session, ORDER)
        assert order is not None
        query = select(DbInvoice).where(DbInvoice.order_id == order.id)
        return list(await session.scalars(query))


async def test_a_company_gives_title_and_tax_number_in_one_line(talk: Talk, shop: Database) -> None:
    chat = talk("C0002")
    first = await chat.say("开发票", "invoice", order_number=ORDER)
    assert first.names == ["utter_ask_invoice_kind"]
    line = f"杭州青禾科技有限公司 {TAX}"
    assert (await chat.say(line, "nlu_fallback")).names == ["utter_ask_invoice_email"]
    shown = await chat.say("c0002@example.com", "nlu_fallback")
    assert shown.names == ["utter_confirm_invoice_company"]
    assert "179 元" in shown.text
    done = await chat.say("对", "affirm")
    assert done.names == ["utter_invoice_taken"]
    (invoice,) = await _invoices(shop)
    assert (invoice.kind, invoice.title, invoice.tax_number, invoice.email) == (
        "company",
        "杭州青禾科技有限公司",
        TAX,
        "c0002@example.com",
    )


async def test_a_person_needs_no_tax_number(talk: Talk, shop: Database) -> None:
    chat = talk("C0002")
    await chat.say("开发票", "invoice", order_number=ORDER)
    assert (await chat.say("个人抬头", "nlu_fallback")).names == ["utter_ask_invoice_title"]
    assert (await chat.say("李强", "nlu_fallback")).names == ["utter_ask_invoice_email"]
    await chat.say("c0002@example.com", "nlu_fallback")
    await chat.say("对", "affirm")
    (invoice,) = await _invoices(shop)
    assert (invoice.kind, invoice.title, invoice.tax_number) == ("personal", "李强", None)
    assert (await chat.say("发票开了吗", "invoice")).names == ["utter_invoice_requested"]


async def test_what_sounds_like_asking_for_a_person_may_be_an_answer(talk: Talk) -> None:
    chat = talk("C0002")
    await chat.say("开发票", "invoice", order_number=ORDER)
    said = await chat.say("个人", "ask_human", handoff="asked_human")
    assert said.handoff is None
    assert said.names == ["utter_ask_invoice_title"]


async def test_an_order_not_paid_gets_none(talk: Talk) -> None:
    said = await talk("C0004").say("开发票", "invoice", order_number="867173664200557244")
    assert said.names == ["utter_invoice_not_paid"]


async def test_an_invoice_already_issued_is_not_issued_again(talk: Talk) -> None:
    chat = talk("C0003")
    said = await chat.say("开发票", "invoice", order_number="863068520050124416")
    assert said.names == ["utter_invoice_issued"]
    change = await chat.say("抬头错了要改", "invoice", wish="change")
    assert change.names == ["utter_requested_change_invoice"]


async def test_a_special_invoice_goes_to_a_person(talk: Talk) -> None:
    said = await talk("C0002").say("要专票", "invoice", wish="vat")
    assert said.handoff is not None
    assert said.names == ["utter_invoice_special"]


async def test_an_invoice_that_was_set_aside_keeps_what_was_said(talk: Talk) -> None:
    chat = talk("C0002")
    await chat.say("开发票", "invoice", order_number=ORDER)
    await chat.say("个人抬头", "nlu_fallback")
    aside = await chat.say("有什么优惠", "promotion_price")
    assert aside.names[-1] == "utter_set_aside_invoice_form"
    assert (await chat.say("继续吧", "affirm")).names == ["utter_ask_invoice_title"]


async def test_a_guest_hears_how_it_goes_and_then_which_order(talk: Talk) -> None:
    chat = talk()
    assert (await chat.say("怎么开发票", "invoice")).names == ["utter_invoice_terms"]
    assert (await chat.say("我要开发票", "invoice")).names == ["utter_ask_order_number"]
    proof = await chat.say(ORDER, "nlu_fallback")
    assert proof.names == ["utter_ask_phone_tail"]


@pytest.mark.parametrize("wish", ["where", "change"])
async def test_a_guest_who_has_an_invoice_is_asked_for_its_order(talk: Talk, wish: str) -> None:
    said = await talk().say("发票", "invoice", wish=wish)
    assert said.names == ["utter_ask_order_number"]
