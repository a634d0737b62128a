"""How what is known round a review looks as JSON: order, parcels, customer, platform terms."""

from datetime import datetime
from typing import Any

from review_manager.approval import why_closed
from review_manager.clocks import terms_of
from review_manager.context import ReviewContext
from review_manager.tables import DbReview
from shop.tables import DbOrder
from shop.wording import ORDER_STATES

Json = dict[str, Any]


def order_view(context: ReviewContext, *, now: datetime) -> Json | None:
    """Return the order's facts without name, phone and address."""
    order = context.order
    if order is None:
        return None
    item = context.item
    return {
        "number": order.number,
        "state": order.status,
        "state_text": ORDER_STATES.get(order.status, order.status),
        "placed_at": iso(order.placed_at),
        "shipped_at": iso(order.shipped_at),
        "signed_at": iso(order.signed_at),
        "paid_fen": order.paid_fen,
        "item": None
        if item is None
        else {"option": item.option, "quantity": item.quantity, "paid_fen": item.paid_fen},
        "parcels": parcels_view(order, now=now),
    }


def parcels_view(order: DbOrder, *, now: datetime) -> list[Json]:
    """Return each outbound parcel with its latest event."""
    shown = []
    for parcel in order.parcels:
        past = [event for event in parcel.events if event.at <= now]
        latest = max(past, key=lambda event: event.at, default=None)
        shown.append(
            {
                "carrier": parcel.carrier,
                "direction": parcel.direction,
                "signed_at": iso(parcel.signed_at),
                "latest": latest.text if latest else "",
                "latest_at": iso(latest.at) if latest else None,
            }
        )
    return shown


def customer_view(context: ReviewContext) -> Json | None:
    """Return who the customer is to the shop, not who they are."""
    if context.customer is None:
        return None
    return {
        "nickname": context.customer.nickname,
        "tier": context.tier.name if context.tier else None,
        "tier_text": context.tier.label if context.tier else None,
        "earlier_complaints": context.earlier_complaints,
    }


def terms_view(review: DbReview, *, now: datetime) -> Json:
    """Return what the platform lets a reply be."""
    terms = terms_of(review.platform)
    return {
        "platform": terms.name,
        "max_characters": terms.max_characters,
        "until": iso(terms.last_moment(review.posted_at)),
        "editable": terms.editable,
        "source": terms.source,
        "closed": why_closed(review, now=now),
    }


def iso(at: datetime | None) -> str | None:
    """Return a UTC instant as pages read it."""
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
