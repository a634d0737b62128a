"""Order numbers, parcel numbers and phones in the forms that people paste."""

import pytest
from components.numbers_in_text import find_numbers

ORDER = "863233508988667201"


def read(text: str) -> list[tuple[str, str]]:
    return [(found.entity, found.value) for found in find_numbers(text)]


@pytest.mark.parametrize(
    "text",
    [
        ORDER,
        f"订单号：{ORDER}",
        f"订单编号:{ORDER}",
        f"我的单号是 {ORDER} 麻烦看下",
        f"订单{ORDER}我要退",
        "8632 3350 8988 6672 01",
        "8632-3350-8988-667201",
        "８６３２３３５０８９８８６６７２０１",
        f"咨询订单号:{ORDER} 订单金额:¥129.00 下单时间:2026-11-03 12:33:05",
    ],
)
def test_an_order_number_is_read_in_every_form(text: str) -> None:
    assert read(text) == [("order_number", ORDER)]


def test_letters_belong_to_the_number() -> None:
    assert read("kf202611220001 到哪了") == [("order_number", "KF202611220001")]


def test_two_numbers_side_by_side_are_two() -> None:
    second = "866133911236291932"
    for between in (" ", "，", "\n", "和"):
        assert read(f"{ORDER}{between}{second}") == [
            ("order_number", ORDER),
            ("order_number", second),
        ]


def test_few_digits_are_an_order_number_only_where_the_customer_says_so() -> None:
    assert read("订单号 8899") == [("order_number", "8899")]
    assert read("8899") == []
    assert read("12345678") == []
    assert read("123456789") == [("order_number", "123456789")]


@pytest.mark.parametrize(
    "text", ["13812345678", "138 1234 5678", "138-1234-5678", "+86 13812345678", "电话13812345678"]
)
def test_a_mobile_number_is_a_phone(text: str) -> None:
    assert read(text) == [("phone", "13812345678")]


def test_a_mobile_number_that_is_called_an_order_is_an_order() -> None:
    assert read("订单号13812345678") == [("order_number", "13812345678")]


@pytest.mark.parametrize("text", ["尾号3321", "手机后四位是3321", "3321结尾的那个"])
def test_the_tail_of_a_phone(text: str) -> None:
    assert read(text) == [("phone", "3321")]


@pytest.mark.parametrize("text", ["快递单号 123456789012", "运单号：123456789012"])
def test_a_parcel_number_is_no_order_number(text: str) -> None:
    assert read(text) == [("tracking_number", "123456789012")]


def test_a_carriers_letters_name_a_parcel() -> None:
    assert read("SF1234567890123 到哪了") == [("tracking_number", "SF1234567890123")]


@pytest.mark.parametrize(
    "text",
    [
        "[订单x]",
        "满199减20",
        "999-300能用吗",
        "一共1299.50元",
        "2026-11-03 12:33",
        "身高175体重140",
        "电话 010-12345678",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert read(text) == []


def test_order_and_phone_in_one_line_keep_their_places() -> None:
    text = f"{ORDER} 尾号3321"
    assert [text[found.start : found.end] for found in find_numbers(text)] == [ORDER, "3321"]


def test_a_wall_of_digits_is_read_in_no_time() -> None:
    assert len(find_numbers("9 " * 2500)) <= 100
    assert find_numbers("1" * 5000) == []


@pytest.mark.parametrize(
    "text",
    [
        f"订单 {ORDER}, 尾号 3321",
        f"订单{ORDER}，3321",
        f"{ORDER} 3321",
        f"{ORDER}-3321",
        f"{ORDER}/3321",
        f"单号{ORDER}尾号3321",
        f"{ORDER} 手机 3321",
        f"{ORDER}\n3321",
        f"订单号 {ORDER}，手机尾数是3321 谢谢",
        "订单 8632-3350-8988-667201 尾号 3321",
    ],
)
def test_the_phones_tail_is_no_part_of_the_order_number(text: str) -> None:
    assert read(text) == [("order_number", ORDER), ("phone", "3321")]


def test_groups_of_four_with_a_tail_behind_keep_their_last_group() -> None:
    expected = [("order_number", "2411123456789012"), ("phone", "3321")]
    assert read("订单号 2411 1234 5678 9012，尾号 3321") == expected


def test_four_digits_without_an_order_number_are_nobodys_tail() -> None:
    assert read("3321") == []
    assert read("我要2025 那款") == []


@pytest.mark.parametrize(
    "text", [f"{ORDER} 2025款的", f"{ORDER} 买了1200块", f"{ORDER} 退货3321元"]
)
def test_four_digits_that_measure_something_are_no_tail(text: str) -> None:
    assert read(text) == [("order_number", ORDER)]
