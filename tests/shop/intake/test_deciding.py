"""Which status holds, and what cannot be true: tables round their boundaries."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shop.intake.codes import ParcelStatus
from shop.intake.consistency import faults_of_order, faults_of_parcel, is_before
from shop.intake.deciding import Decision, decide, is_parcel_step_back, is_step_back
from shop.orders import OrderStatus as S

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("stored", "said", "is_ours", "has_request", "expected"),
    [
        # what the source said before, it may say otherwise
        (S.PAID,      S.SHIPPED,   False, False, Decision(S.SHIPPED)),
        (S.SHIPPED,   S.PAID,      False, False, Decision(S.PAID)),
        (S.CANCELLED, S.PAID,      False, False, Decision(S.PAID)),
        # cancelled here
        (S.CANCELLED, S.UNPAID,    True,  False, Decision(S.CANCELLED, "cancelled")),
        (S.CANCELLED, S.PICKING,   True,  False, Decision(S.CANCELLED, "cancelled")),
        (S.CANCELLED, S.SHIPPED,   True,  False, Decision(S.SHIPPED, "sent")),
        (S.CANCELLED, S.COMPLETED, True,  False, Decision(S.COMPLETED, "sent")),
        (S.CANCELLED, S.CANCELLED, True,  False, Decision(S.CANCELLED)),
        (S.CANCELLED, S.REFUNDED,  True,  False, Decision(S.REFUNDED)),
        # a return agreed here holds while it is open
        (S.REFUNDING, S.COMPLETED, True,  True,  Decision(S.REFUNDING, "after_sale")),
        (S.EXCHANGING, S.SIGNED,   True,  True,  Decision(S.EXCHANGING, "after_sale")),
        (S.REFUNDING, S.COMPLETED, True,  False, Decision(S.COMPLETED)),
        (S.REFUNDING, S.REFUNDED,  True,  True,  Decision(S.REFUNDED)),
        (S.REFUNDING, S.CANCELLED, True,  True,  Decision(S.CANCELLED)),
        # what a parcel told us before the source knew
        (S.SIGNED,    S.SHIPPED,   True,  False, Decision(S.SIGNED)),
        (S.SHIPPED,   S.PICKING,   True,  False, Decision(S.SHIPPED)),
        (S.SIGNED,    S.COMPLETED, True,  False, Decision(S.COMPLETED)),
        (S.SIGNED,    S.REFUNDING, True,  False, Decision(S.REFUNDING)),
    ],
)  # fmt: skip
def test_which_status_holds(
    stored: S, said: S, is_ours: bool, has_request: bool, expected: Decision
) -> None:
    assert decide(stored, said, is_ours=is_ours, has_open_request=has_request) == expected


def test_only_on_its_way_an_order_can_go_back() -> None:
    assert is_step_back(S.SHIPPED, S.PAID)
    assert not is_step_back(S.PAID, S.PAID)
    assert not is_step_back(S.CANCELLED, S.PAID)
    assert not is_step_back(S.SIGNED, S.REFUNDING)
    assert is_parcel_step_back(ParcelStatus.SIGNED, ParcelStatus.IN_TRANSIT)
    assert not is_parcel_step_back(ParcelStatus.EXCEPTION, ParcelStatus.IN_TRANSIT)


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        (NOON, NOON, False),
        (NOON, NOON - MINUTE, False),                          # cut to the minute
        (NOON, NOON - MINUTE - timedelta(seconds=1), True),
        (NOON, MIDNIGHT, False),                               # a bare day of the same day
        (NOON, MIDNIGHT - timedelta(days=1), True),
        (MIDNIGHT, MIDNIGHT - timedelta(seconds=1), True),     # the evening before
        (None, NOON, False),
        (NOON, None, False),
    ],
)  # fmt: skip
def test_before(earlier: datetime | None, later: datetime | None, expected: bool) -> None:
    assert is_before(later, earlier) is expected


def facts(**change: Any) -> dict[str, Any]:
    return {
        "status": "paid", "placed_at": NOON, "paid_at": NOON + MINUTE, "shipped_at": None,
        "signed_at": None, "completed_at": None, "cancelled_at": None, "goods_fen": 10000,
        "shipping_fen": 800, "discount_fen": 0, "payable_fen": 10800, "paid_fen": 10800,
        "shares_fen": [10000],
    } | change  # fmt: skip


LATER = NOON + timedelta(hours=5)


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({}, []),
        ({"shares_fen": [5400, 5400]}, []),
        ({"shares_fen": [5400, 5401]}, ["各商品实付合计 108.01 元，超过订单的 108.00 元"]),
        ({"discount_fen": 10800}, []),
        ({"discount_fen": 10801}, ["优惠 108.01 元比商品总额加运费 108.00 元还多"]),
        ({"paid_at": None}, ["有实付金额，要有付款时间"]),
        ({"status": "unpaid"}, ["状态是待付款，却有实付金额或付款时间"]),
        ({"status": "unpaid", "paid_fen": 0}, ["状态是待付款，却有实付金额或付款时间"]),
        ({"status": "unpaid", "paid_fen": 0, "paid_at": None}, []),
        ({"status": "unpaid", "paid_fen": 0, "paid_at": None, "shares_fen": [10801]},
         ["各商品实付合计 108.01 元，超过订单的 108.00 元"]),
        ({"shipped_at": LATER}, ["状态还是“待发货”，却有发货时间"]),
        ({"status": "shipped"}, ["状态是“运输中”，要有发货时间"]),
        ({"status": "shipped", "shipped_at": LATER}, []),
        ({"status": "shipped", "shipped_at": LATER, "paid_fen": 0, "paid_at": None}, []),
        ({"status": "signed", "shipped_at": LATER}, ["状态是“已签收”，要有签收时间"]),
        ({"status": "signed", "shipped_at": LATER, "signed_at": LATER}, []),
        ({"status": "signed", "shipped_at": LATER, "signed_at": NOON}, ["签收时间早于发货时间"]),
        ({"status": "signed", "shipped_at": None, "signed_at": NOON}, []),
        ({"status": "cancelled", "cancelled_at": NOON - timedelta(hours=1)},
         ["取消时间早于下单时间"]),
        ({"status": "completed"}, []),
    ],
)  # fmt: skip
def test_what_cannot_be_true_of_an_order(change: dict[str, Any], faults: list[str]) -> None:
    assert faults_of_order(facts(**change)) == faults


@pytest.mark.parametrize(
    ("status", "shipped_at", "signed_at", "faults"),
    [
        ("in_transit", NOON, None, []),
        ("in_transit", NOON, LATER, ["状态还是“运输中”，却有签收时间"]),
        ("signed", NOON, LATER, []),
        ("signed", NOON, None, ["状态是“已签收”，要有签收时间"]),
        ("signed", LATER, NOON, ["签收时间早于发货时间"]),
        ("returned", NOON, LATER, []),
        ("in_transit", NOON - 2 * MINUTE, None, ["发货时间早于下单时间"]),
        ("signed", None, NOON - 2 * MINUTE, ["签收时间早于下单时间"]),
    ],
)  # fmt: skip
def test_what_cannot_be_true_of_a_parcel(
    status: str, shipped_at: datetime, signed_at: datetime | None, faults: list[str]
) -> None:
    said = {"status": status, "shipped_at": shipped_at, "signed_at": signed_at, "placed_at": NOON}
    assert faults_of_parcel(said) == faults
