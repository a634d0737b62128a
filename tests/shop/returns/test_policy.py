from datetime import date
from pathlib import Path

import pytest
import yaml

from policies.files import PolicyError
from shop.returns import FreightPayer, Platform, ReturnPolicy, Right, load_return_policy, read_case
from shop.returns import verdict as judge
from shop.returns.policy import RETURNS_FILE

STATUTE = {"valid_from": "2017-03-15", "source": "statute", "confidence": "P"}


def write(folder: Path, content: object) -> Path:
    path = folder / "returns.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_every_shipped_preset_says_where_it_comes_from(policy: ReturnPolicy) -> None:
    presets = [*policy.statute, *(t for terms in policy.platforms.values() for t in terms)]
    assert all(len(terms.source) > 20 and terms.valid_from for terms in presets)
    assert RETURNS_FILE.is_file()


def test_the_statute_is_seven_days_and_the_buyers_freight(policy: ReturnPolicy) -> None:
    terms = policy.find_terms(None, date(2026, 11, 3))
    assert terms is not None
    assert (terms.no_reason_days, terms.refund_due_days) == (7, 7)
    assert terms.no_reason_freight == "buyer"
    assert not terms.promises_more


def test_taobao_says_who_pays_when_nobody_spoke_of_freight(policy: ReturnPolicy) -> None:
    terms = policy.find_terms(Platform.TAOBAO, date(2026, 11, 3))
    assert terms is not None
    assert terms.agreed_return_freight_unmentioned == "seller"
    assert terms.exchange_freight == "buyer"


@pytest.mark.parametrize(
    ("day", "days"),
    [(date(2026, 10, 31), 7), (date(2026, 11, 1), 15), (date(2026, 11, 11), 30), (None, 30)],
)
def test_the_newest_preset_in_force_applies(tmp_path: Path, day: date | None, days: int) -> None:
    house = [
        STATUTE | {"valid_from": "2026-11-11", "no_reason_days": 30},
        STATUTE | {"valid_from": "2026-11-01", "no_reason_days": 15},
    ]
    path = write(tmp_path, {"statute": [STATUTE], "platforms": {"house": house}})
    terms = load_return_policy(path).find_terms(Platform.HOUSE, day)
    assert terms is not None
    assert terms.no_reason_days == days


def test_a_better_promise_binds(tmp_path: Path, record: dict[str, object]) -> None:
    promise = STATUTE | {"no_reason_days": 15, "no_reason_freight": "seller", "refund_due_days": 2}
    path = write(tmp_path, {"statute": [STATUTE], "platforms": {"house": [promise]}})
    case = read_case(record | {"requested_at": "2026-11-18T23:59:59+08:00"})
    found = judge(case, load_return_policy(path))
    assert (found.right, found.freight_payer) == (Right.GRANTED, FreightPayer.SELLER)
    assert found.refund_due_days == 2
    assert "消费者权益保护法实施条例 §12" in found.basis
    assert "退货运费由我们承担，我们收到退回的商品后2天内" in found.why
    late = read_case(record | {"requested_at": "2026-11-19T00:00:00+08:00"})
    assert judge(late, load_return_policy(path)).right is Right.REFUSED


def test_a_longer_quality_promise_moves_the_quality_day(
    tmp_path: Path, record: dict[str, object]
) -> None:
    path = write(tmp_path, {"statute": [STATUTE | {"quality_days": 30}]})
    late = record | {"reason": "quality", "requested_at": "2026-12-03T23:59:59+08:00"}
    found = judge(read_case(late), load_return_policy(path))
    assert (found.right, str(found.last_day)) == (Right.GRANTED, "2026-12-03")
    assert found.basis == ("消费者权益保护法 §24",)


@pytest.mark.parametrize(
    ("rule", "refund"), [("whole_order", 8900), ("always", 9900), ("never", 8900)]
)
def test_shipping_of_a_part_order_is_a_switch(
    tmp_path: Path, record: dict[str, object], rule: str, refund: int
) -> None:
    path = write(tmp_path, {"statute": [STATUTE | {"fault_outbound_shipping": rule}]})
    part = record | {"reason": "quality", "order_paid_fen": 30000, "shipping_paid_fen": 1000}
    assert judge(read_case(part), load_return_policy(path)).refund_fen == refund


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"statute": []}, "statute"),
        ({"statute": [STATUTE | {"no_reason_days": 6}]}, "no_reason_days"),
        ({"statute": [STATUTE | {"quality_days": 3}]}, "quality_days"),
        ({"statute": [STATUTE | {"refund_due_days": 8}]}, "refund_due_days"),
        ({"statute": [STATUTE | {"colour": "red"}]}, "colour"),
        ({"statute": [{"valid_from": "2026-01-01", "confidence": "P"}]}, "source"),
        ({"statute": [STATUTE], "platforms": {"amazon": [STATUTE]}}, "amazon"),
        (
            {"statute": [STATUTE], "calendar": {"rest": ["2027-02-20"], "work": ["2027-02-20"]}},
            "2027-02-20",
        ),
        ("text", "the file"),
    ],
)
def test_a_faulty_file_names_itself_and_the_key(
    tmp_path: Path, content: object, named: str
) -> None:
    path = write(tmp_path, content)
    with pytest.raises(PolicyError, match=named) as raised:
        load_return_policy(path)
    assert str(path) in str(raised.value)


def test_a_file_that_is_no_yaml_or_not_there_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("statute: [", encoding="utf-8")
    for path in (broken, tmp_path / "absent.yml"):
        with pytest.raises(PolicyError, match=path.name):
            load_return_policy(path)
