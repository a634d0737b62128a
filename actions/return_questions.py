"""The questions of the form of a return or an exchange that depend on what is known."""

from actions.cards import return_card
from actions.return_facts import freight_of, item_of, judged_of, order_of
from actions.topics import choices
from actions.turn import ShopAction, Turn
from actions.wording import FREIGHT
from shop.products import choices_of, is_sold_out


class ActionAskReturnItem(ShopAction):
    """Ask which item of the order is meant, with one button each."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_ask_return_form_return_item"

    async def act(self, turn: Turn) -> None:
        """Show the items."""
        order = await order_of(turn)
        names = [item.product.name[:40] for item in order.items] if order else []
        turn.say("utter_ask_return_item", buttons=choices(names))


class ActionAskReturnWanted(ShopAction):
    """Ask what the customer would like instead, with the options of the product."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_ask_return_form_return_wanted"

    async def act(self, turn: Turn) -> None:
        """Show the options of the kind that has most of them."""
        order = await order_of(turn)
        item = item_of(turn, order) if order else None
        options = choices_of(item.product) if item else ()
        widest = max(options, key=lambda choice: len(choice.values), default=None)
        values = list(widest.values) if widest and len(widest.values) > 1 else []
        left = [value for value in values if item and not is_sold_out(item.product, value)]
        turn.say("utter_ask_return_wanted", buttons=choices(left))


class ActionAskReturnConfirmed(ShopAction):
    """Say the verdict and ask whether to submit."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_ask_return_form_return_confirmed"

    async def act(self, turn: Turn) -> None:
        """Show the verdict with the law it rests on."""
        order = await order_of(turn)
        item = item_of(turn, order) if order else None
        if order is None or item is None:
            return
        judged = judged_of(turn, order, item)
        kind = turn.slot("return_kind")
        turn.say(
            f"utter_ask_confirm_{kind}",
            cards={"return_card": return_card(judged)},
            why=judged.why,
            item=item.product.name,
            wanted=turn.slot("return_wanted") or "",
            freight=FREIGHT[freight_of(judged)],
        )


class ActionAskReturnReason(ShopAction):
    """Ask why; who told only the state of the goods hears that it was taken."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_ask_return_form_return_reason"

    async def act(self, turn: Turn) -> None:
        """Ask."""
        known = turn.slot("return_condition") or turn.slot("return_wanted")
        turn.say("utter_ask_return_reason_then" if known else "utter_ask_return_reason")
