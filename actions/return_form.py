"""The form of a return or an exchange: item, reason, state, photo, what instead, confirmation."""

from actions.cards import return_card
from actions.forms import ShopForm, was_left
from actions.handing_over import hand_over
from actions.order_choice import may_hear
from actions.returns import find_item, judge, keep_verdict, say_open_request
from actions.topics import choices
from actions.turn import ShopAction, Turn
from actions.wording import day_text, yuan
from shop.after_sales import Kind, Opened, find_open_after_sale, open_after_sale
from shop.mentions import by_name, names_only, pick_by_place
from shop.orders import find_order
from shop.products import asked_choice, choices_of
from shop.returns import Condition, FreightPayer, Reason, Right, Verdict
from shop.returns.reading import declines_photo, read_condition, read_reason
from shop.service_policy import service_policy
from shop.tables import DbOrder, DbOrderItem

SELLER_FAULTS = {
    Reason.QUALITY,
    Reason.WRONG_ITEM,
    Reason.MISSING,
    Reason.NOT_AS_DESCRIBED,
    Reason.FAKE,
}
LONGEST_NOTE = 300
NO_PHOTO, PHOTO = "none", "sent"


class ValidateReturnForm(ShopForm):
    """Gathers what the verdict on a return needs, and nothing it does not need."""

    form = "return_form"
    own_intents = frozenset({"return_request", "exchange_request", "return_policy"})

    async def hear(self, turn: Turn, asked: str) -> bool:
        """Take whatever the message answers; a photo may come at any time."""
        heard = False
        if turn.metadata.get("images"):
            turn.remember(return_photo=PHOTO)
            heard = asked == "return_photo"
        order = await order_of(turn)
        if order is None:
            return heard
        if await self._other_order(turn, order):
            return True
        exchange = turn.slot("return_kind") == Kind.EXCHANGE
        heard = heard or (exchange and _hear_wanted(turn, item_of(turn, order)))
        if _names_the_item(turn, order):
            return True
        heard_answer = {
            "return_item": lambda: self._hear_item(turn, order),
            "return_reason": lambda: _hear_reason(turn),
            "return_condition": lambda: _hear_condition(turn),
            "return_photo": lambda: _hear_photo(turn),
            "return_wanted": lambda: _hear_wanted(turn, item_of(turn, order)),
            "return_confirmed": lambda: _hear_confirmation(turn),
        }[asked]()
        return heard_answer or heard

    async def next_slot(self, turn: Turn) -> str | None:
        """Ask for the first fact that is missing, then for the confirmation."""
        order = await order_of(turn)
        if order is None:
            return None
        item = item_of(turn, order)
        if item is None:
            return "return_item"
        if await find_open_after_sale(turn.session, order, item.sku) is not None:
            return None
        return _next_fact(turn, judged_of(turn, order, item))

    async def _other_order(self, turn: Turn, order: DbOrder) -> bool:
        """Take another order that the message names; the facts of the first do not hold for it."""
        numbers = turn.order_numbers
        other = await find_order(turn.session, numbers[0]) if numbers else None
        if other is None or other.number == order.number or not await may_hear(turn, other):
            return False
        turn.remember(
            return_order=other.number,
            order_in_focus=other.number,
            return_item=None,
            return_condition=None,
        )
        return True

    def _hear_item(self, turn: Turn, order: DbOrder) -> bool:
        item = find_item(turn, order)
        placed = pick_by_place(turn.text, order.items)
        chosen = item or (placed[0] if placed else None)
        if chosen is not None:
            turn.remember(return_item=chosen.sku)
        return chosen is not None


def _next_fact(turn: Turn, judged: Verdict) -> str | None:
    """Return the first fact without which the verdict cannot be carried out."""
    missing = next((fact for fact in ("reason", "condition") if fact in judged.missing), None)
    if missing:
        return f"return_{missing}"
    if judged.right is not Right.GRANTED or turn.slot("return_confirmed"):
        return None
    if reason_of(turn) in SELLER_FAULTS and not turn.slot("return_photo"):
        return "return_photo"
    exchange = turn.slot("return_kind") == Kind.EXCHANGE
    return "return_wanted" if exchange and not turn.slot("return_wanted") else "return_confirmed"


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
        turn.say("utter_ask_return_wanted", buttons=choices(values))


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
            freight=_freight(judged),
        )


