"""The no-reason return: excluded goods, the seven days, intactness, who pays the freight.

消费者权益保护法 §25 and 网络购买商品七日无理由退货暂行办法. Whatever already refuses does so
even if other facts are unknown; a grant needs every fact that could still turn it round.
"""

from shop.returns import articles, wording
from shop.returns.case import LEGAL_EXCLUSIONS, Condition, ReturnCase
from shop.returns.hearing import Hearing
from shop.returns.intactness import Intactness, judge
from shop.returns.outcome import Finding, FreightPayer, Verdict


def judge_no_reason(hearing: Hearing) -> Verdict:
    """Return the verdict on a return without a reason, or because the size does not fit."""
    return _excluded(hearing) or _too_late(hearing) or _spoiled(hearing) or _may_return(hearing)


def _excluded(hearing: Hearing) -> Verdict | None:
    case = hearing.case
    for field in LEGAL_EXCLUSIONS:
        if getattr(case, field):
            return hearing.refuse(
                Finding.EXCLUDED_BY_LAW,
                articles.NO_REASON_RIGHT,
                articles.EXCLUDED_BY_LAW,
                why=wording.excluded_by_law(field),
            )
    if case.exclusion_ground and case.exclusion_confirmed:
        return hearing.refuse(
            Finding.EXCLUSION_CONFIRMED,
            articles.NO_REASON_RIGHT,
            articles.EXCLUDED_IF_CONFIRMED,
            articles.CONFIRMATION,
            why=wording.exclusion_confirmed(case.exclusion_ground),
        )
    return None


def _too_late(hearing: Hearing) -> Verdict | None:
    signed, last, requested = hearing.signed_on, hearing.last_day, hearing.requested_on
    if not hearing.is_late or signed is None or last is None or requested is None:
        return None
    return hearing.refuse(
        Finding.TOO_LATE,
        *_counting_articles(hearing),
        why=wording.too_late(signed, last, requested, days=hearing.terms.no_reason_days),
    )


def _spoiled(hearing: Hearing) -> Verdict | None:
    condition = hearing.case.condition
    if condition is None or _intactness(hearing.case) is not Intactness.NOT_INTACT:
        return None
    return hearing.refuse(
        Finding.NOT_INTACT,
        articles.NO_REASON_RIGHT,
        articles.INTACT,
        articles.NOT_INTACT,
        why=wording.not_intact(condition),
    )


def _may_return(hearing: Hearing) -> Verdict:
    case = hearing.case
    signed, last, paid = hearing.signed_on, hearing.last_day, case.item_paid_fen
    unknown = _unknown_facts(case)
    if unknown or signed is None or last is None or paid is None:
        return hearing.lack(unknown, articles.NO_REASON_RIGHT)
    if case.condition and _intactness(case) is Intactness.UNCLEAR:
        return hearing.check(
            Finding.CONDITION_UNCLEAR,
            articles.NO_REASON_RIGHT,
            articles.INTACT,
            articles.NOT_INTACT,
            why=wording.condition_unclear(case.condition),
        )
    payer = FreightPayer(hearing.terms.no_reason_freight)
    return hearing.grant(
        Finding.NO_REASON,
        *_granting_articles(hearing),
        why=wording.granted_without_reason(
            signed,
            last,
            buyer_pays=payer is FreightPayer.BUYER,
            refund_fen=paid,
            refund_days=hearing.terms.refund_due_days,
        ),
        payer=payer,
        refund_fen=paid,  # the price of the goods: sending them out is not refunded, 消法 §25
    )


def _unknown_facts(case: ReturnCase) -> tuple[str, ...]:
    needed = [*LEGAL_EXCLUSIONS, "signed_at", "requested_at", "condition", "item_paid_fen"]
    if case.exclusion_ground:
        needed.append("exclusion_confirmed")
    if _intactness(case) is Intactness.UNCLEAR:
        needed.append("category")
    return tuple(field for field in needed if getattr(case, field) is None)


def _intactness(case: ReturnCase) -> Intactness | None:
    return judge(case.condition, case.category) if case.condition else None


def _counting_articles(hearing: Hearing) -> tuple[str, ...]:
    return (articles.NO_REASON_RIGHT, articles.COUNTING, *hearing.rest_day_article)


def _granting_articles(hearing: Hearing) -> tuple[str, ...]:
    case = hearing.case
    basis = [*_counting_articles(hearing)]
    if case.condition is not Condition.INTACT:
        basis += [articles.INTACT, articles.OPENING_IS_FINE]
    if case.exclusion_ground:
        basis += [articles.EXCLUDED_IF_CONFIRMED, articles.CONFIRMATION, articles.NO_PRETICKED_BOX]
    if hearing.terms.promises_more:
        basis.append(articles.PROMISE_BINDS)
    return (*basis, articles.REFUND_TIME, articles.RETURN_FREIGHT)
