"""Changing address, phone or receiver of an order that is not sent yet; afterwards by request."""

from collections.abc import Mapping

from actions.forms import ShopForm, was_left
from actions.known_orders import may_hear
from actions.offers import request
from actions.order_choice import choose_order
from actions.topics import SHORT, TopicAction, answer_waiting
from actions.turn import ShopAction, Turn
from actions.wording import PARTS
from shop.orders import find_order
from shop.receivers import (
    Changeability,
    Part,
    change_receiver,
    changeability,
    masked,
    read_part,
    says_recipient,
)
from shop.service_policy import RequestKind
from shop.tables import DbOrder

KINDS = {
    Changeability.BY_REQUEST: RequestKind.CHANGE_ADDRESS,
    Changeability.ON_THE_WAY: RequestKind.REDIRECT,
}


class ActionChangeAddress(TopicAction):
    """Take up a change of the receiver."""

    topic = "change_address"

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_change_address"

    async def answer(self, turn: Turn) -> None:
        """Start the form, or say that it is too late."""
        order = await choose_order(turn, self.topic, suits=_may_change)
        if order is None:
            return
        if not _may_change(order):
            turn.say("utter_address_too_late")
            return
        part = Part(turn.wish) if turn.wish in list(Part) else Part.ADDRESS
        turn.remember(
            address_order=order.number,
            address_part=str(part),
            address_new=_named(turn.said, part),
            address_also=_others(turn.said, part),
            address_confirmed=None,
            requested_slot=None,
            form_left=None,
            form_misses=0.0,
        )
        turn.follow("address_form")


class ValidateAddressForm(ShopForm):
    """Takes the new address, phone number or name, and a yes."""

    form = "address_form"
    takes_data = True
    own_intents = frozenset({"change_address"})

    async def hear(self, turn: Turn, asked: str) -> bool:
        """Take the new values, or the yes to them; a corrected value asks for a yes again."""
        part = _part(turn)
        decides = turn.intent in ("affirm", "deny") and len(turn.text) <= SHORT
        value = None if decides else read_part(turn.text, part)
        others = {} if decides else _others(turn.text, part)
        takes = value is not None and (asked == "address_new" or part is not Part.RECIPIENT)
        if takes:
            turn.remember(address_new=value)
        if others:
            turn.remember(address_also={**(turn.slot("address_also") or {}), **others})
        if takes or others:
            return True
        if asked == "address_confirmed" and turn.intent == "affirm":
            turn.remember(address_confirmed=True)
            return True
        return False

    async def next_slot(self, turn: Turn) -> str | None:
        """Ask for the new value, then for a yes."""
        for slot in ("address_new", "address_confirmed"):
            if not turn.slot(slot):
                return slot
        return None


class ActionAskAddressNew(ShopAction):
    """Ask for the new address, phone number or name."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_ask_address_form_address_new"

    async def act(self, turn: Turn) -> None:
        """Ask for the part that changes."""
        turn.say(f"utter_ask_new_{_part(turn)}")


class ActionAskAddressConfirmed(ShopAction):
    """Show the new value, masked, and ask for a yes."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_ask_address_form_address_confirmed"

    async def act(self, turn: Turn) -> None:
        """Show it."""
        turn.say("utter_confirm_receiver", changes=_changes_text(_changes(turn)))


class ActionSubmitAddress(ShopAction):
    """Change the order, or ask the warehouse or the carrier to."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_submit_address"

    async def act(self, turn: Turn) -> None:
        """Carry out what was confirmed; the value is forgotten afterwards."""
        number, new = turn.slot("address_order"), turn.slot("address_new")
        order = await find_order(turn.session, str(number)) if number else None
        done = bool(turn.slot("address_confirmed")) and not await was_left(turn)
        if done and new and order is not None and await may_hear(turn, order):
            await _change(turn, order, _changes(turn))
        forget_address(turn)
        await answer_waiting(turn)


def forget_address(turn: Turn) -> None:
    """Clear what the form gathered."""
    turn.remember(
        address_order=None,
        address_part=None,
        address_new=None,
        address_also=None,
        address_confirmed=None,
    )


async def _change(turn: Turn, order: DbOrder, changes: Mapping[Part, str]) -> None:
    standing = changeability(order)
    if standing is Changeability.TOO_LATE:
        turn.say("utter_address_too_late")
        return
    for part, new in changes.items():
        change_receiver(order, part, new)
    if standing is Changeability.AT_ONCE:
        turn.say("utter_changed_receiver", changes=_changes_text(changes))
        return
    # The new values stand sealed on the order; the request only says which ones changed.
    detail = {"parts": [str(part) for part in changes]}
    await request(turn, order, KINDS[standing], detail=detail)


def _others(text: str, but: Part) -> dict[str, str]:
    """Return what the text says of the other parts; a name counts only where it is called one."""
    found = {}
    for part in Part:
        value = None if part is but else _named(text, part)
        if value is not None:
            found[str(part)] = value
    return found


def _named(text: str, part: Part) -> str | None:
    is_named = part is not Part.RECIPIENT or says_recipient(text)
    return read_part(text, part) if is_named else None


def _changes(turn: Turn) -> dict[Part, str]:
    also = turn.slot("address_also") or {}
    return {_part(turn): str(turn.slot("address_new")), **{Part(k): v for k, v in also.items()}}


def _changes_text(changes: Mapping[Part, str]) -> str:
    return "，".join(f"{PARTS[part]}改为 {masked(new, part)}" for part, new in changes.items())


def _part(turn: Turn) -> Part:
    return Part(str(turn.slot("address_part") or Part.ADDRESS))


def _may_change(order: DbOrder) -> bool:
    return changeability(order) is not Changeability.TOO_LATE
