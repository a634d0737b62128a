"""The cards that the widget shows beside an answer, and moments as people say them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from shop.orders import title_of
from shop.shipping import ParcelState
from shop.tables import DbOrder
from shop.wording import ORDER_STATES, PARCEL_STATES

CHINA = ZoneInfo("Asia/Shanghai")


def order_card(order: DbOrder) -> dict[str, Any]:
    """Return the order as the widget's card."""
    picture = order.items[0].product.picture if order.items else None
    return {
        "number": order.number,
        "title": title_of(order),
        "image": f"/assets/shared/products/{picture}" if picture else None,
        "state": order.status,
        "state_text": ORDER_STATES[order.status],
        "amount_fen": order.payable_fen,
        "placed_at": order.placed_at.isoformat(),
    }


def parcel_card(state: ParcelState) -> dict[str, Any]:
    """Return the parcel as the widget's card, its newest event first."""
    parcel = state.parcel
    events = sorted(parcel.events, key=lambda event: event.at, reverse=True)
    lines = [
        {"at": event.at.isoformat(), "text": event.text, "place": event.place} for event in events
    ]
    return {
        "carrier": parcel.carrier,
        "number": parcel.waybill,
        "state": parcel.status,
        "state_text": PARCEL_STATES[parcel.status],
        "latest": lines[0] if lines else None,
        "events": lines,
    }


def day_and_time(moment: datetime | None) -> str:
    """Return a moment as a person in China says it, such as 11月23日18:00; nothing for None."""
    if moment is None:
        return ""
    local = moment.astimezone(CHINA)
    return f"{local.month}月{local.day}日{local:%H:%M}"
