"""The proof that a guest may hear about an order: its number and the phone's last four digits."""

from actions.forms import ShopForm, was_left
from actions.handing_over import hand_over
from actions.topics import TOPICS, answer_topic, answer_waiting
from actions.turn import ShopAction, Turn
from shop.identity import PHONE_TAIL_DIGITS, TooManyTriesError, prove_order
from shop.order_numbers import canonical, find_loose_tail, lacks_order_number
from shop.receivers import find_phone


class ValidateOrderProofForm(ShopForm):
    """Takes the order number and the phone's last digits in whatever form they come."""

    form = "order_proof_form"
    takes_data = True

    async def hear(self, turn: Turn, asked: str) -> bool:
        """Take a number and a tail; both may come in one message."""
        if asked == "order_number" and lacks_order_number(turn.text):
            turn.say("utter_no_order_number")
            turn.remember(form_left=True)
            return True
        phone = find_phone(turn.text)
        if asked == "order_number" and phone is not None and not turn.order_numbers:
            turn.say("utter_phone_taken")
            turn.remember(phone_tail=phone[-PHONE_TAIL_DIGITS:])
            return True
        number = next(iter(turn.order_numbers), None)
        tail = find_loose_tail(turn.text, number) if number else _tail(turn.text)
        if number is None and asked == "order_number":
            number, tail = canonical(turn.text) or None, None
        if number is not None:
            turn.remember(order_number=number)
        if tail is not None and (asked == "phone_tail" or number is not None):
            turn.remember(phone_tail=tail)
        return number is not None or (tail is not None and asked == "phone_tail")

    async def next_slot(self, turn: Turn) -> str | None:
        """Ask for what is missing of the two."""
        if turn.slot("form_left"):
            return None
        for slot in ("order_number", "phone_tail"):
            if not turn.slot(slot):
                return slot
        return None


class ActionAfterProof(ShopAction):
    """Checks the proof a guest gave, and answers what they had asked before."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_after_proof"

    async def act(self, turn: Turn) -> None:
        """Answer the pending topic if the proof holds; a wrong one gets one fixed answer."""
        if not await was_left(turn):
            await check_proof(turn)


async def check_proof(turn: Turn) -> None:
    """Try the number and the tail that were given, and answer what was asked before."""
    number, tail = str(turn.slot("order_number")), str(turn.slot("phone_tail"))
    turn.remember(order_number=None, phone_tail=None)
    try:
        order = await prove_order(
            turn.session,
            number=number,
            phone_tail=tail,
            conversation_id=turn.conversation_id,
            now=turn.now,
        )
    except TooManyTriesError:
        await hand_over(turn, "repeated_failure", saying="utter_proof_too_many")
        return
    if order is None:
        turn.say("utter_proof_failed")
        turn.remember(order_number=number)  # a tail alone tries this number again
        return
    proved = [*(turn.slot("proved_orders") or []), order.number]
    turn.remember(proved_orders=proved, order_in_focus=order.number)
    topic = TOPICS[str(turn.slot("pending_topic") or "order_status")]
    turn.wish = turn.slot("pending_wish")
    await answer_topic(turn, topic)
    await answer_waiting(turn)


def _tail(text: str) -> str | None:
    digits = "".join(character for character in text if character.isdecimal())
    return digits[-PHONE_TAIL_DIGITS:] if len(digits) >= PHONE_TAIL_DIGITS else None
