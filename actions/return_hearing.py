"""What the answers to the questions of a return or an exchange say; False if they say nothing."""

import re

from actions.return_facts import item_of, reason_of
from actions.turn import Turn
from shop.after_sales import Kind
from shop.mentions import by_name, names_only
from shop.products import asked_choice, in_stock, is_size, is_sold_out
from shop.returns import Reason
from shop.returns.reading import declines_photo, read_condition, read_kind, read_reason
from shop.tables import DbOrder, DbOrderItem

LONGEST_NOTE = 300
NO_PHOTO, PHOTO = "none", "sent"
KIND_OF_INTENT = {"return_request": Kind.RETURN, "exchange_request": Kind.EXCHANGE}


def hear_kind(turn: Turn) -> bool:
    """Take a change of mind between return and exchange: 那换个码行吗, 算了还是退吧."""
    named = read_kind(turn.text)
    wanted = Kind(named) if named else None
    if wanted is None and not (read_reason(turn.text) or read_condition(turn.text)):
        wanted = KIND_OF_INTENT.get(turn.intent)
    if wanted is None or wanted == turn.slot("return_kind") or not turn.text:
        return False
    turn.remember(
        return_kind=str(wanted),
        return_wanted=None,
        return_confirmed=None,
        last_topic="exchange_request" if wanted is Kind.EXCHANGE else "return_request",
    )
    return True


def names_the_item(turn: Turn, order: DbOrder) -> bool:
    """Say whether the message only names the item that the return is about already."""
    item = item_of(turn, order)
    if item is None or not names_only(turn.text) or read_reason(turn.text):
        return False
    return bool(by_name(turn.text, [(item, [f"{item.product.name}{item.option}"])]))


def hear_reason(turn: Turn) -> bool:
    """Take the reason, with the state of the goods where the same line tells it."""
    reason = read_reason(turn.text)
    if reason is not None:
        turn.remember(return_reason=str(reason), return_note=turn.text[:LONGEST_NOTE])
        hear_condition(turn)
    return reason is not None


def hear_condition(turn: Turn) -> bool:
    """Take the state of the goods."""
    condition = read_condition(turn.text)
    if condition is not None:
        turn.remember(return_condition=str(condition))
    return condition is not None


def hear_photo(turn: Turn) -> bool:
    """Go on without a photo where there is none."""
    if turn.intent in ("deny", "affirm") or declines_photo(turn.text):
        turn.remember(return_photo=NO_PHOTO)
        return True
    return False


def hear_wanted(turn: Turn, item: DbOrderItem | None) -> bool:
    """Take what is wanted instead if there is one in stock; say so if there is not."""
    asked = asked_choice(item.product, turn.text) if item else None
    is_asked = turn.slot("requested_slot") == "return_wanted"
    if item is None or (asked is None and not is_asked):
        return False
    if asked is not None and (not asked[1] or is_sold_out(item.product, asked[0])):
        turn.say("utter_wanted_not_there", wanted=asked[0], options=in_stock(item.product))
        return True
    same = turn.intent in ("affirm", "exchange_request") and turn.text
    wanted = asked[0] if asked else (item.option if same else None)
    if wanted is None:
        return False
    gone = next(
        (p for p in re.split(r"[\s/，,;；]+", wanted) if is_sold_out(item.product, p)), None
    )
    if gone is not None:
        turn.say("utter_wanted_not_there", wanted=gone, options=in_stock(item.product))
        return True
    turn.remember(return_wanted=wanted)
    if not turn.slot("return_reason") and is_size(item.product, wanted):
        turn.remember(return_reason=str(Reason.SIZE))
    return True


def hear_confirmation(turn: Turn) -> bool:
    """Take the yes, or another reason, which is judged anew."""
    if turn.intent == "affirm":
        turn.remember(return_confirmed=True)
        return True
    reason = read_reason(turn.text)
    if reason is not None and reason != reason_of(turn) and turn.intent != "deny":
        turn.remember(return_reason=str(reason), return_photo=None)
        return True
    return False
