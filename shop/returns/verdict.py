"""The verdict on one return: pure and deterministic, from facts and dated terms alone.

A fact that is unknown leads to `check` only where the outcome hangs on it; facts that contradict
each other always do. The readings of the law are listed in docs/decisions/0010-return-rights.md.
"""

from shop.returns import articles, wording
from shop.returns.case import Reason, ReturnCase
from shop.returns.hearing import open_hearing
from shop.returns.no_reason import judge_no_reason
from shop.returns.outcome import Finding, Right, Verdict
from shop.returns.policy import ReturnPolicy
from shop.returns.seller_fault import judge_seller_fault
from shop.returns.wording import Contradiction

NO_FAULT = {None, Reason.NO_REASON, Reason.SIZE}
"""Reasons for which the seller does not answer; None = not known yet."""


def verdict(case: ReturnCase, policy: ReturnPolicy) -> Verdict:
    """Return the verdict on `case` under `policy`; the same case always gets the same answer."""
    hearing = open_hearing(case, policy)
    if hearing is None:
        return Verdict(
            case_id=case.case_id,
            right=Right.CHECK,
            finding=Finding.NO_TERMS_THEN,
            why=wording.no_terms_then(),
        )
    contradiction = find_contradiction(case)
    if contradiction:
        right = articles.NO_REASON_RIGHT if case.reason in NO_FAULT else articles.QUALITY_RIGHT
        return hearing.check(
            Finding.FACTS_CONTRADICT, right, why=wording.contradiction(contradiction)
        )
    if case.reason is None:
        return hearing.lack(("reason",), articles.NO_REASON_RIGHT, articles.QUALITY_RIGHT)
    if case.reason in NO_FAULT:
        return judge_no_reason(hearing)
    return judge_seller_fault(hearing, case.reason)


def find_contradiction(case: ReturnCase) -> Contradiction | None:
    """Return the first thing in the facts that cannot be, or None."""
    item, order = case.item_paid_fen, case.order_paid_fen
    if any(amount is not None and amount < 0 for amount in (item, order, case.shipping_paid_fen)):
        return Contradiction.NEGATIVE_AMOUNT
    if item is not None and order is not None and item > order:
        return Contradiction.ITEM_ABOVE_ORDER
    if case.signed_at and case.requested_at and case.requested_at < case.signed_at:
        return Contradiction.REQUESTED_BEFORE_SIGNED
    return None
