"""Small talk: greetings, thanks, a yes or a no to what was offered, and what is out of scope."""

from abc import abstractmethod

from actions.addresses import forget_address
from actions.handing_over import hand_over
from actions.invoices import forget_invoice
from actions.members import greet_member, opt_out
from actions.offers import accept_offer
from actions.order_choice import known_orders
from actions.return_form import forget_return
from actions.topics import TOPICS, TopicAction, answer_topic, introduce
from actions.turn import ShopAction, Turn
from shop.mentions import is_bare_reference, is_correction, pick_order
from shop.smalltalk import agrees_while_thanking, declines_messages

OUT_OF_SCOPE = {"account", "platform", "business", "other_service", "chat"}


class SmallTalk(ShopAction):
    """What is said beside the topics; a mood in it goes to a person all the same."""

    async def act(self, turn: Turn) -> None:
        """Hand over what understanding marked, else talk."""
        reason = turn.entity("handoff")
        if reason:
            await hand_over(turn, reason)
        elif not await continues_topic(turn):
            await self.talk(turn)

    @abstractmethod
    async def talk(self, turn: Turn) -> None:
        """Say something."""


class ActionGreet(SmallTalk):
    """Greet; on a birthday, with the coupon."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_greet"

    async def talk(self, turn: Turn) -> None:
        """Greet once as an assistant, afterwards briefly."""
        if turn.open_form:
            return
        if await greet_member(turn):
            turn.remember(introduced=True)
            return
        turn.say("utter_greet_again" if turn.slot("introduced") else "utter_greet")
        turn.remember(introduced=True, misunderstood=0.0)


class ActionThanks(SmallTalk):
    """Answer thanks and goodbyes."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_thanks"

    async def talk(self, turn: Turn) -> None:
        """A yes with thanks to an open offer accepts it."""
        if turn.slot("offer") and agrees_while_thanking(turn.text) and await accept_offer(turn):
            return
        turn.remember(offer=None, misunderstood=0.0)
        if not turn.open_form:
            turn.say("utter_thanks_bye")


class ActionAffirm(SmallTalk):
    """A yes: carry out what was offered."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_affirm"

    async def talk(self, turn: Turn) -> None:
        """Accept the offer, if there is one."""
        turn.remember(misunderstood=0.0)
        if not await accept_offer(turn):
            turn.say("utter_affirm")


class ActionDeny(SmallTalk):
    """A no: drop what was offered, or leave the form that is open."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_deny"

    async def talk(self, turn: Turn) -> None:
        """Drop it."""
        if declines_messages(turn.text):
            await opt_out(turn)
        elif turn.open_form:
            turn.say(f"utter_left_{turn.open_form}")
            turn.close_form()
            forget_return(turn)
            forget_address(turn)
            forget_invoice(turn)
        else:
            turn.say("utter_offer_declined" if turn.slot("offer") else "utter_deny")
        turn.remember(offer=None, misunderstood=0.0, pending_topic=None, pending_wish=None)


class ActionOutOfScope(SmallTalk):
    """Say honestly what no shop bot serves."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_out_of_scope"

    async def talk(self, turn: Turn) -> None:
        """Say so, and whom to ask instead where that is known."""
        if declines_messages(turn.text):
            await opt_out(turn)
            return
        introduce(turn)
        turn.say(f"utter_out_of_scope_{turn.wish if turn.wish in OUT_OF_SCOPE else 'other'}")
        turn.remember(misunderstood=0.0)


async def continues_topic(turn: Turn) -> bool:
    """Answer an open question about which order is meant, or a correction of it.

    What understanding takes for small talk may be 第二个 or 不是这个，是昨天那单.
    """
    name = str(turn.slot("pending_topic") or turn.slot("last_topic") or "")
    topic: TopicAction | None = TOPICS.get(name)
    if topic is None or turn.open_form or not turn.text:
        return False
    is_open = turn.slot("pending_topic") == name
    if not (is_open or is_bare_reference(turn.text) or is_correction(turn.text)):
        return False
    if topic.needs_order and not await _names_order(turn):
        return False
    if not topic.needs_order and turn.intent not in ("nlu_fallback", "out_of_scope"):
        return False
    turn.wish = turn.wish or turn.slot("pending_wish")
    await answer_topic(turn, topic)
    return True


async def _names_order(turn: Turn) -> bool:
    if turn.entity("order_number") or turn.day or is_correction(turn.text):
        return True
    orders = await known_orders(turn)
    by_number = {order.number: order for order in orders}
    shown = [by_number[n] for n in turn.slot("offered_orders") or [] if n in by_number]
    return bool(pick_order(turn.text, shown or orders, day=turn.day))
