"""Gives a customer to a person, with everything that is known, so that nothing is asked twice."""

from typing import Any

from actions.turn import Turn
from actions.wording import FACT_LABELS, MOODS, PHOTOS, tried_text
from shop.orders import find_order, title_of
from shop.wording import ORDER_STATES

SAYING = {
    "complaint": "utter_handing_over_complaint",
    "legal_threat": "utter_handing_over_complaint",
    "safety": "utter_handing_over_safety",
    "repeated_failure": "utter_handing_over_failure",
    "policy_exception": "utter_handing_over_exception",
    "high_value": "utter_handing_over_exception",
}
MOST_TRIED = 6


async def hand_over(turn: Turn, reason: str, *, saying: str | None = None) -> None:
    """Say so and signal the desk; whatever form or offer was open is closed."""
    turn.say(saying or SAYING.get(reason, "utter_handing_over"))
    turn.hand_over(reason, await _card(turn, reason))
    turn.close_form()
    turn.remember(
        misunderstood=0.0, offer=None, pending_topic=None, pending_wish=None, offered_orders=None
    )
    turn.remember(waiting_topic=None, order_number=None)


def note_tried(turn: Turn, topic: str) -> None:
    """Keep in mind that the bot answered this, for the card of a later handoff."""
    tried = [*(turn.slot("tried") or []), topic]
    turn.remember(tried=list(dict.fromkeys(tried))[-MOST_TRIED:])


async def _card(turn: Turn, reason: str) -> dict[str, Any]:
    asks_only = turn.intent == "ask_human"
    wish = turn.slot("last_question") if asks_only else turn.text
    card: dict[str, Any] = {
        "wish": wish or turn.text,
        "mood": MOODS.get(reason, MOODS["calm"]),
        "tried": [tried_text(topic) for topic in turn.slot("tried") or []],
        "facts": [],
    }
    number = turn.slot("order_in_focus")
    order = await find_order(turn.session, str(number)) if number else None
    if order is not None:
        card["order"] = order.number
        card["order_number"] = order.number
        card["facts"] += [
            _fact("order", f"{title_of(order)}（{ORDER_STATES[order.status]}）"),
        ]
    if turn.slot("verdict"):
        card["verdict"] = turn.slot("verdict")
    promised = turn.slot("promised") or []
    card["promised"] = promised
    card["facts"] += [_fact("promised", each) for each in promised]
    photos = turn.slot("photos") or []
    if photos:
        card["photos"] = photos
        card["facts"].append(_fact("photo", PHOTOS.format(count=len(photos))))
    card["facts"].append(_fact("mood", card["mood"]))
    return card


def _fact(label: str, value: str) -> dict[str, str]:
    return {"label": FACT_LABELS[label], "value": value}
