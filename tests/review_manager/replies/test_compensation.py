"""Compensation: every factor, cap and limit at its boundary."""

from pathlib import Path

import pytest
import yaml

from policies.files import PolicyError
from review_manager.analysis.findings import Aspect
from review_manager.replies import (
    Approver,
    CustomerFacts,
    Fault,
    ReturnRight,
    Severity,
    load_compensation,
    propose_compensation,
)
from review_manager.replies.compensation import (
    COMPENSATION_FILE,
    assess_severity,
)
from tests.review_manager.replies.conftest import make_case

PLENTY = 100_000_00


def coupon(
    order_yuan: float | None,
    *,
    aspect: Aspect = Aspect.QUALITY,
    severity: Severity = Severity.SEVERE,
    fault: Fault = Fault.SELLER,
    tier: str | None = None,
    earlier: int = 0,
    budget_fen: int = PLENTY,
) -> int:
    facts = CustomerFacts(
        tier=tier,
        order_value_fen=None if order_yuan is None else round(order_yuan * 100),
        earlier_complaints=earlier,
        fault=fault,
    )
    offer = propose_compensation(
        aspect, severity, facts, load_compensation(), budget_left_fen=budget_fen
    )
    return offer.coupon_fen // 100


@pytest.mark.parametrize(
    ("severity", "yuan"), [(Severity.MINOR, 15), (Severity.MODERATE, 20), (Severity.SEVERE, 40)]
)
def test_the_graver_the_more(severity: Severity, yuan: int) -> None:
    assert coupon(200, severity=severity) == yuan


@pytest.mark.parametrize(
    ("fault", "yuan"),
    [(Fault.SELLER, 40), (Fault.CARRIER, 40), (Fault.UNKNOWN, 20), (Fault.BUYER, 0)],
)
def test_fault_decides(fault: Fault, yuan: int) -> None:
    assert coupon(200, fault=fault) == yuan


@pytest.mark.parametrize(
    ("tier", "yuan"), [(None, 40), ("silver", 40), ("gold", 50), ("diamond", 60), ("unheard", 40)]
)
def test_members_get_more_by_public_rules(tier: str | None, yuan: int) -> None:
    assert coupon(200, tier=tier) == yuan


def test_a_repeated_complaint_gets_half_more() -> None:
    assert coupon(200, earlier=0) == 40
    assert coupon(200, earlier=1) == 60


@pytest.mark.parametrize(("order", "yuan"), [(24.99, 0), (25, 5), (49.99, 5), (50, 10)])
def test_coupons_step_by_five_yuan(order: float, yuan: int) -> None:
    assert coupon(order) == yuan


def test_no_coupon_above_half_of_the_order() -> None:
    assert coupon(40, tier="diamond", earlier=1) == 15  # 40 x 20 % x 150 % x 150 % = 18
    policy = load_compensation().model_copy(update={"order_share_percent": 25})
    facts = CustomerFacts(tier="diamond", order_value_fen=40_00, earlier_complaints=1)
    offer = propose_compensation(
        Aspect.QUALITY, Severity.SEVERE, facts, policy, budget_left_fen=PLENTY
    )
    assert offer.coupon_fen == 10_00


@pytest.mark.parametrize(
    ("order", "yuan", "approver"),
    [
        (150, 30, Approver.AGENT),
        (175, 35, Approver.LEAD),
        (500, 100, Approver.LEAD),
        (525, 105, Approver.MANAGER),
        (99_999, 300, Approver.MANAGER),
    ],
)
def test_limits_say_who_approves(order: int, yuan: int, approver: Approver) -> None:
    facts = CustomerFacts(order_value_fen=order * 100, fault=Fault.SELLER)
    offer = propose_compensation(
        Aspect.QUALITY, Severity.SEVERE, facts, load_compensation(), budget_left_fen=PLENTY
    )
    assert (offer.coupon_fen, offer.approver) == (yuan * 100, approver)


