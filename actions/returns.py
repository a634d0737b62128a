"""Returns and exchanges: which order and item, the verdict, and the rules when only asked for."""

from actions.cards import order_card, return_card
from actions.known_orders import focus_of, known_orders
from actions.offers import offer
from actions.order_choice import choose_order
from actions.orders import answer_order
from actions.refunds import say_refund
from actions.topics import TOPICS, TopicAction, answer_topic, button
from actions.turn import Turn
from actions.wording import ASKS, day_text
from shop.after_sales import Kind, find_open_after_sale
from shop.follow_ups import asks_how_far, asks_when, asks_why, says_not_sent
from shop.mentions import by_name, pick_order
from shop.orders import OrderStatus
from shop.products import asked_choice, is_size, is_sold_out
from shop.refunds import RefundStep, refund_state, refund_states
from shop.returns import (
    Condition,
    Reason,
    Right,
    Verdict,
    load_return_policy,
    verdict,
)
from shop.returns.order_case import case_of
from shop.returns.reading import (
    asks_where_to_send,
    read_condition,
    read_reason,
    tells_to_return,
)
from shop.service_policy import RequestKind, service_policy
from shop.tables import DbOrder, DbOrderItem

ARRIVED = (OrderStatus.SIGNED, OrderStatus.COMPLETED, OrderStatus.REFUNDING, OrderStatus.EXCHANGING)
NOT_SENT = (OrderStatus.UNPAID, OrderStatus.PAID, OrderStatus.PICKING)
POLICY_WISHES = ("can_return", "freight", "deadline", "process")
REASON_OF_WISH = {
    "damaged": Reason.QUALITY,
    "quality": Reason.QUALITY,
    "missing": Reason.MISSING,
    "wrong_item": Reason.WRONG_ITEM,
}
SELLER_FAULTS = (
    Reason.QUALITY,
    Reason.WRONG_ITEM,
    Reason.MISSING,
    Reason.NOT_AS_DESCRIBED,
    Reason.FAKE,
)


class ActionReturn(TopicAction):
    """Take up a return: choose the order, then gather what the verdict needs."""

    topic = "return_request"
    kind = Kind.RETURN

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_return"

    async def answer(self, turn: Turn) -> None:
        """Start the form for goods that arrived; say what can be done about others."""
        if asks_where_to_send(turn.text) and await _say_where(turn):
            return
        if self._asks_about_request(turn):
            await answer_topic(turn, TOPICS["refund_status"])
            return
        order = await choose_order(turn, self.topic, suits=is_returnable)
        if order is None:
            return
        if order.status in NOT_SENT:
            turn.say("utter_return_not_sent", cards={"order_card": order_card(order)})
            offer(turn, "cancel", order)
        elif order.status == OrderStatus.SHIPPED:
            turn.say("utter_return_under_way", cards={"order_card": order_card(order)})
            offer(turn, RequestKind.INTERCEPT, order)
        elif order.status not in ARRIVED:
            await answer_order(turn, order)
        else:
            start_return(turn, order, self.kind)

    def _asks_about_request(self, turn: Turn) -> bool:
        """Say whether the line asks how far a request is, or when after its state was told."""
        before = turn.tracker.get_slot("last_topic")
        asks_on = before == "refund_status" and asks_when(turn.text)
        return not turn.open_form and (asks_on or asks_how_far(turn.text))


class ActionExchange(ActionReturn):
    """Take up an exchange in the same way."""

    topic = "exchange_request"
    kind = Kind.EXCHANGE

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_exchange"


class ActionReturnPolicy(TopicAction):
    """Say what the rules are: for the order spoken of by the verdict, else from the policy."""

    topic = "return_policy"
    has_rule = True

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_return_policy"

    async def answer(self, turn: Turn) -> None:
        """Answer with the clause; a question about an order gets that order's verdict."""
        if say_why(turn):
            return
        if tells_to_return(turn.text):
            await answer_topic(turn, TOPICS["return_request"])
            return
        order = await _spoken_of(turn)
        if order is not None and order.status in ARRIVED and turn.wish != "process":
            self._about_order(turn, order)
            return
        terms = load_return_policy().find_terms(None, None)
        service = service_policy()
        wish = turn.wish if turn.wish in POLICY_WISHES else "can_return"
        turn.say(
            _policy_answer(turn, order, wish),
            days=terms.no_reason_days if terms else "",
            quality_days=terms.quality_days if terms else "",
            refund_days=terms.refund_due_days if terms else "",
            send_back_days=service.returns.send_back_days,
        )
        turn.remember(pending_topic=self.topic, pending_wish=wish)

    def _about_order(self, turn: Turn, order: DbOrder) -> None:
        item = find_item(turn, order) or order.items[0]
        reason = read_reason(turn.text) or Reason.NO_REASON
        condition = read_condition(turn.text)
        judged = judge(turn, order, item, reason=reason, condition=condition)
        if judged.right is Right.CHECK and judged.missing == ("condition",):
            turn.say(
                "utter_return_policy_of_order",
                last_day=day_text(judged.last_day),
                item=item.product.name,
            )
        else:
            goes_on = [button(ASKS["return_request"], "return_request", order_number=order.number)]
            turn.say(
                "utter_verdict",
                cards={"return_card": return_card(judged)},
                why=judged.why,
                buttons=goes_on if judged.right is Right.GRANTED else [],
            )
        keep_verdict(turn, judged)


