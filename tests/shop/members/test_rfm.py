from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.members.policy import MemberPolicy, load_member_policy
from shop.members.purchases import Purchase, PurchaseError, counted
from shop.members.rfm import Segment, rfm

Bought = Callable[..., Purchase]
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
RULES = load_member_policy().rfm

PURCHASES = st.lists(
    st.builds(
        lambda seconds, fen: Purchase(paid_at=NOW - timedelta(seconds=seconds), paid_fen=fen),
        st.integers(-(10**6), 4 * 10**7),
        st.integers(0, 10**6),
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    ("days_ago", "score"),
    [(0, 5), (30.99, 5), (31, 4), (60.99, 4), (61, 3), (121, 2), (240.9, 2), (241, 1), (365, 1)],
)
def test_recency_falls_with_whole_days(
    policy: MemberPolicy, now: datetime, bought: Bought, days_ago: float, score: int
) -> None:
    assert rfm([bought(50, days_ago=days_ago)], policy.rfm, now=now).recency == score


@pytest.mark.parametrize(
    ("orders", "score"), [(1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (7, 4), (8, 5), (20, 5)]
)
def test_frequency_counts_purchases(
    policy: MemberPolicy, now: datetime, bought: Bought, orders: int, score: int
) -> None:
    assert rfm([bought(10)] * orders, policy.rfm, now=now).frequency == score


@pytest.mark.parametrize(
    ("yuan", "score"), [(299, 1), (300, 2), (799, 2), (800, 3), (2000, 4), (4999, 4), (5000, 5)]
)
def test_money_is_what_the_shop_kept(
    policy: MemberPolicy, now: datetime, bought: Bought, yuan: int, score: int
) -> None:
    assert rfm([bought(yuan)], policy.rfm, now=now).monetary == score
    assert rfm([bought(yuan + 700, refunded=700)], policy.rfm, now=now).monetary == score


@pytest.mark.parametrize(
    ("bought_so", "segment"),
    [
        ((3, 1000, 10), Segment.HIGH_VALUE),
        ((1, 3000, 10), Segment.PROMISING),
        ((3, 1000, 200), Segment.KEEP),
        ((1, 3000, 200), Segment.WIN_BACK),
        ((3, 100, 10), Segment.REGULAR),
        ((1, 100, 10), Segment.OCCASIONAL),
        ((3, 100, 200), Segment.FADING),
        ((1, 100, 200), Segment.SLEEPING),
        ((3, 1000, 366), Segment.NO_PURCHASE),
    ],
)
def test_high_and_low_make_the_segment(
    policy: MemberPolicy,
    now: datetime,
    bought: Bought,
    bought_so: tuple[int, int, int],
    segment: Segment,
) -> None:
    orders, yuan, days_ago = bought_so
    found = rfm([bought(yuan, days_ago=days_ago)] * orders, policy.rfm, now=now)
    assert found.segment is segment
    assert found.is_asleep is (days_ago > 180)


def test_who_bought_nothing_is_asleep_without_scores(policy: MemberPolicy, now: datetime) -> None:
    found = rfm([], policy.rfm, now=now)
    assert (found.recency, found.frequency, found.monetary) == (0, 0, 0)
    assert (found.segment, found.is_asleep) == (Segment.NO_PURCHASE, True)


def test_what_was_refunded_whole_or_lies_ahead_does_not_count(
    now: datetime, bought: Bought
) -> None:
    kept = bought(50, days_ago=2)
    ahead = bought(50, days_ago=-1)
    returned = bought(50, refunded=50)
    assert counted([ahead, returned, kept], now=now, days=365) == [kept]
    assert counted([bought(50, days_ago=365)], now=now, days=365) != []
    assert counted([bought(50, days_ago=365.001)], now=now, days=365) == []


def test_impossible_purchases_are_refused(now: datetime) -> None:
    for facts in (
        {"paid_at": now, "paid_fen": 100, "refunded_fen": 101},
        {"paid_at": now, "paid_fen": 100, "refunded_fen": -1},
        {"paid_at": now.replace(tzinfo=None), "paid_fen": 100},
    ):
        with pytest.raises(PurchaseError):
            Purchase(**facts)


@given(purchases=PURCHASES, more=PURCHASES)
def test_buying_more_never_lowers_a_score(purchases: list[Purchase], more: list[Purchase]) -> None:
    before, after = rfm(purchases, RULES, now=NOW), rfm([*purchases, *more], RULES, now=NOW)
    assert after.recency >= before.recency
    assert after.frequency >= before.frequency
    assert after.monetary >= before.monetary


@given(purchases=PURCHASES)
def test_order_of_purchases_does_not_matter(purchases: list[Purchase]) -> None:
    assert rfm(purchases, RULES, now=NOW) == rfm(purchases[::-1], RULES, now=NOW)
