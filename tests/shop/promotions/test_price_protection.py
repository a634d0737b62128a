from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from policies.files import PolicyError
from shop.promotions.policy import PriceKind, load_promotion_policy
from shop.promotions.price_protection import PriceCase, PriceVerdict, judge_price

POLICY = load_promotion_policy()
FANG: dict[str, Any] = {
    "paid_at": "2026-11-03T20:00:00+08:00",
    "asked_at": "2026-11-10T10:00:00+08:00",
    "paid_unit_fen": 8900,
    "price_now_fen": 7900,
    "price_kind": PriceKind.PUBLIC,
    "quantity_kept": 2,
}
"""王芳 bought two cups for 89 yuan each; a week later one costs 79."""


def judged(**changes: Any) -> PriceVerdict:
    facts = FANG | changes
    for name in ("paid_at", "asked_at"):
        if isinstance(facts[name], str):
            facts[name] = datetime.fromisoformat(facts[name])
    return judge_price(PriceCase(**facts), POLICY)


def test_wang_fang_gets_the_difference_for_both_cups() -> None:
    assert judged() == PriceVerdict(
        answer="paid_back",  # type: ignore[arg-type]
        amount_fen=2000,
        last_day=date(2026, 11, 18),
    )


@pytest.mark.parametrize(
    ("asked_at", "answer"),
    [
        ("2026-11-03T20:00:00+08:00", "paid_back"),
        ("2026-11-18T23:59:59+08:00", "paid_back"),
        ("2026-11-18T15:59:59+00:00", "paid_back"),
        ("2026-11-18T16:00:00+00:00", "too_late"),
        ("2026-11-19T00:00:00+08:00", "too_late"),
        ("2026-11-03T19:59:59+08:00", "check"),
        (None, "check"),
    ],
)
def test_protection_ends_with_the_last_second_of_its_last_day(
    asked_at: str | None, answer: str
) -> None:
    assert judged(asked_at=asked_at).answer == answer


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ({"paid_at": "2026-10-31T23:59:59+08:00"}, "not_promised"),
        ({"paid_at": "2026-11-01T00:00:00+08:00"}, "paid_back"),
        ({"times_used": 1}, "already_used"),
        ({"quantity_kept": 0}, "goods_returned"),
        ({"price_kind": PriceKind.MEMBER}, "not_compared"),
        ({"price_kind": PriceKind.FLASH_SALE}, "not_compared"),
        ({"price_now_fen": 8900}, "not_lower"),
        ({"price_now_fen": 9900}, "not_lower"),
        ({"price_now_fen": 8850}, "paid_back"),
        ({"price_now_fen": 8851}, "too_small"),
        ({"price_now_fen": 0}, "paid_back"),
        ({"price_now_fen": -1}, "check"),
        ({"quantity_kept": -1}, "check"),
        ({"times_used": -1}, "check"),
    ],
)
def test_the_promise_has_its_conditions(facts: dict[str, Any], answer: str) -> None:
    found = judged(**facts)
    assert found.answer == answer
    assert (found.amount_fen > 0) is (answer == "paid_back")


@pytest.mark.parametrize(
    "field",
    ["paid_at", "paid_unit_fen", "price_now_fen", "price_kind", "quantity_kept", "times_used"],
)
def test_what_is_not_known_is_checked(field: str) -> None:
    assert judged(**{field: None}).answer == "check"


def test_what_is_late_anyway_needs_no_more_facts() -> None:
    found = judged(asked_at="2026-12-01T10:00:00+08:00", price_now_fen=None)
    assert found.answer == "too_late"


def test_a_faulty_file_names_the_key(tmp_path: Path) -> None:
    file = tmp_path / "promotions.yml"
    file.write_text(
        "price_protection: [{valid_from: 2026-11-01, source: s, days: -1}]", encoding="utf-8"
    )
    with pytest.raises(PolicyError, match=r"promotions\.yml: price_protection\.0\.days"):
        load_promotion_policy(file)
