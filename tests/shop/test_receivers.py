"""Addresses, phones and names as people type them, and what may be changed when."""

import pytest

from shop.receivers import (
    Changeability,
    Part,
    changeability,
    find_address,
    find_name,
    find_phone,
    masked,
)
from shop.tables import DbOrder


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("浙江省杭州市西湖区文三路188号3幢502", "浙江省杭州市西湖区文三路188号3幢502"),
        ("地址改成杭州市文三路1号", "杭州市文三路1号"),
        ("寄到南京市鼓楼区中山路5号，19900001234", "南京市鼓楼区中山路5号"),
        ("改地址", None),
        ("我搬家了", None),
        ("杭州市", None),
        ("好的", None),
    ],
)
def test_an_address_names_a_place_and_a_detail(text: str, address: str | None) -> None:
    assert find_address(text) == address


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("电话改成 199 0000 1234", "19900001234"),
        ("+86 19900001234", "19900001234"),
        ("１９９００００１２３４", "19900001234"),
        ("1234", None),
        ("869521132756736669", None),
    ],
)
def test_a_phone(text: str, phone: str | None) -> None:
    assert find_phone(text) == phone


@pytest.mark.parametrize(
    ("text", "name"),
    [("李强", "李强"), ("收件人改成王小明", "王小明"), ("有什么优惠", None), ("好的", None)],
)
def test_a_name(text: str, name: str | None) -> None:
    assert find_name(text) == name


@pytest.mark.parametrize(
    ("value", "part", "shown"),
    [
        ("19900001234", Part.PHONE, "199****1234"),
        ("王小明", Part.RECIPIENT, "王**"),
        ("浙江省杭州市西湖区文三路188号3幢502", Part.ADDRESS, "浙江省杭州市西湖区文****"),
    ],
)
def test_what_is_shown_again_is_masked(value: str, part: Part, shown: str) -> None:
    assert masked(value, part) == shown


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("unpaid", Changeability.AT_ONCE),
        ("paid", Changeability.AT_ONCE),
        ("picking", Changeability.BY_REQUEST),
        ("shipped", Changeability.ON_THE_WAY),
        ("signed", Changeability.TOO_LATE),
        ("refunded", Changeability.TOO_LATE),
    ],
)
def test_what_may_be_changed_when(status: str, standing: Changeability) -> None:
    assert changeability(DbOrder(status=status)) is standing
