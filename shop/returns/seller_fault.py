"""Returns for which the seller answers: quality, wrong or missing goods, description, fakes.

They do not hang on the no-reason right: neither exclusions nor intactness nor its seven days
stand against them. 消费者权益保护法 §24 (quality), §55 (fraud), 民法典 §582 (remedies of breach).
"""

from shop.days import ONE_DAY
from shop.returns import articles, wording
from shop.returns.case import Category, Reason, ReturnCase
from shop.returns.hearing import Hearing
from shop.returns.outcome import Finding, FreightPayer, Verdict
from shop.returns.policy import OutboundShipping


def judge_seller_fault(hearing: Hearing, reason: Reason) -> Verdict:
    """Return the verdict on a return because of something the seller answers for."""
    return _late(hearing, reason) or _may_return(hearing, reason)


def _late(hearing: Hearing, reason: Reason) -> Verdict | None:
    """Return a check once so much time has passed that the law asks for more than the fault."""
    if hearing.signed_on is None or hearing.requested_on is None:
        return None
    basis = _fault_articles(hearing, reason)
    if reason is Reason.QUALITY:
        if not hearing.is_late:
            return None
        why = wording.quality_late(days=hearing.terms.quality_days)
        return hearing.check(Finding.QUALITY_LATE, *basis, why=why)
    fake = reason is Reason.FAKE
    terms = hearing.terms
    limit = terms.fraud_notice_days if fake else terms.nonconformity_notice_days
    if hearing.requested_on - hearing.signed_on <= limit * ONE_DAY:
        return None
    article = articles.FRAUD_REVOCATION if fake else articles.NOTICE_OF_NONCONFORMITY
    return hearing.check(Finding.NOTICE_LATE, *basis, article, why=wording.notice_late(reason))


def _may_return(hearing: Hearing, reason: Reason) -> Verdict:
    case = hearing.case
    basis = _fault_articles(hearing, reason)
    shipping = shipping_refund(case, hearing.terms.fault_outbound_shipping)
    unknown = _unknown_facts(case, shipping_known=shipping is not None)
    if unknown or case.item_paid_fen is None or shipping is None:
        return hearing.lack(unknown, *basis)
    amount = case.item_paid_fen + shipping
    return hearing.grant(
        Finding.SELLER_FAULT,
        *basis,
        why=wording.granted_for_fault(
            reason,
            refund_fen=amount,
            shipping_fen=shipping,
            refund_days=hearing.terms.refund_due_days,
        ),
        payer=FreightPayer.SELLER,
        refund_fen=amount,
    )


def shipping_refund(case: ReturnCase, rule: OutboundShipping) -> int | None:
    """Return the outbound shipping to refund in fen when the seller is at fault; None = unknown.

    The whole order goes back if the item is all that was paid for; `order_paid_fen` may have
    been recorded with or without the shipping in it.
    """
    item, order, shipping = case.item_paid_fen, case.order_paid_fen, case.shipping_paid_fen
    if shipping == 0 or rule is OutboundShipping.NEVER:
        return 0
    if shipping is None or rule is OutboundShipping.ALWAYS:
        return shipping
    if item is None or order is None:
        return None
    return shipping if order in (item, item + shipping) else 0


def _unknown_facts(case: ReturnCase, *, shipping_known: bool) -> tuple[str, ...]:
    needed = ["signed_at", "requested_at", "item_paid_fen"]
    if not shipping_known:
        needed += ["order_paid_fen", "shipping_paid_fen"]
    return tuple(field for field in needed if getattr(case, field) is None)


def _fault_articles(hearing: Hearing, reason: Reason) -> tuple[str, ...]:
    match reason:
        case Reason.QUALITY:
            return (articles.QUALITY_RIGHT, *hearing.rest_day_article)
        case Reason.NOT_AS_DESCRIBED:
            return (articles.QUALITY_RIGHT, articles.DESCRIPTION_DUTY, articles.BREACH_REMEDIES)
        case Reason.FAKE:
            edible = hearing.case.category in {Category.FOOD, Category.FRESH}
            food = (articles.FAKE_FOOD,) if edible else ()
            return (articles.FRAUD, articles.QUALITY_RIGHT, *food)
        case _:
            return (articles.QUALITY_RIGHT, articles.BREACH_REMEDIES)
