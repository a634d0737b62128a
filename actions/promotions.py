"""Promotions: running offers, coupons in hand, and what a fallen price gives back."""

from collections.abc import Sequence
from typing import Any

from actions.cards import coupon_card
from actions.handing_over import hand_over
from actions.known_orders import known_orders
from actions.members import say_birthday
from actions.offers import accepts, offer, request
from actions.order_choice import Suits, choose_order
from actions.returns import find_item
from actions.topics import TOPICS, TopicAction, answer_topic
from actions.turn import Turn
from actions.wording import day_text, yuan
from shop.coupons import asks_about_birthday, asks_to_combine, usable_coupons
from shop.orders import OrderStatus
from shop.products import asks_price
from shop.promotions.claims import price_case, running_offers
from shop.promotions.policy import load_promotion_policy
from shop.promotions.price_protection import PriceAnswer, PriceVerdict, judge_price
from shop.service_policy import RequestKind, service_policy
from shop.tables import DbOrder, DbOrderItem

MOST_COUPONS = 5


class ActionPromotion(TopicAction):
    """Answer about prices: offers, coupons, gifts, price protection."""

    topic = "promotion_price"

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_promotion"

    async def answer(self, turn: Turn) -> None:
        """Answer the wish that was understood."""
        if asks_to_combine(turn.text):
            turn.say("utter_combine")
            return
        if asks_about_birthday(turn.text):
            await say_birthday(turn)
            return
        if turn.slot("product_in_focus") and asks_price(turn.text):
            await answer_topic(turn, TOPICS["product_question"])
            return
        match turn.wish:
            case "price_protection":
                await self._protect(turn)
            case "coupon":
                await _say_coupons(turn)
            case "gift":
                turn.say("utter_gifts")
            case _:
                await _say_offers(turn)

    async def _protect(self, turn: Turn) -> None:
        """Judge the named order, or say the rule to who has none."""
        if not await known_orders(turn) and not turn.order_numbers:
            _say_rule(turn)
            turn.remember(pending_topic=self.topic, pending_wish="price_protection")
            return
        order = await choose_order(turn, self.topic, suits=_is_recent_enough(turn))
        if order is None:
            return
        item = find_item(turn, order)
        await _say_price(turn, order, [item] if item else order.items)


async def _say_price(turn: Turn, order: DbOrder, items: Sequence[DbOrderItem]) -> None:
    """Say what each of these items gives back, and offer to enter it."""
    judged = [(item, await _judged(turn, order, item)) for item in items]
    paid_back = [(i, v) for i, v in judged if v.answer is PriceAnswer.PAID_BACK]
    if len(paid_back) > 1:
        parts = [
            f"{item.product.name} {yuan(verdict.amount_fen)} 元" for item, verdict in paid_back
        ]
        total = sum(verdict.amount_fen for _, verdict in paid_back)
        turn.say("utter_price_paid_back_several", items="、".join(parts), amount=yuan(total))
    else:
        item, verdict = (paid_back or [max(judged, key=_fall)])[0]
        if verdict.answer is PriceAnswer.CHECK:
            await hand_over(turn, "policy_exception")
            return
        turn.say(f"utter_price_{verdict.answer}", **_told(item, verdict))
    if paid_back:
        skus = [item.sku for item, _ in paid_back]
        offer(turn, RequestKind.PRICE_PROTECTION, order, skus=skus)


@accepts(RequestKind.PRICE_PROTECTION)
async def pay_back(turn: Turn, order: DbOrder) -> None:
    """Enter the difference of each item offered, judged once more."""
    skus = (turn.slot("offer") or {}).get("skus") or []
    for item in order.items:
        verdict = await _judged(turn, order, item)
        if item.sku not in skus or verdict.answer is not PriceAnswer.PAID_BACK:
            continue
        await request(
            turn,
            order,
            RequestKind.PRICE_PROTECTION,
            detail={"amount_fen": verdict.amount_fen},
            sku=item.sku,
            item=item.product.name,
            amount=yuan(verdict.amount_fen),
        )


async def _judged(turn: Turn, order: DbOrder, item: DbOrderItem) -> PriceVerdict:
    case = await price_case(turn.session, order, item, now=turn.now)
    return judge_price(case, load_promotion_policy())


def _fall(judged: tuple[DbOrderItem, PriceVerdict]) -> int:
    item, _ = judged
    return item.paid_fen // item.quantity - item.product.price_fen


def _told(item: DbOrderItem, verdict: PriceVerdict) -> dict[str, Any]:
    return {
        "item": item.product.name,
        "paid": yuan(item.paid_fen // item.quantity),
        "price": yuan(item.product.price_fen),
        "amount": yuan(verdict.amount_fen),
        "last_day": day_text(verdict.last_day),
    }


async def _say_coupons(turn: Turn) -> None:
    if turn.customer_id is None:
        turn.say("utter_coupons_log_in")
        return
    coupons = await usable_coupons(turn.session, turn.customer_id, now=turn.now)
    if not coupons:
        turn.say("utter_coupons_none")
        return
    cards = [coupon_card(coupon) for coupon in coupons[:MOST_COUPONS]]
    turn.say(
        "utter_coupons",
        cards={"coupon_card": cards},
        count=len(coupons),
        first=coupons[0].title,
        until=day_text(coupons[0].expires_at),
    )


async def _say_offers(turn: Turn) -> None:
    offers = await running_offers(turn.session, now=turn.now)
    shipping = service_policy().shipping
    if not offers:
        turn.say("utter_offers_none", free_from=shipping.free_from_yuan, fee=shipping.fee_yuan)
        return
    turn.say(
        "utter_offers",
        offers="、".join(each.title for each in offers),
        until=day_text(min(each.ends_at for each in offers)),
        free_from=shipping.free_from_yuan,
    )


def _say_rule(turn: Turn) -> None:
    terms = load_promotion_policy().find_terms(turn.now.date())
    turn.say("utter_price_rule", days=terms.days if terms else 0)


def _is_recent_enough(turn: Turn) -> Suits:
    terms = load_promotion_policy().find_terms(turn.now.date())
    days = terms.days if terms else 0
    called_off = (OrderStatus.CANCELLED, OrderStatus.REFUNDED, OrderStatus.UNPAID)

    def suits(order: DbOrder) -> bool:
        paid = order.paid_at
        recent = paid is not None and (turn.now - paid).days <= days
        fallen = any(i.product.price_fen < i.paid_fen // i.quantity for i in order.items)
        return recent and fallen and order.status not in called_off

    return suits
