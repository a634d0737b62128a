"""Why somebody returns and in what state the goods are, from plain words."""

import pytest

from shop.returns import Condition, Reason
from shop.returns.reading import (
    asks_where_to_send,
    declines_photo,
    read_condition,
    read_reason,
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("不想要了", Reason.NO_REASON),
        ("买重了", Reason.NO_REASON),
        ("裤子太长了", Reason.SIZE),
        ("码数偏小", Reason.SIZE),
        ("质量太差了", Reason.QUALITY),
        ("拉链坏了", Reason.QUALITY),
        ("买的红色发成蓝色", Reason.WRONG_ITEM),
        ("发错货了", Reason.WRONG_ITEM),
        ("少发了一只", Reason.MISSING),
        ("和页面说的不一样", Reason.NOT_AS_DESCRIBED),
        ("是假货吧", Reason.FAKE),
        ("想退", None),
        ("", None),
    ],
)
def test_a_reason(text: str, reason: Reason | None) -> None:
    assert read_reason(text) is reason


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("没拆", Condition.INTACT),
        ("没剪吊牌，没穿过", Condition.INTACT),
        ("全新的", Condition.INTACT),
        ("拆开看了一下", Condition.OPENED_TO_INSPECT),
        ("只试穿过", Condition.OPENED_TO_INSPECT),
        ("吊牌剪了", Condition.TAG_CUT),
        ("密封包装拆了", Condition.INNER_SEAL_BROKEN),
        ("激活了", Condition.ACTIVATED),
        ("用过两次", Condition.USED_TRACES),
        ("没剪吊牌但是穿过一次", Condition.USED_TRACES),
        ("洒了点油渍", Condition.STAINED),
        ("不知道", None),
    ],
)
def test_a_condition(text: str, condition: Condition | None) -> None:
    assert read_condition(text) is condition


@pytest.mark.parametrize(
    ("text", "declines"),
    [("跳过", True), ("没有照片", True), ("没拍照", True), ("照片发你", False)],
)
def test_going_on_without_a_photo(text: str, declines: bool) -> None:
    assert declines_photo(text) is declines


@pytest.mark.parametrize(
    ("text", "asks"), [("退货地址发我", True), ("寄到哪里", True), ("我要退货", False)]
)
def test_asking_where_to_send(text: str, asks: bool) -> None:
    assert asks_where_to_send(text) is asks
