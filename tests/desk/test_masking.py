"""What agents do not see until they ask for it with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.masking import _FULL_WIDTH, _RULES, _may_hide, mask, mask_name, mask_phone


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("打我13812345678", "打我138****5678"),
        ("138 1234 5678谢谢", "138****5678谢谢"),
        ("+86-138-1234-5678", "138****5678"),
        ("电话１３８１２３４５６７８", "电话138****5678"),
        ("座机 025-83456789", "座机 025-****6789"),
        ("身份证11010519491231002X", "身份证110105********002X"),
        ("卡号 6222 0212 3456 7890 128", "卡号 6222 **** 0128"),
        ("邮箱 wang.fang@example.com 请查", "邮箱 w***@example.com 请查"),
    ],
)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "订单 KF202611200001 到哪了",
        "单号 SF1381234567890",
        "110105194912310021",  # the check digit is wrong: some other number
        "6222021234567890127",  # fails Luhn
        "12345678901",
        "2026-11-22 18:00",
        "全角１２３保持原样",
        "",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13812345678", "138****5678"), ("+86 138 1234 5678", "138****5678"), ("110", "****")],
)
def test_a_phone_of_a_record(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(("name", "masked"), [("王芳", "王*"), ("欧阳娜娜", "欧***"), ("", "")])
def test_a_name_of_a_record(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(alphabet="0123456789０８９ -+@Xx.王a", max_size=40))
def test_no_rule_would_hide_what_the_first_look_lets_pass(text: str) -> None:
    if _may_hide(text):
        return
    plain = text.translate(_FULL_WIDTH)
    assert all(pattern.sub(hide, plain) == plain for pattern, hide in _RULES)
