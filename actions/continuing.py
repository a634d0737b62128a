"""Lines that mean nothing by themselves and go on with what was spoken of: 第二个, 那催一下."""

from actions.handing_over import hand_over
from actions.known_orders import names_goods_alone, names_known_order
from actions.returns import say_why
from actions.topics import TOPICS, TopicAction, answer_topic
from actions.turn import Turn
from shop.follow_ups import (
    LONGEST_FOLLOW_UP,
    asks_how_far,
    asks_how_to_send_photo,
    asks_when,
    asks_which_account,
    says_still_fails,
)
from shop.mentions import bare_tail, is_bare_reference, is_correction
from shop.returns.reading import read_condition, read_reason
from shop.smalltalk import asks_to_urge, decision, wants_to_go_on

UNCLEAR = ("nlu_fallback", "out_of_scope")
RETURNS = ("return_request", "exchange_request")
TOLD_WHEN = {
    "order_status": "logistics",
    "logistics": "logistics",
    "refund_status": "refund_status",
    "return_request": "refund_status",
    "exchange_request": "refund_status",
    "cancel_order": "refund_status",
    "invoice": "invoice",
}
"""Which topic says when, and how far it is, after which other one."""


async def continue_topic(turn: Turn) -> bool:
    """Go on with the conversation where the line does; False if it does not.

    Understanding may take such a line for small talk, or not understand it at all.
    """
    if turn.open_form or not turn.text:
        return False
    if say_why(turn) or _told_how_to_send_a_photo(turn) or await _still_fails(turn):
        return True
    found = _urged(turn) or _taken_up(turn) or _reasoned(turn) or await _named(turn)
    found = found or _asked_on(turn)
    if found is None:
        return False
    await answer_topic(turn, found)
    return True


def _told_how_to_send_a_photo(turn: Turn) -> bool:
    asks = asks_how_to_send_photo(turn.text)
    if asks:
        turn.say("utter_how_to_send_photo")
        turn.remember(misunderstood=0.0)
    return asks


async def _still_fails(turn: Turn) -> bool:
    """Keep the promise that a colleague looks at a payment which still fails."""
    fails = turn.slot("last_topic") == "payment_problem" and says_still_fails(turn.text)
    if fails:
        await hand_over(turn, "repeated_failure", saying="utter_handing_over")
    return fails


def _urged(turn: Turn) -> TopicAction | None:
    """Return shipping where somebody is to be hurried about the order spoken of."""
    if not (asks_to_urge(turn.text) and turn.slot("order_in_focus")):
        return None
    turn.wish = "stuck"
    return TOPICS["logistics"]


def _taken_up(turn: Turn) -> TopicAction | None:
    """Return the topic of a form that was set aside, if the line answers it or says to go on."""
    aside = str(turn.slot("set_aside") or "")
    if turn.slot("offer") or turn.slot("pending_topic"):
        return None
    answers = aside in RETURNS and (read_reason(turn.text) or read_condition(turn.text))
    return TOPICS.get(aside) if answers or wants_to_go_on(turn.text) else None


def _reasoned(turn: Turn) -> TopicAction | None:
    """Return the return that is spoken of, if the line says why or in what state the goods are."""
    pending = str(turn.slot("pending_topic") or turn.slot("last_topic") or "")
    says = read_reason(turn.text) or read_condition(turn.text)
    if pending not in RETURNS or not says or decision(turn.text) is False:
        return None
    turn.wish = None
    return TOPICS[pending]


async def _named(turn: Turn) -> TopicAction | None:
    """Return the topic whose order, or product, the line names, or corrects."""
    name = str(turn.slot("pending_topic") or turn.slot("last_topic") or "")
    topic = TOPICS.get(name)
    points = is_bare_reference(turn.text) or is_correction(turn.text)
    points = points or await names_goods_alone(turn)
    if topic is None or not (points or turn.slot("pending_topic")):
        return None
    fits = await _names_order(turn) if topic.needs_order else turn.intent in UNCLEAR
    if not fits:
        return None
    turn.wish = turn.slot("pending_wish" if turn.slot("pending_topic") else "last_wish")
    return topic


async def _names_order(turn: Turn) -> bool:
    if turn.order_numbers or turn.day or is_correction(turn.text):
        return True
    if turn.slot("order_number") and bare_tail(turn.text):
        return True
    return await names_known_order(turn)


def _asked_on(turn: Turn) -> TopicAction | None:
    """Return the topic that tells when or how far, where a short line asks on after an answer."""
    last = str(turn.slot("last_topic") or "")
    asks = asks_when(turn.text) or asks_how_far(turn.text)
    if last == "refund_status":
        asks = asks or asks_which_account(turn.text)
    if last == "return_policy" and (read_reason(turn.text) or read_condition(turn.text)):
        turn.wish = "can_return"
        return TOPICS[last] if len(turn.text) <= LONGEST_FOLLOW_UP else None
    if not asks or len(turn.text) > LONGEST_FOLLOW_UP or last not in TOLD_WHEN:
        return None
    turn.wish = "eta"
    return TOPICS[TOLD_WHEN[last]]
