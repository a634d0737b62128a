"""The cards that the widget shows beside an answer."""

from typing import Any

from actions.wording import COUPON_FROM, REFUND_STEPS, RETURN_VERDICTS, yuan
from shop.days import CHINA
from shop.orders import title_of
from shop.refunds import RefundState
from shop.returns import Verdict
from shop.shipping import ParcelState
from shop.tables import DbCoupon, DbOrder, DbProduct
from shop.wording import ORDER_STATES, PARCEL_STATES

PICTURES = "/assets/shared/products/"


def order_card(order: DbOrder) -> dict[str, Any]:
    """Return the order as the widget's card."""
    picture = order.items[0].product.picture if order.items else None
    return {
        "number": order.number,
        "title": title_of(order),
        "image": f"{PICTURES}{picture}" if picture else None,
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
        "state_text": PARCEL_STATES.get(parcel.status, parcel.status),
        "latest": lines[0] if lines else None,
        "events": lines,
    }


def refund_card(state: RefundState) -> dict[str, Any]:
    """Return a refund as the widget's card."""
    return {
        "number": state.order.number,
        "amount_fen": state.request.amount_fen,
        "state": str(state.step),
        "state_text": REFUND_STEPS[state.step],
        "due_at": state.due.isoformat() if state.due else None,
    }


def return_card(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict on a return as the widget's card, with the articles it rests on."""
    return {
        "verdict": str(verdict.right),
        "verdict_text": RETURN_VERDICTS[verdict.right],
        "text": verdict.why,
        "basis": list(verdict.basis),
        "deadline_at": verdict.last_day.isoformat() if verdict.last_day else None,
    }


def coupon_card(coupon: DbCoupon) -> dict[str, Any]:
    """Return a coupon as the widget's card."""
    return {
        "title": coupon.title,
        "amount_fen": coupon.amount_fen,
        "condition": COUPON_FROM.format(yuan=yuan(coupon.threshold_fen)),
        "valid_until": coupon.expires_at.astimezone(CHINA).date().isoformat(),
    }


def product_card(product: DbProduct) -> dict[str, Any]:
    """Return a product as the widget's card."""
    return {
        "title": product.name,
        "image": f"{PICTURES}{product.picture}" if product.picture else None,
        "price_fen": product.price_fen,
    }
