import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.checking import check
from shop.returns import (
    Category,
    Condition,
    ExclusionGround,
    Platform,
    Reason,
    ReturnCase,
    ReturnPolicy,
    Right,
    Verdict,
    load_return_policy,
    verdict,
)

POLICY = load_return_policy()
KEYS = [
    "case_id",
    "right",
    "last_day",
    "freight_payer",
    "refund_fen",
    "refund_due_days",
    "basis",
    "why",
]
Judged = Callable[..., Verdict]

MOMENTS = st.builds(
    lambda hours, offset: (datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)).astimezone(
        timezone(timedelta(hours=offset))
    ),
    st.integers(0, 24 * 365 * 6),
    st.integers(-12, 14),
)
FEN = st.integers(0, 10**9)


def unknown_or(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


def mostly(value: object, *others: object) -> st.SearchStrategy:
    return st.sampled_from([value, value, value, *others])


@st.composite
def cases(draw: st.DrawFn) -> ReturnCase:
    """A case that is usually complete and consistent, so that every outcome comes up."""
    signed = draw(MOMENTS)
    item = draw(FEN)
    return ReturnCase(
        case_id=draw(st.text(max_size=5)),
        platform=draw(unknown_or(st.sampled_from(Platform))),
        category=draw(unknown_or(st.sampled_from(Category))),
        custom_made=draw(mostly(False, True, None)),
        perishable=draw(mostly(False, True, None)),
        digital_unsealed=draw(mostly(False, True, None)),
        periodical=draw(mostly(False, True, None)),
        exclusion_ground=draw(mostly(None, *ExclusionGround)),
        exclusion_confirmed=draw(mostly(False, True, None)),
        signed_at=draw(mostly(signed, None)),
        requested_at=draw(mostly(signed + timedelta(hours=draw(st.integers(-5, 400))), None)),
        reason=draw(unknown_or(st.sampled_from(Reason))),
        condition=draw(unknown_or(st.sampled_from(Condition))),
        item_paid_fen=draw(mostly(item, None)),
        order_paid_fen=draw(mostly(item, item + 800, item - 1, None)),
        shipping_paid_fen=draw(mostly(0, 800, None)),
    )


CASES = cases()


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"requested_at": "2026-11-03T14:19:59+08:00"}, "申请时间早于签收时间"),
        ({"item_paid_fen": 8901}, "商品实付金额高于整单实付金额"),
        ({"item_paid_fen": -1}, "负数"),
        ({"order_paid_fen": -1, "item_paid_fen": None}, "负数"),
        ({"shipping_paid_fen": -1}, "负数"),
    ],
)
@pytest.mark.parametrize("reason", [None, "no_reason", "quality", "fake"])
def test_facts_that_cannot_be_are_checked(
    judged: Judged, facts: dict[str, object], told: str, reason: str | None
) -> None:
    found = judged(**facts, reason=reason)
    assert (found.right, found.finding) == ("check", "facts_contradict")
    assert told in found.why


@pytest.mark.parametrize(
    "facts",
    [
        {"requested_at": "2026-11-03T14:20:00+08:00"},
        {"requested_at": "2026-11-03T06:20:00Z"},
        {"item_paid_fen": 8900, "order_paid_fen": 8900},
        {"item_paid_fen": 0, "order_paid_fen": 0},
        {"exclusion_confirmed": False},
        {"exclusion_confirmed": True},  # to confirm no ground excludes nothing
    ],
)
def test_facts_at_the_edge_of_the_possible_are_taken(
    judged: Judged, facts: dict[str, object]
) -> None:
    assert judged(**facts).right is Right.GRANTED


def test_an_unknown_reason_is_asked_for(judged: Judged) -> None:
    found = judged(reason=None)
    assert (found.right, found.missing) == ("check", ("reason",))
    assert found.last_day is not None


def test_an_order_older_than_every_rule_is_checked(judged: Judged) -> None:
    found = judged(signed_at="2017-03-14T10:00:00+08:00", requested_at="2017-03-15T10:00:00+08:00")
    assert (found.right, found.finding, found.last_day) == ("check", "no_terms_then", None)


