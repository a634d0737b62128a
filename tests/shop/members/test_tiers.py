from collections.abc import Callable
from datetime import datetime

import pytest

from shop.members.policy import MemberPolicy
from shop.members.purchases import Purchase
from shop.members.tiers import fen_to_next_tier, find_own_agent, find_tier, tier_for_spending


@pytest.mark.parametrize(
    ("fen", "tier"),
    [
        (0, None),
        (99_999, None),
        (100_000, "silver"),
        (299_999, "silver"),
        (300_000, "gold"),
        (799_999, "gold"),
        (800_000, "diamond"),
        (10**9, "diamond"),
    ],
)
def test_a_tier_begins_with_its_fen(policy: MemberPolicy, fen: int, tier: str | None) -> None:
    found = tier_for_spending(fen, policy)
    assert (found.name if found else None) == tier


@pytest.mark.parametrize(
    ("fen", "missing"),
    [(0, 100_000), (99_999, 1), (100_000, 200_000), (799_999, 1), (800_000, None)],
)
def test_the_way_to_the_next_tier(policy: MemberPolicy, fen: int, missing: int | None) -> None:
    assert fen_to_next_tier(fen, policy) == missing


def test_old_and_refunded_spending_does_not_count(
    policy: MemberPolicy, now: datetime, bought: Callable[..., Purchase]
) -> None:
    purchases = [bought(9000, days_ago=366), bought(5000, refunded=4000)]
    found = find_tier(purchases, policy, now=now)
    assert found is not None
    assert found.name == "silver"


@pytest.mark.parametrize(
    ("fen", "asked_first"), [(0, None), (100_000, None), (300_000, "li"), (800_000, "li")]
)
def test_top_tiers_meet_their_own_agent_first(
    policy: MemberPolicy, fen: int, asked_first: str | None
) -> None:
    assert find_own_agent(tier_for_spending(fen, policy), "li") == asked_first


def test_nobody_is_preferred_without_an_own_agent(policy: MemberPolicy) -> None:
    assert find_own_agent(tier_for_spending(800_000, policy), None) is None
