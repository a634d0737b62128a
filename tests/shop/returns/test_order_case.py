from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shop.returns import Condition, Platform, Reason, ReturnCase, Right, load_return_policy, verdict
from shop.returns.order_case import QuantityError, case_of
from shop.tables import DbOrder, DbOrderItem, DbProduct

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def fang_returns(
    *,
    product: dict[str, Any] | None = None,
    order: dict[str, Any] | None = None,
    item: dict[str, Any] | None = None,
    **asked: Any,
) -> ReturnCase:
    """王芳 gives back three coats for 100 yuan, signed three days ago."""
    goods = {"sku": "S-1", "category": "clothing", "custom_made": False, "exclusion_ground": None}
    line = {"sku": "S-1", "quantity": 3, "paid_fen": 10000}
    facts = {
        "number": "863233508988667201",
        "platform": "house",
        "signed_at": NOW - timedelta(days=3),
        "paid_fen": 10800,
        "shipping_fen": 800,
        "exclusion_confirmed": False,
    }
    bought = DbOrderItem(**(line | (item or {})), product=DbProduct(**(goods | (product or {}))))
    placed = DbOrder(**(facts | (order or {})), items=[bought])
    asking = {"reason": Reason.NO_REASON, "condition": Condition.INTACT, "requested_at": NOW}
    return case_of(placed, bought, **(asking | asked))


def right_of(case: ReturnCase) -> Right:
    return verdict(case, load_return_policy()).right


def test_the_records_make_a_whole_case() -> None:
    case = fang_returns()
    assert (case.case_id, case.platform) == ("863233508988667201", Platform.HOUSE)
    found = verdict(case, load_return_policy())
    assert (found.right, found.refund_fen) == (Right.GRANTED, 10000)


def test_a_fault_of_the_whole_order_refunds_its_shipping() -> None:
    found = verdict(fang_returns(reason=Reason.QUALITY), load_return_policy())
    assert found.refund_fen == 10800


@pytest.mark.parametrize(("quantity", "fen"), [(None, 10000), (3, 10000), (2, 6667), (1, 3334)])
def test_some_pieces_have_their_share(quantity: int | None, fen: int) -> None:
    assert fang_returns(quantity=quantity).item_paid_fen == fen


@pytest.mark.parametrize("quantity", [0, -1, 4])
def test_nobody_gives_back_more_than_was_bought(quantity: int) -> None:
    with pytest.raises(QuantityError):
        fang_returns(quantity=quantity)


@pytest.mark.parametrize(
    ("product", "right"),
    [
        ({"category": "fresh"}, Right.REFUSED),
        ({"custom_made": True}, Right.REFUSED),
        ({"category": "books"}, Right.GRANTED),
        ({"category": "gadgets"}, Right.CHECK),
        ({"exclusion_ground": "value_drop_after_activation"}, Right.GRANTED),
    ],
)
def test_the_catalogue_decides_what_is_excluded(product: dict[str, Any], right: Right) -> None:
    assert right_of(fang_returns(product=product)) is right


def test_a_confirmed_ground_excludes() -> None:
    case = fang_returns(
        product={"exclusion_ground": "safety_health_after_opening"},
        order={"exclusion_confirmed": True},
    )
    assert right_of(case) is Right.REFUSED


def test_a_confirmation_for_another_line_of_the_order_does_not() -> None:
    assert right_of(fang_returns(order={"exclusion_confirmed": True})) is Right.GRANTED


@pytest.mark.parametrize(
    ("condition", "right"),
    [
        (Condition.INTACT, Right.GRANTED),
        (Condition.OPENED_TO_INSPECT, Right.GRANTED),
        (Condition.INNER_SEAL_BROKEN, Right.REFUSED),
        (Condition.ACTIVATED, Right.REFUSED),
        (None, Right.CHECK),
    ],
)
def test_software_is_unsealed_by_its_condition(condition: Condition | None, right: Right) -> None:
    assert right_of(fang_returns(product={"category": "software"}, condition=condition)) is right


def test_an_order_not_signed_yet_is_checked() -> None:
    assert right_of(fang_returns(order={"signed_at": None})) is Right.CHECK
