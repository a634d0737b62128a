from collections.abc import Callable
from typing import Any

import pytest

from shop.returns import Finding, FreightPayer, Right, Verdict

Judged = Callable[..., Verdict]


def outcome(found: Verdict) -> tuple[str, str]:
    return str(found.right), str(found.finding)


def test_wang_fang_may_return_her_coat(judged: Judged) -> None:
    found = judged()
    assert outcome(found) == ("granted", "no_reason")
    assert found.last_day is not None
    assert found.last_day.isoformat() == "2026-11-10"
    assert found.freight_payer is FreightPayer.BUYER
    assert (found.refund_fen, found.refund_due_days) == (8900, 7)
    assert "消费者权益保护法 §25" in found.basis
    assert found.why == (
        "可以无理由退货：您11月3日签收，最晚11月10日（含当天）申请，退货运费由您承担，"
        "我们收到退回的商品后7天内退89.00元。"
    )


@pytest.mark.parametrize(
    ("signed_at", "requested_at", "right"),
    [
        ("2026-11-03T00:00:00+08:00", "2026-11-03T00:00:00+08:00", "granted"),
        ("2026-11-03T00:00:00+08:00", "2026-11-10T23:59:59+08:00", "granted"),
        ("2026-11-03T00:00:00+08:00", "2026-11-11T00:00:00+08:00", "refused"),
        ("2026-11-03T23:59:59+08:00", "2026-11-10T23:59:59+08:00", "granted"),
        ("2026-11-03T23:59:59+08:00", "2026-11-11T00:00:00+08:00", "refused"),
        ("2026-11-03T15:59:59Z", "2026-11-10T15:59:59Z", "granted"),
        ("2026-11-03T15:59:59Z", "2026-11-10T16:00:00Z", "refused"),
        ("2026-11-03T16:00:00Z", "2026-11-11T15:59:59Z", "granted"),
        ("2026-11-03T07:59:59-08:00", "2026-11-10T08:00:00-08:00", "refused"),
        ("2026-11-04T00:30:00+09:00", "2026-11-11T00:30:00+09:00", "granted"),
        ("2026-11-04T00:30:00+09:00", "2026-11-11T01:00:00+09:00", "refused"),
        ("2026-09-24T10:00:00+08:00", "2026-10-08T23:59:59+08:00", "granted"),
        ("2026-09-24T10:00:00+08:00", "2026-10-09T00:00:00+08:00", "refused"),
        ("2026-02-09T10:00:00+08:00", "2026-02-24T23:59:59+08:00", "granted"),
        ("2026-02-09T10:00:00+08:00", "2026-02-25T00:00:00+08:00", "refused"),
        ("2028-02-22T10:00:00+08:00", "2028-02-29T23:59:59+08:00", "granted"),
        ("2028-02-22T10:00:00+08:00", "2028-03-01T00:00:00+08:00", "refused"),
    ],
)
def test_the_right_ends_with_the_last_second_of_the_last_day(
    judged: Judged, signed_at: str, requested_at: str, right: str
) -> None:
    assert judged(signed_at=signed_at, requested_at=requested_at).right == right


def test_li_qiang_on_day_eight_is_told_when_it_ended(judged: Judged) -> None:
    found = judged(requested_at="2026-11-11T08:00:00+08:00")
    assert outcome(found) == ("refused", "too_late")
    assert (found.refund_fen, found.freight_payer, found.refund_due_days) == (0, None, None)
    assert "到11月10日为止，11月11日申请" in found.why
    assert found.basis == ("消费者权益保护法 §25", "网络购买商品七日无理由退货暂行办法 §10")


def test_a_year_boundary_is_told_with_the_year(judged: Judged) -> None:
    found = judged(signed_at="2026-12-29T10:00:00+08:00", requested_at="2027-01-06T10:00:00+08:00")
    assert "2026年12月29日签收" in found.why
    assert "2027年1月5日为止" in found.why


def test_a_moved_last_day_names_its_article(judged: Judged) -> None:
    moved = judged(signed_at="2026-09-24T10:00:00+08:00", requested_at="2026-10-01T10:00:00+08:00")
    assert "民法典 §203" in moved.basis
    assert "民法典 §203" not in judged().basis


@pytest.mark.parametrize("field", ["custom_made", "perishable", "digital_unsealed", "periodical"])
def test_goods_excluded_by_law(judged: Judged, field: str) -> None:
    found = judged(**{field: True})
    assert outcome(found) == ("refused", "excluded_by_law")
    assert "网络购买商品七日无理由退货暂行办法 §6" in found.basis
    assert judged(**{field: None}).missing == (field,)
    assert judged(**{field: False}).right is Right.GRANTED


@pytest.mark.parametrize(
    "ground",
    [
        "safety_health_after_opening",
        "value_drop_after_activation",
        "disclosed_near_expiry_or_flaw",
    ],
)
@pytest.mark.parametrize(
    ("confirmed", "right", "finding"),
    [
        (True, "refused", "exclusion_confirmed"),
        (False, "granted", "no_reason"),
        (None, "check", "facts_missing"),
    ],
)
def test_other_goods_are_excluded_only_if_the_buyer_confirmed_it(
    judged: Judged, ground: str, confirmed: bool | None, right: str, finding: str
) -> None:
    found = judged(exclusion_ground=ground, exclusion_confirmed=confirmed)
    assert outcome(found) == (right, finding)
    if confirmed is False:
        assert "消费者权益保护法实施条例 §19" in found.basis