@pytest.mark.parametrize(
    ("budget_fen", "yuan"), [(40_00, 40), (39_99, 35), (5_00, 5), (4_99, 0), (0, 0), (-100, 0)]
)
def test_the_budget_is_never_overdrawn(budget_fen: int, yuan: int) -> None:
    assert coupon(200, budget_fen=budget_fen) == yuan


def test_an_unknown_order_counts_as_a_small_one() -> None:
    assert coupon(None) == 15


@pytest.mark.parametrize(("earlier", "approver"), [(1, Approver.AGENT), (2, Approver.LEAD)])
def test_the_third_complaint_goes_to_a_lead(earlier: int, approver: Approver) -> None:
    facts = CustomerFacts(order_value_fen=50_00, earlier_complaints=earlier, fault=Fault.SELLER)
    offer = propose_compensation(
        Aspect.QUALITY, Severity.MINOR, facts, load_compensation(), budget_left_fen=PLENTY
    )
    assert offer.approver is approver


@pytest.mark.parametrize(
    ("aspect", "right", "remedy"),
    [
        (Aspect.QUALITY, ReturnRight.GRANTED, "exchange"),
        (Aspect.QUALITY, ReturnRight.REFUSED, "repair"),
        (Aspect.QUALITY, ReturnRight.CHECK, "return_check"),
        (Aspect.QUALITY, None, "return_check"),
        (Aspect.WRONG_MISSING, ReturnRight.REFUSED, "reship"),
        (None, None, "callback"),
    ],
)
def test_remedies_follow_the_verdict(
    aspect: Aspect | None, right: ReturnRight | None, remedy: str
) -> None:
    offer = propose_compensation(
        aspect,
        Severity.MINOR,
        CustomerFacts(return_right=right),
        load_compensation(),
        budget_left_fen=0,
    )
    assert offer.remedy == remedy


def test_every_step_of_the_sum_is_told() -> None:
    facts = CustomerFacts(tier="gold", order_value_fen=200_00, earlier_complaints=1)
    offer = propose_compensation(
        Aspect.QUALITY, Severity.SEVERE, facts, load_compensation(), budget_left_fen=10_00
    )
    told = " | ".join(offer.reasons)
    for word in ("quality/severe", "fault unknown", "tier gold", "repeated", "budget left"):
        assert word in told


@pytest.mark.parametrize(
    ("complaints", "options", "severity"),
    [
        (1, {"stars": 3, "p_negative": 0.6, "praise": True}, Severity.MINOR),
        (1, {"stars": 2, "p_negative": 0.6}, Severity.MODERATE),
        (1, {"stars": 1, "p_negative": 0.89}, Severity.MODERATE),
        (1, {"stars": 1, "p_negative": 0.9}, Severity.SEVERE),
        (3, {"stars": 2, "p_negative": 0.9}, Severity.SEVERE),
        (1, {"stars": 5, "p_negative": 0.6, "safety": True}, Severity.SEVERE),
        (1, {"stars": 5, "p_negative": 0.6, "threat": True}, Severity.SEVERE),
    ],
)
def test_severity(complaints: int, options: dict[str, object], severity: Severity) -> None:
    told = dict(options)
    praise = ((Aspect.PRICE, "便宜"),) if told.pop("praise", False) else ()
    bad = [(aspect, "坏了") for aspect in list(Aspect)[:complaints]]
    case = make_case(*bad, praise=praise, **told)  # type: ignore[arg-type]
    assert assess_severity(case.analysis, stars=case.stars) is severity


def test_every_aspect_has_terms() -> None:
    assert load_compensation().aspects.keys() == {*Aspect, "general"}


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [("colour", 1, "colour"), ("monthly_budget_yuan", -1, "monthly_budget_yuan")],
)
def test_a_wrong_file_is_named_by_key(tmp_path: Path, key: str, value: int, named: str) -> None:
    content = yaml.safe_load(COMPENSATION_FILE.read_text(encoding="utf-8"))
    content[key] = value
    file = tmp_path / "compensation.yml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(PolicyError, match=rf"compensation\.yml: {named}"):
        load_compensation(file)