def test_every_platform_is_answered(judged: Judged) -> None:
    found = {platform: judged(platform=platform) for platform in [*Platform, None]}
    assert {answer.right for answer in found.values()} == {Right.GRANTED}


def test_the_record_has_the_eight_keys_in_order(judged: Judged) -> None:
    record = judged().as_record()
    assert list(record) == KEYS
    assert json.loads(json.dumps(record)) == record
    assert record["last_day"] == "2026-11-10"
    assert list(judged(signed_at=None).as_record()) == KEYS


def test_every_combination_of_codes_gets_one_whole_sentence(judged: Judged) -> None:
    sentences = set()
    for reason, condition, category in product(Reason, Condition, Category):
        for requested in ("2026-11-05", "2026-12-05", "2029-12-05"):
            found = judged(
                reason=reason,
                condition=condition,
                category=category,
                requested_at=f"{requested}T10:00:00+08:00",
            )
            assert found.basis
            sentences.add(found.why)
    assert len(sentences) > 15
    for sentence in sentences:
        assert sentence.endswith("。")
        assert sentence.count("。") == 1
        assert not check(sentence).findings, sentence


@given(case=CASES)
def test_a_verdict_is_whole_and_repeatable(case: ReturnCase) -> None:
    found = verdict(case, POLICY)
    assert found == verdict(case, POLICY)
    assert found.why
    assert (found.last_day is not None) == (case.signed_at is not None)
    granted = found.right is Right.GRANTED
    assert granted == (found.freight_payer is not None) == (found.refund_due_days is not None)
    assert (found.refund_fen is None) == (found.right is Right.CHECK)
    assert len(found.basis) == len(set(found.basis)) > 0


@given(case=CASES)
def test_money_never_exceeds_what_was_paid(case: ReturnCase) -> None:
    found = verdict(case, POLICY)
    if found.right is Right.GRANTED:
        assert found.refund_fen is not None
        assert case.item_paid_fen is not None
        shipping = case.shipping_paid_fen or 0
        assert case.item_paid_fen <= found.refund_fen <= case.item_paid_fen + shipping


@given(case=CASES, hours=st.integers(1, 24 * 400))
def test_asking_later_never_makes_a_refusal_a_grant(case: ReturnCase, hours: int) -> None:
    if case.requested_at is None or case.reason not in (Reason.NO_REASON, Reason.SIZE):
        return
    later = _changed(case, requested_at=case.requested_at + timedelta(hours=hours))
    if verdict(case, POLICY).right is Right.REFUSED:
        assert verdict(later, POLICY).right is not Right.GRANTED


@given(case=CASES)
def test_a_fault_is_never_refused(case: ReturnCase) -> None:
    if case.reason not in (None, Reason.NO_REASON, Reason.SIZE):
        assert verdict(case, POLICY).right is not Right.REFUSED


FACT_VALUES = {
    "category": list(Category),
    "custom_made": [True, False],
    "perishable": [True, False],
    "digital_unsealed": [True, False],
    "periodical": [True, False],
    "condition": list(Condition),
    "reason": list(Reason),
    "platform": list(Platform),
}


@given(case=CASES, data=st.data())
def test_learning_a_fact_never_overturns_a_verdict(case: ReturnCase, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted(FACT_VALUES)))
    known = _changed(case, **{field: data.draw(st.sampled_from(FACT_VALUES[field]))})
    before = verdict(_changed(case, **{field: None}), POLICY)
    if before.right is not Right.CHECK and field != "reason":
        after = verdict(known, POLICY)
        assert (after.right, after.refund_fen, after.freight_payer) == (
            before.right,
            before.refund_fen,
            before.freight_payer,
        )


@given(case=CASES)
def test_every_missing_fact_is_really_unknown(case: ReturnCase) -> None:
    for field in verdict(case, POLICY).missing:
        assert getattr(case, field) is None


def _changed(case: ReturnCase, **changes: object) -> ReturnCase:
    facts = {name: getattr(case, name) for name in ReturnCase.__dataclass_fields__}
    return ReturnCase(**(facts | changes))


def test_the_shipped_policy_is_what_the_session_uses(policy: ReturnPolicy) -> None:
    assert policy == POLICY
