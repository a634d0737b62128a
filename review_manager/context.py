"""What the shop knows round a review: product, order, parcels, customer, and the return verdict."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.analysis import Aspect, Polarity
from review_manager.replies import CustomerFacts, Fault, ReturnRight
from review_manager.tables import DbReview
from shop.members.policy import Tier, load_member_policy
from shop.members.standing import standing_of
from shop.orders import find_order
from shop.returns import Verdict, load_return_policy, verdict
from shop.returns.case import Reason
from shop.returns.order_case import case_of
from shop.tables import DbCustomer, DbOrder, DbOrderItem, DbProduct

SELLER = frozenset(
    {
        Aspect.QUALITY,
        Aspect.DESCRIPTION,
        Aspect.FRESHNESS_TASTE,
        Aspect.PACKAGING,
        Aspect.WRONG_MISSING,
        Aspect.SERVICE,
        Aspect.AFTER_SALES,
        Aspect.INSTALLATION,
    }
)
"""What the shop answers for when it went wrong; authenticity has to be examined first."""

REASONS = {
    Aspect.QUALITY: Reason.QUALITY,
    Aspect.FRESHNESS_TASTE: Reason.QUALITY,
    Aspect.WRONG_MISSING: Reason.WRONG_ITEM,
    Aspect.DESCRIPTION: Reason.NOT_AS_DESCRIBED,
    Aspect.AUTHENTICITY: Reason.FAKE,
    Aspect.SIZE_FIT: Reason.SIZE,
}
_EDIBLE = frozenset({"food", "fresh"})
_WORN = frozenset({"clothing", "shoes"})
_TITLES = {"female": "女士", "male": "先生", "女": "女士", "男": "先生"}


@dataclass(frozen=True)
class ReviewContext:
    """The records that a review belongs to, as far as the shop holds them."""

    product: DbProduct | None
    order: DbOrder | None
    item: DbOrderItem | None
    customer: DbCustomer | None
    tier: Tier | None
    verdict: Verdict | None
    earlier_complaints: int

    def facts(self, aspects: list[Aspect]) -> CustomerFacts:
        """Return what a draft may use; `aspects` are those complained of, foremost first."""
        right = ReturnRight(self.verdict.right) if self.verdict else None
        payer = self.verdict.freight_payer if self.verdict else None
        return CustomerFacts(
            tier=self.tier.name if self.tier else None,
            order_value_fen=self.item.paid_fen if self.item else None,
            earlier_complaints=self.earlier_complaints,
            fault=fault_of(aspects[0] if aspects else None),
            return_right=right,
            seller_pays_freight=None if payer is None else payer == "seller",
            refund_fen=self.verdict.refund_fen if self.verdict else None,
            address=_address(self.customer),
            order_number=self.order.number if self.order else None,
        )


async def read_context(session: AsyncSession, review: DbReview, *, now: datetime) -> ReviewContext:
    """Collect what is known; everything that is not is None."""
    order = await find_order(session, review.order_number) if review.order_number else None
    item = _item_of(order, review.sku)
    product = item.product if item else None
    if product is None and review.sku:
        product = await session.get(DbProduct, review.sku)
    customer = None
    if order is not None and order.customer_id:
        customer = await session.get(DbCustomer, order.customer_id)
    tier = None
    if customer is not None:
        tier = (await standing_of(session, customer.id, load_member_policy(), now=now)).tier
    return ReviewContext(
        product=product,
        order=order,
        item=item,
        customer=customer,
        tier=tier,
        verdict=_verdict(order, item, complained_aspects(review), now=now),
        earlier_complaints=await _earlier_complaints(session, review, customer),
    )


def complained_aspects(review: DbReview) -> list[Aspect]:
    """Return what a review complains of, each once, in the order of its text."""
    bad = [found for found in review.aspects if found["polarity"] == Polarity.NEGATIVE]
    bad.sort(key=lambda found: found["start"])
    return list(dict.fromkeys(Aspect(found["aspect"]) for found in bad))


def fault_of(aspect: Aspect | None) -> Fault:
    """Say who is answerable for a complaint of this kind, as far as its kind tells."""
    if aspect is Aspect.LOGISTICS:
        return Fault.CARRIER
    return Fault.SELLER if aspect in SELLER else Fault.UNKNOWN


def is_edible(product: DbProduct | None) -> bool | None:
    """Whether the goods are to be eaten; None for unknown goods."""
    return None if product is None else product.category in _EDIBLE


def is_worn(product: DbProduct | None) -> bool:
    """Whether the goods have a size that can be exchanged for another one."""
    return product is not None and product.category in _WORN


def _item_of(order: DbOrder | None, sku: str | None) -> DbOrderItem | None:
    if order is None:
        return None
    found = next((item for item in order.items if item.sku == sku), None)
    return found or (order.items[0] if len(order.items) == 1 else None)


def _verdict(
    order: DbOrder | None, item: DbOrderItem | None, aspects: list[Aspect], *, now: datetime
) -> Verdict | None:
    if order is None or item is None or order.signed_at is None:
        return None
    reason = next((REASONS[one] for one in aspects if one in REASONS), Reason.NO_REASON)
    case = case_of(order, item, reason=reason, condition=None, requested_at=now)
    return verdict(case, load_return_policy())


async def _earlier_complaints(
    session: AsyncSession, review: DbReview, customer: DbCustomer | None
) -> int:
    if customer is None:
        return 0
    query = (
        select(func.count())
        .select_from(DbReview)
        .join(DbOrder, DbOrder.number == DbReview.order_number)
        .where(DbOrder.customer_id == customer.id, DbReview.id != review.id)
        .where(DbReview.bad_since < review.posted_at)
    )
    return await session.scalar(query) or 0


def _address(customer: DbCustomer | None) -> str | None:
    """Return 王女士 for a customer whose name and gender are known, else None."""
    if customer is None or not customer.name or not customer.gender:
        return None
    title = _TITLES.get(customer.gender)
    return f"{customer.name[0]}{title}" if title else None
