"""The member rules that ship with the product, and purchases so many days ago."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from shop.members.policy import MemberPolicy, load_member_policy
from shop.members.purchases import Purchase


@pytest.fixture(scope="session")
def policy() -> MemberPolicy:
    return load_member_policy()


@pytest.fixture
def bought(now: datetime) -> Callable[..., Purchase]:
    """Make a purchase of so many yuan, so many days before now."""

    def buy(yuan: int, *, days_ago: float = 1, refunded: int = 0) -> Purchase:
        return Purchase(
            paid_at=now - timedelta(days=days_ago),
            paid_fen=yuan * 100,
            refunded_fen=refunded * 100,
        )

    return buy
