"""Orders: where one stands, and the proof that a guest may hear about it."""

from datetime import timedelta
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.cards import day_and_time, order_card
from actions.order_choice import choose_order
from actions.shipping import answer_parcel
from actions.turn import Event, ShopAction, Turn
from shop.identity import TooManyTriesError, prove_order
from shop.tables import DbOrder

SHIP_WITHIN = timedelta(hours=48)


class ActionOrderStatus(ShopAction):
    """Say where the customer's order stands."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_order_status"

    async def act(self, turn: Turn) -> list[Event]:
        """Answer about the chosen order, or ask which."""
        choice = await choose_order(turn, "order_status")
        if choice.order is not None:
            answer_order(turn, choice.order)
        return choice.events


class ActionAfterProof(ShopAction):
    """Check the proof a guest gave, and answer what they had asked before."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_after_proof"

    async def act(self, turn: Turn) -> list[Event]:
        """Answer the pending topic if the proof holds; a wrong one gets one fixed answer."""
        number = str(turn.slot("order_number") or "")
        try:
            order = await prove_order(
                turn.session,
                number=number,
                phone_tail=str(turn.slot("phone_tail") or ""),
                conversation_id=turn.conversation_id,
                now=turn.now,
            )
        except TooManyTriesError:
            turn.say("utter_proof_too_many")
            turn.hand_over("repeated_failure", wish="查询订单，身份核对失败次数过多")
            return _forget_proof()
        if order is None:
            turn.say("utter_proof_failed")
            return _forget_proof()
        answer = answer_parcel if turn.slot("pending_topic") == "logistics" else answer_order
        answer(turn, order)
        proved = [*(turn.slot("proved_orders") or []), order.number]
        focus = SlotSet("order_in_focus", order.number)
        return [*_forget_proof(), SlotSet("proved_orders", proved), focus]


class ValidateOrderProofForm(FormValidationAction):
    """Check the shape of what a guest types before the proof is tried."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "validate_order_proof_form"

    def validate_phone_tail(
        self,
        value: Any,
        _dispatcher: CollectingDispatcher,
        _tracker: Tracker,
        _domain: dict[str, Any],
    ) -> dict[str, Any]:
        """Keep the last four digits of what was typed; ask again if there are not so many."""
        digits = "".join(character for character in str(value) if character.isdigit())
        return {"phone_tail": digits[-4:] if len(digits) >= 4 else None}


def answer_order(turn: Turn, order: DbOrder) -> None:
    """Say where the order stands, with its card."""
    parcel = order.parcels[0] if order.parcels else None
    turn.say(
        f"utter_order_{order.status}",
        cards={"order_card": order_card(order)},
        amount=f"{order.payable_fen / 100:.2f}",
        ship_by=day_and_time((order.paid_at or order.placed_at) + SHIP_WITHIN),
        shipped_at=day_and_time(order.shipped_at),
        signed_at=day_and_time(order.signed_at),
        cancelled_at=day_and_time(order.cancelled_at),
        carrier=parcel.carrier if parcel else "",
        waybill=parcel.waybill if parcel else "",
    )


def _forget_proof() -> list[Event]:
    return [SlotSet(name, None) for name in ("order_number", "phone_tail", "pending_topic")]
