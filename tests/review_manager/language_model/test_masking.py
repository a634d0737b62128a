"""What never leaves for the model."""

import pytest
from fake_model import PERSONAL, REVIEW

from review_manager.language_model.masking import hidden


def _hidden(text: str, *known: str) -> str:
    return hidden(text, slot="隐私", known=known)


def test_all_that_tells_who_wrote_a_review_is_hidden() -> None:
    masked = _hidden(REVIEW, *PERSONAL)
    assert masked.startswith("物流倒是快，可是杯盖漏水，包里的书全湿了。我叫⟦隐私1⟧，")
    for datum in (*PERSONAL, "wangfang88", "文一西路", "998", "201"):
        assert datum not in masked


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("电话13912345678打了没人接", "13912345678"),
        ("电话139 1234 5678打了没人接", "1234"),
        ("电话139-1234-5678打了没人接", "1234"),
        ("电话１３９１２３４５６７８打了没人接", "１２３４"),
        ("座机0571-88123456没人接", "88123456"),
        ("身份证33010219900307123X都给了", "33010219900307"),
        ("银行卡6222 0200 1234 5678 901退款没到", "1234"),
        ("单号SF1234567890123一直不动", "1234567890123"),
        ("邮箱wang.fang+shop@example.com.cn没收到", "example"),
        ("加我微信wangfang_88说清楚", "wangfang_88"),
        ("加vx：wang88fang说清楚", "wang88fang"),
        ("QQ号是 82345", "82345"),
        ("看这里https://t.example/x?a=1，气人", "t.example"),
        ("网址www.example.com/abc有图", "example"),
        ("寄到杭州市西湖区文一西路998号3幢201室，没人来", "998号"),
    ],
)
def test_data_that_nobody_told_us_are_found(text: str, datum: str) -> None:
    masked = _hidden(text)
    assert datum in text
    assert datum not in masked
    assert "⟦隐私1⟧" in masked


@pytest.mark.parametrize(
    "text",
    [
        "杯盖漏水，用了3天就坏了",
        "等了15天，花了199元，才送到",
        "身高165体重52，买M码正好",
        "11月20日下的单",
        "客服态度差，再也不来了",
    ],
)
def test_what_tells_nothing_stays(text: str) -> None:
    assert _hidden(text) == text


def test_known_names_are_hidden_wherever_they_stand() -> None:
    assert _hidden("王芳说，找王芳", "王芳") == "⟦隐私1⟧说，找⟦隐私2⟧"
    assert _hidden("昵称Tb_Fang88买的", "tb_fang88") == "昵称⟦隐私1⟧买的"
    assert _hidden("王芳芳", "王芳", "王芳芳") == "⟦隐私1⟧"


def test_a_single_letter_is_no_name() -> None:
    assert _hidden("王字写错了", "王", " ", "") == "王字写错了"


def test_a_review_cannot_bring_placeholders_of_its_own() -> None:
    assert _hidden("好⟦安排1⟧评") == "好[安排1]评"
