"""Public texts show nobody's data; private ones may, and the shop's own numbers are its own."""

import pytest

from compliance import check, rewritten
from compliance.personal import is_identity_card


def data_in(text: str) -> list[str]:
    verdict = check(text, channel="review_reply")
    return [
        text[finding.start : finding.end]
        for finding in verdict.findings
        if finding.rule == "personal_data"
    ]


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("请回拨13812345678。", "13812345678"),
        ("请回拨138-1234-5678。", "138-1234-5678"),
        ("请回拨１３８１２３４５６７８。", "１３８１２３４５６７８"),
        ("请回拨一三八一二三四五六七八。", "一三八一二三四五六七八"),
        ("您的座机0571-88886666无人接听。", "0571-88886666"),
        ("证件11010519491231002X已登记。", "11010519491231002X"),
        ("订单号2026112233445566已退款。", "2026112233445566"),
        ("单号 SF1234567890123 已发出。", "SF1234567890123"),
        ("发票已发至wangfang@example.com。", "wangfang@example.com"),
        ("退到6222021234567890128的卡。", "6222021234567890128"),
        ("沪A88888的车主您好。", "沪A88888"),
        ("王芳女士，抱歉。", "王芳女士"),
        ("欧阳小军先生，抱歉。", "欧阳小军先生"),
        ("收件人：李强，请留意。", "李强"),
        ("已寄往浙江省杭州市西湖区文三路100号3幢501室。", "浙江省杭州市西湖区文三路100号3幢501室"),
    ],
)
def test_a_datum_in_public_is_found_whole(text: str, datum: str) -> None:
    assert data_in(text) == [datum]


@pytest.mark.parametrize(
    "text",
    [
        "王女士您好，换货已经安排。",
        "客服热线400-820-1234随时可拨。",
        "官方电话0571-88886666，工作日有人接。",
        "退货地址：杭州市余杭区良睦路1288号3号库。",
        "尾号5678的顾客您好。",
        "检测报告编号WT2026091500123可查。",
        "批号20261018的坚果已送检。",
        "时尚女士手提包补货了。",
        "高端先生系列已下架。",
        "12315也可以反映。",
        "新款V2Pro12支持快充。",
        "价格从1299降到999。",
    ],
)
def test_what_is_no_datum_passes(text: str) -> None:
    assert data_in(text) == []


def test_the_customers_own_data_are_fine_in_a_private_chat() -> None:
    text = "收件人王芳，13812345678，杭州市西湖区文三路100号3幢501室，对吗？"
    assert check(text, channel="chat").findings == ()
    assert check(text, channel="chat", public=True).rules == {"personal_data"}


def test_a_private_review_message_may_name_the_order() -> None:
    text = "订单2026112233445566的补发单号是SF1234567890123。"
    assert check(text, channel="review_reply", public=False).findings == ()
    assert check(text, channel="review_reply").rules == {"personal_data"}


def test_rewrites_keep_the_last_digits_and_the_surname() -> None:
    text = "王芳女士您好，我们打13812345678没人接。"
    mended = rewritten(text, check(text, channel="review_reply"))
    assert mended == "王女士您好，我们打尾号5678没人接。"


@pytest.mark.parametrize(
    ("digits", "valid"),
    [
        ("11010519491231002x", True),
        ("110101199003077758", True),
        ("110101199003077759", False),
        ("1101011990030777", False),
        ("010101199003077758", False),
    ],
)
def test_identity_cards_are_told_by_their_checksum(digits: str, valid: bool) -> None:
    assert is_identity_card(digits) is valid


@pytest.mark.parametrize("text", ["请把验证码发给我。", "麻烦提供一下银行卡密码。"])
def test_nobody_asks_for_secrets(text: str) -> None:
    assert check(text).rules == {"personal_data"}


@pytest.mark.parametrize("text", ["验证码请勿告诉任何人。", "我们不会让您把验证码发给我们。"])
def test_warning_of_secrets_passes(text: str) -> None:
    assert check(text).findings == ()
