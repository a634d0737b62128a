"""What each role may grant by itself, and whom it has to ask for more."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from desk import wording
from desk.policy import Authority, DeskPolicy
from storage.staff import Role


class ActionKind(StrEnum):
    """What can be done."""

    REFUND = "refund"
    RESEND = "resend"
    COUPON = "coupon"
    APPROVE_RETURN = "approve_return"
    REFUSE_RETURN = "refuse_return"


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the agent decided: the action, the order's number, an amount where there is one."""

    kind: ActionKind
    number: str
    amount_fen: int | None
    reason: str
    client_id: str


class OverLimitError(Exception):
    """More than this role may grant; `asks` names who may."""

    def __init__(self, limit_fen: int, asks: str | None) -> None:
        super().__init__(self.__doc__)
        self.limit_fen = limit_fen
        self.asks = asks


def check_authority(order: Order, allowed: Authority, policy: DeskPolicy) -> None:
    """Raise OverLimitError where the role may not do this by itself."""
    limits = {
        ActionKind.REFUND: allowed.refund_fen,
        ActionKind.COUPON: allowed.coupon_fen,
        ActionKind.RESEND: 0 if allowed.resend else -1,
        ActionKind.APPROVE_RETURN: 0 if allowed.returns else -1,
        ActionKind.REFUSE_RETURN: 0 if allowed.returns else -1,
    }
    limit = limits[order.kind]
    wanted = order.amount_fen or 0
    if order.kind not in (ActionKind.REFUND, ActionKind.COUPON):
        wanted = 0
    if wanted > limit:
        raise OverLimitError(max(limit, 0), _who_may(order, policy))


def offered_actions(role: Role, policy: DeskPolicy) -> list[dict[str, Any]]:
    """Return each action with its limit and whether this role may do it."""
    allowed = policy.authority[role]
    limits: dict[ActionKind, int | None] = {
        ActionKind.REFUND: allowed.refund_fen,
        ActionKind.COUPON: allowed.coupon_fen,
    }
    may = {
        ActionKind.REFUND: allowed.refund_fen > 0,
        ActionKind.COUPON: allowed.coupon_fen > 0,
        ActionKind.RESEND: allowed.resend,
        ActionKind.APPROVE_RETURN: allowed.returns,
        ActionKind.REFUSE_RETURN: allowed.returns,
    }
    return [
        {
            "kind": kind,
            "title": wording.ACTIONS[kind],
            "fields": ["amount_fen", "reason"] if kind in limits else ["reason"],
            "limit_fen": limits.get(kind),
            "allowed": may[kind],
            "why_not": None if may[kind] else wording.ACTION_NOT_ALLOWED,
        }
        for kind in ActionKind
    ]


def _who_may(order: Order, policy: DeskPolicy) -> str | None:
    for role in (Role.LEAD, Role.MANAGER):
        allowed = policy.authority[role]
        limit = allowed.refund_fen if order.kind is ActionKind.REFUND else allowed.coupon_fen
        if (order.amount_fen or 0) <= limit:
            return role
    return None