SPOILED, FINE, LOOK = "refused", "granted", "check"
CLOTHES = ("clothing", "shoes", "bags", "toys", "home", "jewelry")
SEALED = ("food", "fresh", "cosmetics", "medical")
REST = ("books", "software", "other")
ALL = (*CLOTHES, *SEALED, *REST, "electronics")


@pytest.mark.parametrize(
    ("condition", "categories", "right"),
    [
        ("intact", ALL, FINE),
        ("opened_to_inspect", ALL, FINE),
        ("used_traces", ALL, SPOILED),
        ("stained", ALL, SPOILED),
        ("tag_cut", CLOTHES, SPOILED),
        ("tag_cut", (*SEALED, *REST, "electronics"), LOOK),
        ("inner_seal_broken", SEALED, SPOILED),
        ("inner_seal_broken", ("software", "other"), LOOK),
        ("inner_seal_broken", (*CLOTHES, "electronics", "books"), FINE),
        ("activated", ("electronics",), SPOILED),
        ("activated", (*CLOTHES, *SEALED, *REST), LOOK),
    ],
)
def test_intact_means_something_else_for_each_kind_of_goods(
    judged: Judged, condition: str, categories: tuple[str, ...], right: str
) -> None:
    for category in categories:
        found = judged(condition=condition, category=category)
        assert found.right == right, category
        assert (
            found.finding
            == {
                SPOILED: Finding.NOT_INTACT,
                FINE: Finding.NO_REASON,
                LOOK: Finding.CONDITION_UNCLEAR,
            }[right]
        )


@pytest.mark.parametrize("condition", ["tag_cut", "inner_seal_broken", "activated"])
def test_an_unknown_category_matters_where_the_condition_hangs_on_it(
    judged: Judged, condition: str
) -> None:
    assert judged(condition=condition, category=None).missing == ("category",)


@pytest.mark.parametrize("condition", ["intact", "opened_to_inspect"])
def test_an_unknown_category_does_not_matter_elsewhere(judged: Judged, condition: str) -> None:
    assert judged(condition=condition, category=None).right is Right.GRANTED


@pytest.mark.parametrize("field", ["signed_at", "requested_at", "condition", "item_paid_fen"])
def test_a_fact_the_outcome_hangs_on_must_be_known(judged: Judged, field: str) -> None:
    found = judged(**{field: None})
    assert outcome(found) == ("check", "facts_missing")
    assert found.missing == (field,)
    assert (found.refund_fen, found.freight_payer, found.refund_due_days) == (None, None, None)


@pytest.mark.parametrize(
    "field",
    [
        "platform",
        "category",
        "exclusion_confirmed",
        "order_paid_fen",
        "shipping_paid_fen",
        "case_id",
    ],
)
def test_a_fact_that_changes_nothing_may_be_unknown(judged: Judged, field: str) -> None:
    assert judged(**{field: None}).right is Right.GRANTED


UNKNOWN = {
    "category": None,
    "perishable": None,
    "digital_unsealed": None,
    "periodical": None,
    "item_paid_fen": None,
}


@pytest.mark.parametrize(
    "sure",
    [
        {"custom_made": True, "signed_at": None, "requested_at": None, "condition": None},
        {"custom_made": None, "condition": None, "requested_at": "2026-11-11T00:00:00+08:00"},
        {"custom_made": None, "condition": "used_traces", "signed_at": None},
        {
            "exclusion_ground": "value_drop_after_activation",
            "exclusion_confirmed": True,
            "signed_at": None,
        },
    ],
)
def test_what_is_refused_anyway_needs_no_more_facts(judged: Judged, sure: dict[str, Any]) -> None:
    assert judged(**(UNKNOWN | sure)).right is Right.REFUSED


def test_a_size_that_does_not_fit_is_no_fault(judged: Judged) -> None:
    found = judged(reason="size", requested_at="2026-11-10T23:59:59+08:00")
    assert outcome(found) == ("granted", "no_reason")
    assert found.freight_payer is FreightPayer.BUYER
    assert judged(reason="size", requested_at="2026-11-11T00:00:00+08:00").right is Right.REFUSED


@pytest.mark.parametrize(
    ("order", "shipping"), [(8900, 1000), (9900, 1000), (30000, 1000), (8900, None), (None, 600)]
)
def test_shipping_out_is_not_refunded_without_a_reason(
    judged: Judged, order: int | None, shipping: int | None
) -> None:
    assert judged(order_paid_fen=order, shipping_paid_fen=shipping).refund_fen == 8900


def test_several_open_questions_are_asked_together(judged: Judged) -> None:
    found = judged(condition=None, periodical=None)
    assert found.missing == ("periodical", "condition")
    assert found.why == "还要先确认是否为报纸期刊、商品现在的状态，才能判断能不能退、怎么退。"
