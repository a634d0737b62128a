"""Handing over to a person: when asked, when it is a dispute, when the bot is at a loss."""

from rasa_sdk.events import ActiveLoop, SlotSet

from actions.turn import Event, ShopAction, Turn

TRIES_BEFORE_HANDOFF = 2
WORDING = {"complaint": "utter_handing_over_complaint", "safety": "utter_handing_over_safety"}


class ActionHandOver(ShopAction):
    """Queue the customer for a person, with what is known."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_hand_over"

    async def act(self, turn: Turn) -> list[Event]:
        """Hand over with the reason that understanding found, or the one the intent implies."""
        return hand_over(turn, _reason(turn))


class ActionMisunderstood(ShopAction):
    """Ask the customer to put it differently; the second time in a row, hand over."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_misunderstood"

    async def act(self, turn: Turn) -> list[Event]:
        """Count the failure and act on it."""
        times = int(turn.slot("misunderstood") or 0) + 1
        if times >= TRIES_BEFORE_HANDOFF:
            return hand_over(turn, "repeated_failure")
        turn.say("utter_rephrase")
        return [SlotSet("misunderstood", float(times))]


def hand_over(turn: Turn, reason: str) -> list[Event]:
    """Say so and signal the desk; whatever form was open is closed."""
    turn.say(WORDING.get(reason, "utter_handing_over"))
    turn.hand_over(reason, wish=turn.text, order_number=turn.slot("order_in_focus"))
    return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("misunderstood", 0.0)]


def _reason(turn: Turn) -> str:
    found = turn.entity("handoff")
    if found:
        return found
    intent = ((turn.tracker.latest_message or {}).get("intent") or {}).get("name")
    return "asked_human" if intent == "ask_human" else "complaint"
