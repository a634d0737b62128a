"""The tier of a customer, from what was spent in the window and not refunded."""

from collections.abc import Iterable
from datetime import datetime

from shop.members.policy import MemberPolicy, Tier
from shop.members.purchases import Purchase, counted


def find_tier(purchases: Iterable[Purchase], policy: MemberPolicy, *, now: datetime) -> Tier | None:
    """Return the best tier that is reached at `now`, None for none."""
    bought = counted(purchases, now=now, days=policy.rfm.window_days)
    return tier_for_spending(sum(purchase.kept_fen for purchase in bought), policy)


def tier_for_spending(kept_fen: int, policy: MemberPolicy) -> Tier | None:
    """Return the best tier that spending of `kept_fen` reaches, None for none."""
    return next((tier for tier in policy.tiers if kept_fen >= tier.spent_fen), None)


def fen_to_next_tier(kept_fen: int, policy: MemberPolicy) -> int | None:
    """Return how much more spending brings the next better tier; None from the best one on."""
    missing = [tier.spent_fen - kept_fen for tier in policy.tiers if tier.spent_fen > kept_fen]
    return min(missing, default=None)


def find_own_agent(tier: Tier | None, own_agent_id: str | None) -> str | None:
    """Return the agent to ask first: the customer's own, if the tier brings that and there is one.

    It is a preference: whoever waits for an own agent who is busy is served by the next one free.
    """
    return own_agent_id if tier and tier.own_agent_first else None
