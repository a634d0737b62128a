"""What a customer tells about a return that is open: the goods are sent, or it is off again."""

from actions.known_orders import focus_of, known_orders
from actions.offers import accepts, offer
from actions.returns import start_return
from actions.turn import Turn
from actions.wording import yuan
from shop.after_sales import Kind, Status, after_sales_of, find_after_sale, send_back, withdraw
from shop.orders import find_order
from shop.returns.reading import read_kind, says_instead, says_sent_back, says_withdrawn
from shop.tables import DbAfterSale, DbOrder

MAY_BE_SENT = (Status.APPROVED,)
MAY_BE_WITHDRAWN = (Status.REQUESTED, Status.APPROVED)


async def tells_of_return(turn: Turn) -> bool:
    """Note a waybill, or offer to withdraw; False if the line tells nothing of an open return."""
    if turn.open_form or not turn.text:
        return False
    if says_sent_back(turn.text):
        return await _note_waybill(turn)
    if says_withdrawn(turn.text):
        return await _offer_to_withdraw(turn)
    return says_instead(turn.text) and await _offer_to_switch(turn)


async def _note_waybill(turn: Turn) -> bool:
    waybill = next(iter([*turn.entities("tracking_number"), *turn.order_numbers]), None)
    is_order = waybill is not None and await find_order(turn.session, waybill) is not None
    found = await _open_one(turn, MAY_BE_SENT)
    if found is None or is_order:
        return False
    order, request = found
    turn.remember(order_in_focus=order.number, last_topic="refund_status")
    if waybill is None:
        turn.say("utter_ask_waybill", number=request.number)
        return True
    await send_back(turn.session, request, waybill=waybill, now=turn.now)
    kind = "_exchange" if request.kind == Kind.EXCHANGE else ""
    turn.say(
        f"utter_sent_back{kind}",
        number=request.number,
        waybill=waybill,
        amount=yuan(request.amount_fen),
    )
    return True


async def _offer_to_withdraw(turn: Turn) -> bool:
    found = await _open_one(turn, MAY_BE_WITHDRAWN)
    if found is None:
        return False
    order, request = found
    kind = read_kind(turn.text) if "不" in turn.text else None
    then = kind if kind != request.kind else None
    _offer(turn, order, request, then)
    return True


async def _offer_to_switch(turn: Turn) -> bool:
    """Offer to withdraw the exchange spoken of for the return that is wanted instead, or back."""
    found, wanted = await _open_one(turn, tuple(Status)), read_kind(turn.text)
    spoken_of = await focus_of(turn)
    if found is None or spoken_of is None or wanted in (None, found[1].kind):
        return False
    order, request = found
    if order.id != spoken_of.id:
        return False
    if request.status in MAY_BE_WITHDRAWN:
        _offer(turn, order, request, wanted)
    else:
        turn.say("utter_withdraw_too_late")
    return True


def _offer(turn: Turn, order: DbOrder, request: DbAfterSale, then: str | None) -> None:
    turn.say(f"utter_withdraw_{request.kind}", number=request.number)
    offer(turn, "withdraw", order, request=request.number, then=then)
    turn.remember(order_in_focus=order.number)


@accepts("withdraw")
async def withdraw_request(turn: Turn, order: DbOrder) -> None:
    """Withdraw the request that was offered, and take up what is wanted instead."""
    offered = turn.slot("offer") or {}
    request = await find_after_sale(turn.session, str(offered.get("request", "")))
    if request is None or request.status not in MAY_BE_WITHDRAWN:
        turn.say("utter_withdraw_too_late")
        return
    await withdraw(turn.session, request, order, now=turn.now)
    turn.say("utter_withdrawn", number=request.number)
    if offered.get("then"):
        start_return(turn, order, Kind(str(offered["then"])))


async def _open_one(turn: Turn, statuses: tuple[Status, ...]) -> tuple[DbOrder, DbAfterSale] | None:
    """Return the newest return or exchange in one of these states, that of the focus first."""
    orders, focus = await known_orders(turn), await focus_of(turn)
    by_id = {order.id: order for order in orders}
    requests = [
        request
        for request in await after_sales_of(turn.session, orders, open_only=True)
        if request.status in statuses and request.kind in (Kind.RETURN, Kind.EXCHANGE)
    ]
    about_focus = [r for r in requests if focus is not None and r.order_id == focus.id]
    chosen = next(iter(about_focus or requests), None)
    return (by_id[chosen.order_id], chosen) if chosen else None
