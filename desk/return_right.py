"""The right of return as it stands, for the card of a talk in which nobody has asked for it yet."""

from datetime import datetime
from typing import Any

from desk import wording
from shop.returns import Right, Verdict, load_return_policy, verdict
from shop.returns.case import Condition, Reason
from shop.returns.order_case import case_of
from shop.tables import DbOrder, DbOrderItem


def standing_right(order: DbOrder | None, *, now: datetime) -> dict[str, Any] | None:
    """Return `text` (a line an item), `basis` and `right`; None for what was not received yet.

    Nobody has said why it should go back or in what state it is: the law's plain case is told,
    without a reason and with the goods intact, and the text says that this is assumed. `right` is
    what holds for all items, `check` where they differ.
    """
    if order is None or order.signed_at is None:
        return None
    judged = [(item, _judge(order, item, now)) for item in order.items]
    if len(judged) == 1:
        lines = [one.why for _, one in judged]
    else:
        lines = [f"{item.product.name}：{one.why}" for item, one in judged]
    basis = dict.fromkeys(article for _, one in judged for article in one.basis)
    rights = {one.right for _, one in judged}
    return {
        "text": "\n".join([wording.RIGHT_IF_INTACT, *lines]),
        "basis": list(basis),
        "right": str(rights.pop() if len(rights) == 1 else Right.CHECK),
    }


def _judge(order: DbOrder, item: DbOrderItem, now: datetime) -> Verdict:
    case = case_of(
        order, item, reason=Reason.NO_REASON, condition=Condition.INTACT, requested_at=now
    )
    return verdict(case, load_return_policy())
