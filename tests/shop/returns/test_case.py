from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shop.returns import Category, Platform, Reason, ReturnCase, read_case
from shop.returns.case import CaseError


def test_a_whole_record_is_read(case: Callable[..., ReturnCase]) -> None:
    read = case()
    assert (read.platform, read.category, read.reason) == (
        Platform.HOUSE,
        Category.CLOTHING,
        Reason.NO_REASON,
    )
    assert read.signed_at == datetime(2026, 11, 3, 6, 20, tzinfo=UTC)
    assert read.custom_made is False
    assert read.item_paid_fen == 8900


def test_absent_and_null_are_unknown_and_other_keys_are_left() -> None:
    assert read_case({"case_id": "x", "reason": None, "note": "?"}) == ReturnCase(case_id="x")
    assert read_case({}) == ReturnCase()


@pytest.mark.parametrize("naive", ["2026-11-03T14:20:00", "2026-11-03", "2026-11-03 14:20"])
def test_a_time_without_offset_is_no_moment(case: Callable[..., ReturnCase], naive: str) -> None:
    assert case(signed_at=naive).signed_at is None


def test_a_case_made_in_python_refuses_a_naive_time() -> None:
    with pytest.raises(CaseError, match="requested_at"):
        ReturnCase(requested_at=datetime(2026, 11, 3))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("case_id", True),
        ("case_id", ["x"]),
        ("platform", "amazon"),
        ("platform", "HOUSE"),
        ("platform", 1),
        ("category", ""),
        ("category", ["food"]),
        ("reason", "changed_mind"),
        ("condition", "broken"),
        ("exclusion_ground", "because"),
        ("custom_made", 0),
        ("perishable", "false"),
        ("exclusion_confirmed", 1),
        ("signed_at", "yesterday"),
        ("signed_at", 1793700000),
        ("signed_at", ""),
        ("requested_at", "2026-02-29T10:00:00+08:00"),
        ("requested_at", "2026-11-03T25:00:00+08:00"),
        ("requested_at", "0001-01-01T00:00:00+14:00"),
        ("requested_at", "9999-12-31T23:59:59-12:00"),
        ("item_paid_fen", 89.0),
        ("item_paid_fen", "8900"),
        ("order_paid_fen", True),
        ("shipping_paid_fen", {}),
    ],
)
def test_a_value_no_case_can_have_is_named(
    record: dict[str, Any], field: str, value: object
) -> None:
    with pytest.raises(CaseError, match=field):
        read_case(record | {field: value})
