"""What features are computed on: masks, cards, numbers, repeats, and nothing lost."""

from itertools import pairwise

import pytest
from components.normal_form import (
    READ_CHARACTERS,
    STRETCH_CHARACTERS,
    joins_wishes,
    normal_form,
    pieces,
    stretches,
)

CARD = "咨询订单号:[订单x] 订单金额:[金额x] 下单时间:[日期x]"


def test_a_card_beside_a_question_is_dropped() -> None:
    assert normal_form(f"{CARD} 到哪了") == "到哪了"
    assert normal_form(f"到哪了 {CARD}") == "到哪了"


def test_a_real_card_is_dropped_like_a_masked_one() -> None:
    card = "咨询订单号:863233508988667201 订单金额:¥129.00 下单时间:2026-11-03 12:33:05"
    assert normal_form(f"{card} 到哪了") == "到哪了"


def test_a_card_alone_still_says_order() -> None:
    assert normal_form(CARD) == "订单号"


@pytest.mark.parametrize(
    ("typed", "masked"),
    [
        ("863233508988667201 到哪了", "[订单x] 到哪了"),
        ("打13812345678", "打[电话x]"),
        ("https://item.example.com/1.html 有货吗", "[链接x] 有货吗"),
        ("等了3天", "等了[数字x]天"),
        ("发到ＡＢＣ", "发到abc"),
    ],
)
def test_what_is_typed_and_what_is_masked_read_the_same(typed: str, masked: str) -> None:
    assert normal_form(typed) == normal_form(masked)


@pytest.mark.parametrize("text", ["我要打12315", "12345受理了", "12315 见"])
def test_the_number_of_a_public_service_is_a_word(text: str) -> None:
    assert normal_form(text) == text


@pytest.mark.parametrize("text", ["123156", "8123156 到哪了", "12315", "价格1231", "12400元"])
def test_other_numbers_are_masked(text: str) -> None:
    assert "1" not in normal_form(text)


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("怎么还没到啊什么时候退款", ["怎么还没到啊", "什么时候退款"]),
        ("发票开了吗快递到哪了", ["发票开了吗", "快递到哪了"]),
        ("好吧我再等等", ["好吧我再等等"]),  # too short to be a wish
        ("能修吗谢谢", ["能修吗谢谢"]),
        ("那我发什么快递", ["那我发什么快递"]),
    ],
)
def test_a_particle_ends_a_piece(line: str, cut: list[str]) -> None:
    assert pieces(line) == cut


@pytest.mark.parametrize("length", [1, STRETCH_CHARACTERS - 1, STRETCH_CHARACTERS])
def test_a_short_line_has_no_stretches(length: int) -> None:
    assert stretches("东" * length) == []


@pytest.mark.parametrize("length", [STRETCH_CHARACTERS + 1, 20, 55, 400])
def test_stretches_cover_a_long_line_and_overlap(length: int) -> None:
    line = "".join(chr(0x4E00 + place) for place in range(length))
    cut = stretches(line)
    assert line.startswith(cut[0])
    assert line.endswith(cut[-1])
    assert {len(each) for each in cut[:-1]} == {STRETCH_CHARACTERS}
    assert all(before[3:] == after[: len(before) - 3] for before, after in pairwise(cut))
    assert all(each in line for each in cut)


def test_a_sentence_sent_twice_counts_once() -> None:
    assert normal_form("物流慢了 物流慢了") == "物流慢了"


def test_shouting_is_shortened() -> None:
    assert normal_form("快快快快快点") == "快快点"


@pytest.mark.parametrize("text", ["!!!", "😂", "1", "/start", "[", "。", "٣", "\u200b"])
def test_something_stays_something(text: str) -> None:
    assert normal_form(text)


def test_a_novel_is_cut() -> None:
    assert len(normal_form("我的快递怎么还没有到" * 500)) <= READ_CHARACTERS


def test_pieces_stand_between_spaces_and_punctuation() -> None:
    assert pieces("你好,我要转人工 发票错了!") == ["你好", "我要转人工", "发票错了"]
    assert pieces("嗯") == ["嗯"]
    assert len(pieces("好的 " * 100)) <= 12


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("发票开一下还有我的快递到哪了", ["发票开一下", "还有我的快递到哪了"]),
        ("耳机退了吧再帮我开张票", ["耳机退了吧", "再帮我开张票"]),
        ("还有多久能到", ["还有多久能到"]),
        ("有货吗另外", ["有货吗另外"]),
    ],
)
def test_words_that_join_two_wishes_cut_a_line(line: str, cut: list[str]) -> None:
    assert pieces(line) == cut
    assert joins_wishes(line)
    assert not joins_wishes("我的快递到哪了")
