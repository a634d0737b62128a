import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.returns.money import (
    AmountError,
    FullReduction,
    freight_deduction,
    gift_deduction,
    refund_after_lost_discount,
    split_paid,
)

FULL_300_OFF_50 = FullReduction(threshold_fen=30000, off_fen=5000)
FULL_200_OFF_20 = FullReduction(threshold_fen=20000, off_fen=2000)


@pytest.mark.parametrize(
    ("paid", "prices", "shares"),
    [
        (25000, [20000, 10000], (16667, 8333)),
        (100, [1, 1, 1], (34, 33, 33)),
        (101, [1, 1, 1], (34, 34, 33)),
        (0, [500, 500], (0, 0)),
        (9900, [9900], (9900,)),
        (1000, [0, 1000], (0, 1000)),
    ],
)
def test_a_payment_is_split_by_list_price(
    paid: int, prices: list[int], shares: tuple[int, ...]
) -> None:
    assert split_paid(paid, prices) == shares


@given(
    paid=st.integers(0, 10**10),
    prices=st.lists(st.integers(0, 10**8), min_size=1, max_size=20).filter(sum),
)
def test_shares_add_up_and_are_fair_to_the_fen(paid: int, prices: list[int]) -> None:
    shares = split_paid(paid, prices)
    assert sum(shares) == paid
    for share, price in zip(shares, prices, strict=True):
        assert abs(share * sum(prices) - paid * price) < sum(prices)


@pytest.mark.parametrize(("paid", "prices"), [(-1, [1]), (1, [-1, 2]), (1, [0]), (1, [])])
def test_a_payment_that_cannot_be_split_is_refused(paid: int, prices: list[int]) -> None:
    with pytest.raises(AmountError):
        split_paid(paid, prices)


@pytest.mark.parametrize(
    ("paid", "kept", "reductions", "refund"),
    [
        (25000, [20000], [FULL_300_OFF_50], 5000),
        (25000, [20000], [FULL_300_OFF_50, FULL_200_OFF_20], 7000),
        (25000, [19999], [FULL_300_OFF_50, FULL_200_OFF_20], 5001),
        (25000, [], [FULL_300_OFF_50], 25000),
        (10000, [12000], [], 0),
        (50, [100], [FullReduction(threshold_fen=100, off_fen=200)], 50),
    ],
)
def test_kept_goods_are_charged_as_if_bought_alone(
    paid: int, kept: list[int], reductions: list[FullReduction], refund: int
) -> None:
    assert refund_after_lost_discount(paid, kept, reductions) == refund


@pytest.mark.parametrize(
    ("price", "given_back", "deducted"),
    [(1500, False, 1500), (1500, True, 0), (None, False, 0), (None, True, 0), (0, False, 0)],
)
def test_a_gift_goes_back_or_costs_its_marked_price(
    price: int | None, given_back: bool, deducted: int
) -> None:
    assert gift_deduction(price, given_back=given_back) == deducted


@pytest.mark.parametrize(("kept", "deducted"), [(9900, 0), (9899, 800), (0, 800), (20000, 0)])
def test_freight_may_be_deducted_once_the_kept_goods_miss_free_shipping(
    kept: int, deducted: int
) -> None:
    assert freight_deduction(800, kept_fen=kept, threshold_fen=9900) == deducted


def test_negative_amounts_are_refused() -> None:
    with pytest.raises(AmountError):
        refund_after_lost_discount(-1, [])
    with pytest.raises(AmountError):
        refund_after_lost_discount(1, [-1])
    with pytest.raises(AmountError):
        gift_deduction(-1, given_back=False)
    with pytest.raises(AmountError):
        freight_deduction(-1, kept_fen=0, threshold_fen=0)
