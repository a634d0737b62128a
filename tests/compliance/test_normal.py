"""Disguises are undone and every character still knows its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance import check, get_checker


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("好評返現", "好评返现"),
        ("好坪返现", "好评返现"),
        ("好.评.返.现", "好评返现"),
        ("好\u200b评\u200d返现", "好评返现"),
        ("hpfx", "好评返现"),
        ("h p f x", "好评返现"),
        ("hao评返xian", "好评返现"),
        ("加V信", "加微信"),
        ("薇信", "微信"),
        ("威❤", "微信"),
        ("微❤", "微信"),
        ("好❤评❤返❤现", "好评返现"),
        ("ＱＱ", "qq"),
        ("第①", "第一"),
        ("最.好", "最好"),
        ("最 高 级", "最高级"),
        ("zui好", "最好"),
        ("ding级", "顶级"),
        ("⭐⭐⭐⭐⭐", "五星"),
        ("１３８", "138"),
        ("百分之百", "100%"),
        ("🧧", "红包"),
    ],
)
def test_a_disguise_is_undone(disguised: str, plain: str) -> None:
    assert get_checker().normaliser.normal(disguised).text == plain


@pytest.mark.parametrize(
    "honest",
    ["价格好平整", "好瓶子", "红宝石", "微信用卡", "返先到先得", "评价平台", "威风", "维修服务"],
)
def test_an_honest_word_is_left_alone(honest: str) -> None:
    assert get_checker().normaliser.normal(honest).text == honest


def test_offsets_name_the_original_characters() -> None:
    text = "亲，加 V\u200b 信 聊：shop_88"
    (finding,) = check(text).findings
    assert finding.rule == "off_platform"
    assert text[finding.start : finding.end].startswith("加 V\u200b 信")


def test_an_expanded_character_stands_for_one_original() -> None:
    normal = get_checker().normaliser.normal("㎏好")
    assert normal.text == "kg好"
    assert normal.original_span(0, 2) == (0, 1)
    assert normal.original_span(2, 3) == (1, 2)


@given(st.text(max_size=80))
def test_any_text_keeps_its_offsets(text: str) -> None:
    normal = get_checker().normaliser.normal(text)
    assert len(normal.text) == len(normal.starts) == len(normal.ends)
    assert all(0 <= s < e <= len(text) for s, e in zip(normal.starts, normal.ends, strict=True))
    assert list(normal.starts) == sorted(normal.starts)


@given(st.sampled_from(["好评返现5元", "加微信聊", "最终解释权归本店", "删评退款"]), st.data())
def test_separators_do_not_hide_a_breach(breach: str, data: st.DataObject) -> None:
    marks = st.sampled_from(["", ".", " ", "*", "·", "\u200b", "_", "-"])
    text = "".join(character + data.draw(marks) for character in breach)
    assert check(text).rules == check(breach).rules
