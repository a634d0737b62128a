"""Something that the bot offered and the customer may accept with a plain yes."""

from collections.abc import Awaitable, Callable
from typing import Any

from actions.known_orders import may_hear
from actions.turn import Turn
from actions.wording import day_and_time
from shop.follow_ups import asks_for_result
from shop.orders import find_order
from shop.requests import open_request
from shop.service_policy import RequestKind, service_policy
from shop.tables import DbOrder

Accept = Callable[[Turn, DbOrder], Awaitable[None]]
ACCEPTING: dict[str, Accept] = {}
"""What to do when an offer is accepted, by its name."""


def offer(turn: Turn, name: str, order: DbOrder, **detail: Any) -> None:
    """Keep in mind what was offered about which order."""
    turn.remember(offer={"name": name, "order": order.number, **detail})


def accepts(name: str) -> Callable[[Accept], Accept]:
    """Make a function the one that carries out the offer of this name."""

    def register(function: Accept) -> Accept:
        ACCEPTING[name] = function
        return function

    return register


async def accept_offer(turn: Turn) -> bool:
    """Carry out what was offered last; False if nothing is on offer."""
    offered = turn.slot("offer") or {}
    order = await find_order(turn.session, str(offered.get("order", "")))
    if order is None or not await may_hear(turn, order):
        return False
    turn.remember(order_in_focus=order.number)
    carry_out = ACCEPTING.get(offered["name"])
    if carry_out is not None:
        await carry_out(turn, order)
    else:
        await request(turn, order, RequestKind(offered["name"]))
    turn.remember(offer=None)
    return True


async def tell_result(turn: Turn) -> bool:
    """Say again by when the last request is answered; False if that is not what was asked."""
    promised = [each for each in turn.slot("promised") or [] if " " in each]
    if turn.open_form or not promised or not asks_for_result(turn.text):
        return False
    number, due = promised[-1].split(" ", 1)
    turn.say("utter_promised", number=number, due=due)
    turn.remember(misunderstood=0.0)
    return True


async def request(
    turn: Turn,
    order: DbOrder,
    kind: RequestKind,
    *,
    detail: dict[str, Any] | None = None,
    sku: str | None = None,
    **values: Any,
) -> None:
    """Open a request with the shop and say its number and by when it is answered."""
    opened, is_new = await open_request(
        turn.session, order, kind, service_policy(), now=turn.now, detail=detail, sku=sku
    )
    due = day_and_time(opened.due_at)
    turn.say(
        f"utter_requested_{kind}" if is_new else "utter_requested_already",
        number=opened.number,
        due=due,
        **values,
    )
    promised = [*(turn.slot("promised") or []), f"{opened.number} {due}"]
    turn.remember(promised=list(dict.fromkeys(promised)))
