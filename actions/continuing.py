"""Lines that mean nothing by themselves and go on with what was spoken of: 第二个, 那催一下."""

from actions.order_choice import known_orders
from actions.topics import TOPICS, TopicAction, answer_topic
from actions.turn import Turn
from shop.mentions import is_bare_reference, is_correction, pick_order
from shop.returns.reading import read_condition, read_reason
from shop.smalltalk import asks_to_urge, wants_to_go_on

UNCLEAR = ("nlu_fallback", "out_of_scope")


async def continue_topic(turn: Turn) -> bool:
    """Go on with the conversation where the line does; False if it does not.

    Understanding may take such a line for small talk, or not understand it at all.
    """
    if turn.open_form or not turn.text:
        return False
    found = _urged(turn) or _taken_up(turn) or await _named(turn)
    if found is None:
        return False
    await answer_topic(turn, found)
    return True


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
    answers = aside == "return_request" and (read_reason(turn.text) or read_condition(turn.text))
    return TOPICS.get(aside) if answers or wants_to_go_on(turn.text) else None


async def _named(turn: Turn) -> TopicAction | None:
    """Return the topic whose order, or product, the line names, or corrects."""
    name = str(turn.slot("pending_topic") or turn.slot("last_topic") or "")
    topic = TOPICS.get(name)
    points = is_bare_reference(turn.text) or is_correction(turn.text)
    if topic is None or not (points or turn.slot("pending_topic")):
        return None
    fits = await _names_order(turn) if topic.needs_order else turn.intent in UNCLEAR
    if not fits:
        return None
    turn.wish = turn.wish or turn.slot("pending_wish")
    return topic


async def _names_order(turn: Turn) -> bool:
    if turn.order_numbers or turn.day or is_correction(turn.text):
        return True
    orders = await known_orders(turn)
    by_number = {order.number: order for order in orders}
    shown = [by_number[n] for n in turn.slot("offered_orders") or [] if n in by_number]
    return bool(pick_order(turn.text, shown or orders, day=turn.day))
