"""Small talk: greetings, thanks, a yes or a no to what was offered, and what is out of scope."""

from abc import abstractmethod

from actions.addresses import forget_address
from actions.continuing import UNCLEAR, continue_topic
from actions.handing_over import hand_over
from actions.invoices import forget_invoice
from actions.members import opt_out
from actions.offers import accept_offer, tell_result
from actions.return_facts import forget_return
from actions.returning import tells_of_return
from actions.topics import (
    SMALL_TALK,
    TELLS,
    TOPICS,
    answer_topic,
    answer_waiting,
    introduce,
)
from actions.turn import ShopAction, Turn
from shop.smalltalk import (
    agrees_while_thanking,
    asks_for_person,
    decision,
    declines_messages,
    is_foreign,
    takes_up,
)

PHOTO_ONLY = "[图片]"
"""What the relay writes for a message that is a picture and nothing else."""

OUT_OF_SCOPE = {"account", "platform", "business", "other_service", "chat"}


class SmallTalk(ShopAction):
    """What is said beside the topics; a mood in it goes to a person all the same."""

    async def act(self, turn: Turn) -> None:
        """Hand over what understanding marked, else talk."""
        reason = turn.entity("handoff")
        if reason or (is_foreign(turn.text) and asks_for_person(turn.text)):
            await hand_over(turn, reason or "asked_human")
        elif declines_messages(turn.text):
            await opt_out(turn)
        elif turn.metadata.get("images") and turn.text == PHOTO_ONLY and not turn.open_form:
            turn.say("utter_photo_received")
        elif turn.slot("offer") and turn.intent in UNCLEAR and takes_up(turn.text):
            await SMALL_TALK["action_affirm"](turn)
        elif turn.slot("offer") and turn.intent in UNCLEAR and decision(turn.text) is False:
            await SMALL_TALK["action_deny"](turn)
        elif is_foreign(turn.text) and turn.intent in UNCLEAR and not turn.open_form:
            turn.say("utter_only_chinese")
        elif not (await self._told(turn) or await continue_topic(turn)):
            await self.talk(turn)

    async def _told(self, turn: Turn) -> bool:
        if await tell_result(turn):
            return True
        return not turn.slot("offer") and await tells_of_return(turn)

    @abstractmethod
    async def talk(self, turn: Turn) -> None:
        """Say something."""


class ActionGreet(SmallTalk):
    """Greet."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_greet"

    async def talk(self, turn: Turn) -> None:
        """Greet once as an assistant, afterwards briefly."""
        if turn.open_form:
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
        pending = TOPICS.get(str(turn.slot("pending_topic") or ""))
        if await accept_offer(turn):
            return
        if pending is not None and turn.slot("offered_orders"):
            await answer_topic(turn, pending)
        else:
            turn.say("utter_affirm")


class ActionDeny(SmallTalk):
    """A no: drop what was offered, or leave the form that is open."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_deny"

    async def talk(self, turn: Turn) -> None:
        """Drop it."""
        if turn.open_form:
            turn.say(f"utter_left_{turn.open_form}")
            turn.close_form()
            forget_return(turn)
            forget_address(turn)
            forget_invoice(turn)
        else:
            turn.say("utter_offer_declined" if turn.slot("offer") else "utter_deny")
        turn.remember(offer=None, misunderstood=0.0, pending_topic=None, pending_wish=None)
        await answer_waiting(turn)


TELLS.extend((tell_result, tells_of_return))
SMALL_TALK["action_affirm"] = ActionAffirm().talk
SMALL_TALK["action_deny"] = ActionDeny().talk


class ActionOutOfScope(SmallTalk):
    """Say honestly what no shop bot serves."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_out_of_scope"

    async def talk(self, turn: Turn) -> None:
        """Say so, and whom to ask instead where that is known."""
        introduce(turn)
        turn.say(f"utter_out_of_scope_{turn.wish if turn.wish in OUT_OF_SCOPE else 'other'}")
        turn.remember(misunderstood=0.0)