async def _spoken_of(turn: Turn) -> DbOrder | None:
    """Return the one known order that the line names by its goods, else the one spoken of."""
    named = pick_order(turn.text, await known_orders(turn))
    if len(named) != 1:
        return await focus_of(turn)
    turn.remember(order_in_focus=named[0].number)
    return named[0]


def say_why(turn: Turn) -> bool:
    """Give the grounds of the last verdict once more; False if that is not what was asked."""
    verdict = turn.slot("verdict")
    if not verdict or not asks_why(turn.text):
        return False
    turn.say("utter_verdict_why", why=verdict["text"], basis="、".join(verdict["basis"]))
    turn.remember(misunderstood=0.0)
    return True


def _policy_answer(turn: Turn, order: DbOrder | None, wish: str) -> str:
    """Return which rule answers: by where the order is, by the state of the goods, by the wish."""
    if wish == "can_return" and (says_not_sent(turn.text) or (order and order.status in NOT_SENT)):
        return "utter_return_policy_not_sent"
    if wish == "can_return" and order is not None and order.status == OrderStatus.SHIPPED:
        return "utter_return_policy_on_the_way"
    if wish == "can_return" and read_reason(turn.text) in SELLER_FAULTS:
        return "utter_return_policy_fault"
    condition = read_condition(turn.text) if wish == "can_return" else None
    if condition is Condition.OPENED_TO_INSPECT:
        return "utter_return_policy_opened"
    if condition not in (None, Condition.INTACT):
        return "utter_return_policy_not_intact"
    return f"utter_return_policy_{wish}"


def start_return(turn: Turn, order: DbOrder, kind: Kind, *, reason: Reason | None = None) -> None:
    """Open the form for this order with what the message says already."""
    is_same = turn.slot("return_order") == order.number
    item = find_item(turn, order)
    if not is_same:
        turn.remember(
            return_item=None, return_condition=None, return_reason=None, return_photo=None
        )
    wanted = _wanted(turn, item) if item is not None and kind is Kind.EXCHANGE else None
    turn.remember(return_wanted=wanted)
    said = reason or read_reason(turn.said) or REASON_OF_WISH.get(turn.wish or "")
    if said is None and item is not None and wanted and is_size(item.product, wanted):
        said = Reason.SIZE
    if said is not None:
        turn.remember(return_reason=str(said))
    condition = read_condition(turn.said)
    if condition is not None:
        turn.remember(return_condition=str(condition))
    if item is not None:
        turn.remember(return_item=item.sku)
    turn.remember(return_order=order.number, return_kind=str(kind), return_confirmed=None)
    turn.remember(
        requested_slot=None, form_left=None, form_misses=0.0, last_topic=f"{kind}_request"
    )
    turn.follow("return_form")


def _wanted(turn: Turn, item: DbOrderItem) -> str | None:
    """Return what the line wants instead, where there is one to give: 换成42码."""
    asked = asked_choice(item.product, turn.said)
    if asked is None or not asked[1] or is_sold_out(item.product, asked[0]):
        return None
    return asked[0]


def find_item(turn: Turn, order: DbOrder) -> DbOrderItem | None:
    """Return the line of the order that the text names, or its only one."""
    if len(order.items) == 1:
        return order.items[0]
    named = by_name(
        turn.said, [(item, [f"{item.product.name}{item.option}"]) for item in order.items]
    )
    return named[0] if len(named) == 1 else None


def judge(
    turn: Turn,
    order: DbOrder,
    item: DbOrderItem,
    *,
    reason: Reason | None,
    condition: Condition | None,
) -> Verdict:
    """Return the verdict on giving this item back now."""
    case = case_of(order, item, reason=reason, condition=condition, requested_at=turn.now)
    return verdict(case, load_return_policy())


def keep_verdict(turn: Turn, judged: Verdict) -> None:
    """Keep the verdict for the card of a later handoff."""
    kept = {"text": judged.why, "basis": list(judged.basis), "right": str(judged.right)}
    turn.remember(verdict=kept)


async def say_open_request(turn: Turn, order: DbOrder, sku: str) -> bool:
    """Say how far a request about this item has got, if there is an open one."""
    found = await find_open_after_sale(turn.session, order, sku)
    if found is None:
        return False
    say_refund(turn, refund_state(found, order, service_policy(), now=turn.now))
    return True


async def _say_where(turn: Turn) -> bool:
    """Say where goods whose return was agreed go; False if no return is open."""
    orders = await known_orders(turn)
    states = await refund_states(turn.session, orders, service_policy(), now=turn.now)
    agreed = [state for state in states if state.step is RefundStep.SEND_BACK]
    for state in agreed[:1]:
        turn.remember(order_in_focus=state.order.number)
        say_refund(turn, state)
    return bool(agreed)


def is_returnable(order: DbOrder) -> bool:
    """Say whether goods of the order are, or will soon be, in the buyer's hands."""
    return order.status in (OrderStatus.SIGNED, OrderStatus.COMPLETED, OrderStatus.SHIPPED)
