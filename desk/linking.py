"""Joins a conversation to the order that its customer names, and to the customer who proves it."""

import json

from desk.order_actions import NotHerOrderError
from desk.pen import Pen
from desk.people import recognise
from desk.tables import DbConversation
from shop.identity import prove_order
from shop.orders import get_order
from shop.tables import DbOrder


async def link_order(pen: Pen, row: DbConversation, number: str, *, phone_tail: str = "") -> None:
    """Put the order on the conversation's card; with the right `phone_tail` its buyer too.

    Without the tail a guest stays a guest: the order may be seen, its buyer's data may not and
    nothing may be done about it. Raises NoSuchOrderError, NotHerOrderError (of another customer
    than the one who is known here, or a wrong tail), and TooManyTriesError.
    """
    if phone_tail:
        order = await _proved(pen, row, number, phone_tail)
    else:
        order = await get_order(pen.session, number)
    if row.customer_id not in (None, order.customer_id):
        raise NotHerOrderError
    card = json.loads(row.card) if row.card else {}
    row.card = json.dumps({**card, "order_number": order.number}, ensure_ascii=False)
    if phone_tail:
        row.customer_id = order.customer_id
        await recognise(pen.session, row, now=pen.now)
    pen.touch(row)


async def _proved(pen: Pen, row: DbConversation, number: str, phone_tail: str) -> DbOrder:
    order = await prove_order(
        pen.session, number=number, phone_tail=phone_tail, conversation_id=row.id, now=pen.now
    )
    if order is None:
        raise NotHerOrderError
    return order
