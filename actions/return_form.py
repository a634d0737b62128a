"""The form of a return or an exchange: item, reason, state, photo, what instead, confirmation."""

from actions.cards import return_card
from actions.forms import ShopForm, was_left
from actions.handing_over import hand_over
from actions.known_orders import may_hear
from actions.offers import accepts, offer
from actions.return_facts import (
    forget_return,
    freight_of,
    item_of,
    judged_of,
    nothing_left,
    order_of,
    reason_of,
)
from actions.return_hearing import (
    LONGEST_NOTE,
    PHOTO,
    hear_condition,
    hear_confirmation,
    hear_kind,
    hear_photo,
    hear_reason,
    hear_wanted,
    names_the_item,
)
from actions.returns import (
    SELLER_FAULTS,
    find_item,
    keep_verdict,
    say_open_request,
    say_why,
    start_return,
)
from actions.topics import answer_waiting
from actions.turn import ShopAction, Turn
from actions.wording import day_text, yuan
from shop.after_sales import Kind, Opened, find_open_after_sale, open_after_sale
from shop.mentions import pick_by_place
from shop.orders import find_order
from shop.returns import Reason, Right, Verdict
from shop.service_policy import service_policy
from shop.tables import DbOrder, DbOrderItem


class ValidateReturnForm(ShopForm):
    """Gathers what the verdict on a return needs, and nothing it does not need."""

    form = "return_form"
    own_intents = frozenset({"return_request", "exchange_request", "return_policy"})

    async def hear(self, turn: Turn, asked: str) -> bool:
        """Take whatever the message answers; a photo may come at any time."""
        heard = bool(turn.images)
        if heard:
            turn.remember(return_photo=PHOTO)
        order = await order_of(turn)
        if order is None or say_why(turn):
            return heard or order is not None
        if await self._other_order(turn, order):
            return True
        heard = hear_kind(turn) or heard
        exchange = turn.slot("return_kind") == Kind.EXCHANGE
        if exchange and asked != "return_wanted":
            heard = hear_wanted(turn, item_of(turn, order)) or heard
        if names_the_item(turn, order):
            return True
        if asked != "return_condition" and hear_condition(turn):
            heard = True
        heard_answer = {
            "return_item": lambda: self._hear_item(turn, order),
            "return_reason": lambda: hear_reason(turn),
            "return_condition": lambda: hear_condition(turn),
            "return_photo": lambda: hear_photo(turn),
            "return_wanted": lambda: hear_wanted(turn, item_of(turn, order)),
            "return_confirmed": lambda: hear_confirmation(turn),
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
        if nothing_left(turn, item):
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
    has_photo = turn.slot("return_photo") or turn.slot("photos")
    if reason_of(turn) in SELLER_FAULTS and not has_photo:
        return "return_photo"
    exchange = turn.slot("return_kind") == Kind.EXCHANGE
    return "return_wanted" if exchange and not turn.slot("return_wanted") else "return_confirmed"


class ActionSubmitReturn(ShopAction):
    """What a finished form leads to: the request, the refusal, or a person who looks at it."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_submit_return"

    async def act(self, turn: Turn) -> None:
        """Open what is granted and confirmed; say why not otherwise; then the other wish."""
        await self._finish(turn)
        await answer_waiting(turn)

    async def _finish(self, turn: Turn) -> None:
        order = await order_of(turn)
        item = item_of(turn, order) if order else None
        if await was_left(turn) or order is None or item is None:
            return
        if await say_open_request(turn, order, item.sku):
            return
        if nothing_left(turn, item):
            turn.say("utter_exchange_nothing_left", item=item.product.name)
            offer(turn, "return_instead", order)
            turn.remember(return_kind=None)
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
            photos=turn.slot("photos") or (),
            now=turn.now,
        )
        _say_opened(turn, opened, judged)
        promised = [*(turn.slot("promised") or []), opened.request.number]
        turn.remember(promised=promised)


@accepts("return_instead")
async def return_instead(turn: Turn, order: DbOrder) -> None:
    """Take up a return where the exchange could not be."""
    start_return(turn, order, Kind.RETURN)


def _note(turn: Turn) -> str:
    parts = [turn.slot("return_note"), turn.slot("return_wanted")]
    return " / ".join(str(part) for part in parts if part)[:LONGEST_NOTE]


def _say_opened(turn: Turn, opened: Opened, judged: Verdict) -> None:
    policy = service_policy().returns
    payer = freight_of(judged)
    turn.say(
        f"utter_opened_{opened.request.kind}_{payer}_pays",
        number=opened.request.number,
        address=f"{policy.address}，{policy.receiver}，{policy.phone}",
        by=day_text(opened.send_back_by),
        amount=yuan(opened.request.amount_fen),
        refund_days=judged.refund_due_days or "",
        wanted=turn.slot("return_wanted") or "",
    )
