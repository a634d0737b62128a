import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.order_numbers import LONGEST, canonical, find_order_numbers, find_tail

NUMBER = "863233508988667201"


@pytest.mark.parametrize(
    "pasted",
    [
        NUMBER,
        f" {NUMBER}\n",
        "８６３２３３５０８９８８６６７２０１",
        "8632 3350 8988 6672 01",
        "8632-3350-8988-6672-01",
        "863233508988667201。",
        f"订单号：{NUMBER}",
        f"订单编号 {NUMBER}",
        f"淘宝订单号是{NUMBER}",
        f"【订单号】{NUMBER}",
        f"#{NUMBER}",
        f"No. {NUMBER}",
        f"Order No: {NUMBER}",
        f"\u200b{NUMBER[:9]}\u200b{NUMBER[9:]}\ufeff",
        f"“{NUMBER}”",
    ],
)
def test_every_spelling_is_the_same_order(pasted: str) -> None:
    assert canonical(pasted) == NUMBER


@pytest.mark.parametrize(
    ("pasted", "number"),
    [
        ("qh2026-0001", "QH20260001"),
        ("231105-123456789012345", "231105123456789012345"),
        ("", ""),
        ("没有单号", ""),
        ("QH", ""),
        ("8632****667201", ""),
        (f"{NUMBER}帮我查", ""),
        ("1" * (LONGEST + 1), ""),
    ],
)
def test_what_is_no_single_number_has_no_canonical_form(pasted: str, number: str) -> None:
    assert canonical(pasted) == number


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        (f"{NUMBER}到哪了", [NUMBER]),
        (f"单号{NUMBER}和865070448702089264都没到", [NUMBER, "865070448702089264"]),
        (f"{NUMBER}\n865070448702089264", [NUMBER, "865070448702089264"]),
        (f"{NUMBER}，就是{NUMBER}", [NUMBER]),
        (f"订单{NUMBER} 2件都要退", [NUMBER]),
        ("8632 3350 8988 6672 01怎么还没发", [NUMBER]),
        ("拼多多231105-123456789012345帮查", ["231105123456789012345"]),
        ("单号qh20260001x", ["QH20260001X"]),
        (f"13900001234 {NUMBER}", [NUMBER]),
        (f"{NUMBER} 139 0000 1234", [NUMBER]),
        ("电话13900001234", []),
        ("+86 13900001234", []),
        ("2026-11-22下的单", []),
        ("20261122买的", []),
        ("一共花了1299.00元", []),
        ("8632****667201", []),
        ("8632*7201单号", []),
        ("1" * 40, []),
        ("在吗", []),
        ("", []),
    ],
)
def test_order_numbers_are_found_in_what_people_type(sentence: str, numbers: list[str]) -> None:
    assert find_order_numbers(sentence) == numbers


@pytest.mark.parametrize(
    ("sentence", "tail"),
    [
        ("尾号7201那个", "7201"),
        ("尾号是 ７２０１", "7201"),
        ("后四位：7201", "7201"),
        ("尾号72011", None),
        ("7201", None),
        ("尾号多少", None),
    ],
)
def test_a_tail_is_read_where_it_is_named(sentence: str, tail: str | None) -> None:
    assert find_tail(sentence) == tail


@given(digits=st.text("0123456789", min_size=14, max_size=24), step=st.integers(2, 6))
def test_grouping_never_changes_the_number(digits: str, step: int) -> None:
    groups = [digits[i : i + step] for i in range(0, len(digits), step)]
    for joiner in ("-", " ", "_", "－"):
        assert canonical(joiner.join(groups)) == digits
    assert find_order_numbers("-".join(groups)) == [digits]


@given(text=st.text(max_size=200))
def test_any_text_is_read_without_fault(text: str) -> None:
    for number in find_order_numbers(text):
        assert number == canonical(number)
    assert canonical(canonical(text)) == canonical(text)