class ActionSubmitReturn(ShopAction):
    """What a finished form leads to: the request, the refusal, or a person who looks at it."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_submit_return"

    async def act(self, turn: Turn) -> None:
        """Open what is granted and confirmed; say why not otherwise."""
        order = await order_of(turn)
        item = item_of(turn, order) if order else None
        if await was_left(turn) or order is None or item is None:
            return
        if await say_open_request(turn, order, item.sku):
            return
        judged = judged_of(turn, order, item)
        keep_verdict(turn, judged)
        if judged.right is Right.REFUSED:
            turn.say(
                "utter_return_refused", cards={"return_card": return_card(judged)}, why=judged.why
            )
        elif judged.right is Right.CHECK:
            turn.say("utter_verdict", cards={"return_card": return_card(judged)}, why=judged.why)
            await hand_over(turn, "policy_exception")
        elif turn.slot("return_confirmed"):
            await self._open(turn, order, item, judged)
        forget_return(turn)

    async def _open(self, turn: Turn, order: DbOrder, item: DbOrderItem, judged: Verdict) -> None:
        kind = Kind(str(turn.slot("return_kind")))
        policy = service_policy()
        opened = await open_after_sale(
            turn.session,
            order,
            item,
            kind,
            judged,
            policy=policy,
            reason=reason_of(turn) or Reason.NO_REASON,
            note=_note(turn),
            now=turn.now,
        )
        _say_opened(turn, opened, judged)
        promised = [*(turn.slot("promised") or []), opened.request.number]
        turn.remember(promised=promised)


def forget_return(turn: Turn) -> None:
    """Clear what the form gathered."""
    turn.remember(
        return_order=None,
        return_item=None,
        return_kind=None,
        return_reason=None,
        return_condition=None,
        return_photo=None,
        return_wanted=None,
        return_confirmed=None,
    )


async def order_of(turn: Turn) -> DbOrder | None:
    """Return the order of the open return, if the customer may still hear about it."""
    number = turn.slot("return_order")
    order = await find_order(turn.session, str(number)) if number else None
    return order if order is not None and await may_hear(turn, order) else None


def item_of(turn: Turn, order: DbOrder) -> DbOrderItem | None:
    """Return the item that is to go back, None while it is not known which."""
    if len(order.items) == 1:
        return order.items[0]
    return next((item for item in order.items if item.sku == turn.slot("return_item")), None)


def reason_of(turn: Turn) -> Reason | None:
    """Return the reason that was given."""
    value = turn.slot("return_reason")
    return Reason(str(value)) if value else None


def judged_of(turn: Turn, order: DbOrder, item: DbOrderItem) -> Verdict:
    """Return the verdict on what is known so far."""
    condition = turn.slot("return_condition")
    return judge(
        turn,
        order,
        item,
        reason=reason_of(turn),
        condition=Condition(str(condition)) if condition else None,
    )


def _names_the_item(turn: Turn, order: DbOrder) -> bool:
    """Say whether the message only names the item that the return is about already."""
    item = item_of(turn, order)
    if item is None or not names_only(turn.text) or read_reason(turn.text):
        return False
    return bool(by_name(turn.text, [(item, [f"{item.product.name}{item.option}"])]))


def _hear_reason(turn: Turn) -> bool:
    reason = read_reason(turn.text)
    if reason is not None:
        turn.remember(return_reason=str(reason), return_note=turn.text[:LONGEST_NOTE])
        _hear_condition(turn)
    return reason is not None


def _hear_condition(turn: Turn) -> bool:
    condition = read_condition(turn.text)
    if condition is not None:
        turn.remember(return_condition=str(condition))
    return condition is not None


def _hear_photo(turn: Turn) -> bool:
    if turn.intent in ("deny", "affirm") or declines_photo(turn.text):
        turn.remember(return_photo=NO_PHOTO)
        return True
    return False


def _hear_wanted(turn: Turn, item: DbOrderItem | None) -> bool:
    asked = asked_choice(item.product, turn.text) if item else None
    wanted = asked[0] if asked and asked[1] else None
    if (
        wanted is None
        and turn.slot("requested_slot") == "return_wanted"
        and turn.intent in ("affirm", "exchange_request")
        and turn.text
    ):
        wanted = item.option if item else None
    if wanted is not None:
        turn.remember(return_wanted=wanted)
    return wanted is not None


def _hear_confirmation(turn: Turn) -> bool:
    if turn.intent == "affirm":
        turn.remember(return_confirmed=True)
        return True
    reason = read_reason(turn.text)
    if reason is not None and reason != reason_of(turn) and turn.intent != "deny":
        turn.remember(return_reason=str(reason), return_photo=None)
        return True
    return False


def _note(turn: Turn) -> str:
    parts = [turn.slot("return_note"), turn.slot("return_wanted")]
    return " / ".join(str(part) for part in parts if part)[:LONGEST_NOTE]


def _freight(judged: Verdict) -> str:
    return str(judged.freight_payer or FreightPayer.BUYER)


def _say_opened(turn: Turn, opened: Opened, judged: Verdict) -> None:
    policy = service_policy().returns
    payer = _freight(judged)
    turn.say(
        f"utter_opened_{opened.request.kind}_{payer}_pays",
        number=opened.request.number,
        address=f"{policy.address}，{policy.receiver}，{policy.phone}",
        by=day_text(opened.send_back_by),
        amount=yuan(opened.request.amount_fen),
        refund_days=judged.refund_due_days or "",
        wanted=turn.slot("return_wanted") or "",
    )
