"""Which order or item somebody means by a name, a tail, a place in the list, or a day."""

from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shop.days import china_day
from shop.mentions import (
    bare_tail,
    by_name,
    is_bare_name,
    is_bare_reference,
    is_correction,
    names_only,
    pick_by_place,
    pick_order,
)
from shop.orders import recent_orders
from storage.engine import Database

NAMES = [
    ("flask", ["316不锈钢保温杯 480ml"]),
    ("shirt", ["重磅纯棉短袖T恤（男女同款）"]),
    ("shoe", ["头层牛皮乐福鞋（女）"]),
    ("bag", ["头层牛皮斜挎小方包"]),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我买的保温杯到哪了", ["flask"]),
        ("T恤穿多大", ["shirt"]),
        ("乐福鞋", ["shoe"]),
        ("牛皮的那个", ["shoe", "bag"]),
        ("鞋子小了", ["shoe"]),
        ("什么时候发货", []),
        ("", []),
    ],
)
def test_a_name_is_found_by_what_it_shares(text: str, found: list[str]) -> None:
    assert by_name(text, NAMES) == found


def test_a_noun_alone_finds_nothing_in_a_catalogue() -> None:
    assert by_name("鞋子小了", NAMES, by_noun=False) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第二个", ["b"]),
        ("第3单", ["c"]),
        ("最近的那个", ["a"]),
        ("最早那单", ["c"]),
        ("第五个", []),
        ("都不是", []),
    ],
)
def test_a_place_in_the_list(text: str, found: list[str]) -> None:
    assert pick_by_place(text, ["a", "b", "c"]) == found


@pytest.mark.parametrize(
    ("text", "is_bare"),
    [
        ("869521132756736669", True),
        ("订单号：869521132756736669", True),
        ("869521132756736669 2643", True),
        ("尾号6669", True),
        ("6669", True),
        ("第二个", True),
        ("昨天那单", True),
        ("我11月3日拍的那个", True),
        ("869521132756736669 怎么还不发货", False),
        ("昨天那单能退吗", False),
        ("退货", False),
        ("", False),
    ],
)
def test_a_bare_reference_only_points(text: str, is_bare: bool) -> None:
    assert is_bare_reference(text) is is_bare


@pytest.mark.parametrize(
    ("text", "corrects"),
    [
        ("不是这个订单，是昨天那个", True),
        ("不对，是另一单", True),
        ("搞错了", True),
        ("抬头错了要改", False),
        ("换另一个颜色", False),
        ("质量不对劲", False),
    ],
)
def test_a_correction_takes_back_the_order(text: str, corrects: bool) -> None:
    assert is_correction(text) is corrects


@pytest.mark.parametrize(
    ("text", "names"), [("面膜那个", True), ("面膜多少钱", False), ("面膜怎么用", False)]
)
def test_a_name_alone_asks_nothing(text: str, names: bool) -> None:
    assert names_only(text) is names


@pytest.fixture
async def session(shop: Database) -> AsyncSession:
    """A session on the demo shop, open for the test."""
    async with shop.read() as opened:
        yield opened


async def test_an_order_is_picked_by_number_tail_name_and_day(session: AsyncSession) -> None:
    orders = await recent_orders(session, "C0006", limit=20)
    wanted = orders[3]
    assert pick_order(wanted.number, orders) == [wanted]
    assert pick_order(f"尾号{wanted.number[-4:]}", orders) == [wanted]
    assert pick_order("第四个", orders) == [wanted]
    assert pick_order("869521132756736669", orders) == []
    assert pick_order("那天的", orders, day=date(2020, 1, 1)) == []


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("保温杯", True), ("保温杯那个", True), ("我要乐福鞋那单", True), ("斜挎小方包呢", True),
        ("保温杯坏了", False), ("保温杯到哪了", False), ("包", False), ("那个", False), ("", False),
    ],
)  # fmt: skip
def test_a_bare_name_is_a_piece_of_a_name_and_nothing_else(text: str, is_name: bool) -> None:
    assert is_bare_name(text, [name for _, names in NAMES for name in names]) is is_name


@pytest.mark.parametrize(
    ("text", "tail"),
    [("4909", "4909"), ("尾号4909", "4909"), ("后四位是4909", "4909"), (" 4909 的", "4909"),
     ("49090", None), ("490", None), ("订单4909呢", None), ("", None)],
)  # fmt: skip
def test_four_digits_alone_are_a_tail(text: str, tail: str | None) -> None:
    assert bare_tail(text) == tail


async def test_a_day_is_that_of_coming_where_the_text_says_so(session: AsyncSession) -> None:
    orders = [o for o in await recent_orders(session, "C0006", limit=20) if o.signed_at]
    came = china_day(orders[0].signed_at)
    placed = china_day(orders[0].placed_at)
    assert orders[0] in pick_order("昨天收到的", orders, day=came)
    assert orders[0] in pick_order("昨天买的", orders, day=placed)
    assert orders[0] not in pick_order("昨天买的", orders, day=came) or came == placed
