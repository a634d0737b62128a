from collections.abc import Callable

import pytest

from shop.returns import FreightPayer, Right, Verdict

Judged = Callable[..., Verdict]
FAULTS = ["quality", "wrong_item", "missing", "not_as_described", "fake"]


@pytest.mark.parametrize("reason", FAULTS)
def test_the_seller_pays_for_a_fault(judged: Judged, reason: str) -> None:
    found = judged(reason=reason)
    assert (found.right, found.finding) == ("granted", "seller_fault")
    assert found.freight_payer is FreightPayer.SELLER
    assert (found.refund_fen, found.refund_due_days) == (8900, 7)
    assert "消费者权益保护法 §25" not in found.basis


@pytest.mark.parametrize("reason", FAULTS)
@pytest.mark.parametrize(
    "fact",
    [
        {"custom_made": True},
        {"perishable": True},
        {"digital_unsealed": True},
        {"periodical": True},
        {"exclusion_ground": "safety_health_after_opening", "exclusion_confirmed": True},
        {"condition": "used_traces"},
        {"condition": "tag_cut"},
        {"condition": "inner_seal_broken", "category": "food"},
        {"condition": None, "custom_made": None, "category": None},
    ],
)
def test_nothing_that_ends_the_no_reason_right_stands_against_a_fault(
    judged: Judged, reason: str, fact: dict[str, object]
) -> None:
    assert judged(reason=reason, **fact).right is Right.GRANTED


@pytest.mark.parametrize(
    ("reason", "requested_at", "right"),
    [
        ("quality", "2026-11-10T23:59:59+08:00", "granted"),
        ("quality", "2026-11-11T00:00:00+08:00", "check"),
        ("wrong_item", "2026-11-11T00:00:00+08:00", "granted"),
        ("missing", "2026-12-01T00:00:00+08:00", "granted"),
        ("not_as_described", "2026-12-01T00:00:00+08:00", "granted"),
        ("not_as_described", "2028-11-02T23:59:59+08:00", "granted"),
        ("not_as_described", "2028-11-03T00:00:00+08:00", "check"),
        ("fake", "2027-11-03T23:59:59+08:00", "granted"),
        ("fake", "2027-11-04T00:00:00+08:00", "check"),
    ],
)
def test_a_fault_is_never_refused_for_lateness(
    judged: Judged, reason: str, requested_at: str, right: str
) -> None:
    assert judged(reason=reason, requested_at=requested_at).right == right


def test_late_quality_names_what_is_left_to_decide(judged: Judged) -> None:
    found = judged(reason="quality", requested_at="2026-11-20T10:00:00+08:00")
    assert found.basis == ("消费者权益保护法 §24",)
    assert found.why == "签收已超过七天，按质量问题是退货还是换货、维修，要人工核实问题后才能确定。"


@pytest.mark.parametrize(
    ("order", "shipping", "refund"),
    [
        (8900, 1000, 9900),  # the order's sum was recorded without its shipping
        (9900, 1000, 9900),  # or with it
        (30000, 1000, 8900),  # the rest of the order stays with the buyer
        (9500, 1000, 8900),
        (8900, 0, 8900),
        (None, 0, 8900),
    ],
)
def test_shipping_out_comes_back_with_a_whole_order(
    judged: Judged, order: int | None, shipping: int, refund: int
) -> None:
    found = judged(reason="quality", order_paid_fen=order, shipping_paid_fen=shipping)
    assert found.refund_fen == refund
    assert ("含运费" in found.why) == (refund > 8900)


@pytest.mark.parametrize(
    ("order", "shipping", "missing"),
    [
        (None, 1000, ("order_paid_fen",)),
        (8900, None, ("shipping_paid_fen",)),
        (None, None, ("order_paid_fen", "shipping_paid_fen")),
    ],
)
def test_shipping_that_may_be_owed_must_be_known(
    judged: Judged, order: int | None, shipping: int | None, missing: tuple[str, ...]
) -> None:
    found = judged(reason="quality", order_paid_fen=order, shipping_paid_fen=shipping)
    assert (found.right, found.missing) == ("check", missing)


@pytest.mark.parametrize("reason", FAULTS)
@pytest.mark.parametrize("field", ["signed_at", "requested_at", "item_paid_fen"])
def test_when_and_how_much_must_be_known(judged: Judged, reason: str, field: str) -> None:
    assert judged(reason=reason, **{field: None}).right is Right.CHECK


@pytest.mark.parametrize(
    ("category", "named"), [("food", True), ("fresh", True), ("cosmetics", False), (None, False)]
)
def test_a_fake_is_fraud_and_fake_food_more(
    judged: Judged, category: str | None, named: bool
) -> None:
    basis = judged(reason="fake", category=category).basis
    assert "消费者权益保护法 §55" in basis
    assert ("食品安全法 §148" in basis) is named


@pytest.mark.parametrize("reason", FAULTS)
def test_a_complaint_is_called_the_buyers_and_not_admitted(judged: Judged, reason: str) -> None:
    assert judged(reason=reason).why.startswith("按您反映的")
