"""Shops' own tables: headings guessed, cells read, rows of one order put together."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kefu.record_cells import read_cells, read_money
from kefu.record_columns import Layout, find_layout
from kefu.record_tables import goes_on, key_of, records_of
from kefu.spool import Spool
from review_manager.intake.files import FileError
from review_manager.intake.reading import RowError
from shop.intake.codes import Kind
from shop.intake.usual import is_in_fen, plain_heading, usual_names

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 20)  # noqa: DTZ001 - as workbooks give it
ORDER = ("订单编号", "订单状态", "下单时间", "付款时间", "实付金额(元)", "商品编码", "数量", "单价")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (ORDER, Kind.ORDER),
        (("订单号", "交易状态", "拍下时间", "收货人", "手机", "货号"), Kind.ORDER),
        (("order_no", "status", "created_at", "payment", "sku", "qty", "price"), Kind.ORDER),
        (("商品编码", "商品名称", "售价", "库存"), Kind.PRODUCT),
        (("sku", "title", "price", "stock"), Kind.PRODUCT),
        (("会员编号", "会员昵称", "手机号", "性别", "注册时间"), Kind.CUSTOMER),
        (("订单号", "快递公司", "运单号"), Kind.PARCEL),
        (("物流公司", "快递单号", "轨迹时间", "轨迹描述"), Kind.PARCEL),
        (("退款编号", "订单编号", "退款状态", "退款金额", "申请时间"), Kind.AFTER_SALE),
    ],
)  # fmt: skip
def test_the_headings_tell_what_a_table_holds(headers: tuple[str, ...], kind: Kind) -> None:
    assert find_layout(headers, kind=None, corrected={}).kind is kind


def test_of_two_headings_the_commoner_is_taken_and_a_correction_wins() -> None:
    headers = (*ORDER, "订单号", "实收")
    layout = find_layout(headers, kind=None, corrected={"paid_fen": "实收"})
    assert layout.headings["number"] == "订单编号"
    assert layout.headings["paid_fen"] == "实收"
    assert "实付金额(元)" not in layout.headings.values()
    assert layout.told().startswith("订单：实付金额←实收，")


def test_a_field_is_called_as_its_kind_calls_it() -> None:
    headers = ("售后单号", "订单编号", "售后状态")
    told = find_layout(headers, kind=None, corrected={}).told()
    assert told == "售后：售后单号←售后单号，订单号←订单编号，状态←售后状态"


@pytest.mark.parametrize(
    ("headers", "kind", "corrected", "said"),
    [
        (("甲", "乙"), None, {}, "看不出表里是商品、客户、订单、包裹还是售后。现有的列：甲、乙"),
        (("甲", "乙"), Kind.ORDER, {}, "订单表里没有找到订单号列"),
        (("运单号",), Kind.PARCEL, {}, "包裹表里没有找到快递公司列"),
        (ORDER, None, {"paid_fen": "没有"}, "文件里没有“没有”这一列"),
        (ORDER, None, {"paid": "数量"}, "没有“paid”这个字段，可用：number、platform"),
    ],
)
def test_a_table_that_cannot_be_read_says_what_to_do(
    headers: tuple[str, ...], kind: Kind | None, corrected: dict[str, str], said: str
) -> None:
    with pytest.raises(FileError) as caught:
        find_layout(headers, kind=kind, corrected=corrected)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "in_fen", "fen"),
    [
        ("128.50", False, 12850), ("¥1,299.5", False, 129950), ("99元", False, 9900),
        (19.899999999999999, False, 1990), (128.5, False, 12850), ("12850", True, 12850),
        (0, False, 0), ("-5", False, -500),
    ],
)  # fmt: skip
def test_money_becomes_fen(cell: Any, in_fen: bool, fen: int) -> None:
    assert read_money(cell, field="paid_fen", in_fen=in_fen) == fen


@pytest.mark.parametrize(
    ("cell", "said"),
    [("很多", "不是金额"), ("1.234", "不到一分钱"), ("NaN", "不是金额"), ("1e999", "不是金额")],
)
def test_what_is_no_money(cell: str, said: str) -> None:
    with pytest.raises(RowError, match=said):
        read_money(cell, field="paid_fen", in_fen=False)


def test_headings_say_their_unit() -> None:
    assert plain_heading("实付金额(元)") == plain_heading("实付金额（分）") == "实付金额"
    assert is_in_fen("实付金额(分)")
    assert is_in_fen("paid_fen")
    assert not is_in_fen("实付金额(元)")


def test_cells_are_read_as_their_fields_need() -> None:
    cells = {
        "订单编号": "\t9001234567890123456", "订单状态": "卖家已发货，等待买家确认",
        "下单时间": datetime(2026, 11, 20, 12, 30),  # noqa: DTZ001 - as workbooks give it
        "数量": 2.0, "单价": "99", "平台": "拼多多",
        "定制": "是", "空": "",
    }  # fmt: skip
    fields = {
        "number": "订单编号", "status": "订单状态", "placed_at": "下单时间", "quantity": "数量",
        "unit_price_fen": "单价", "platform": "平台", "custom_made": "定制", "remark": "空",
    }  # fmt: skip
    assert read_cells(cells, fields, kind=Kind.ORDER, now=NOW) == {
        "number": "9001234567890123456", "status": "shipped", "quantity": 2,
        "placed_at": datetime(2026, 11, 20, 4, 30, tzinfo=UTC), "unit_price_fen": 9900,
        "platform": "pdd", "custom_made": True,
    }  # fmt: skip


@pytest.mark.parametrize(("cell", "stock"), [("12件", 12), (12.0, 12), ("-3", 0), (-3.0, 0)])
def test_what_is_oversold_is_sold_out(cell: Any, stock: int) -> None:
    read = read_cells({"库存": cell}, {"stock": "库存"}, kind=Kind.PRODUCT, now=NOW)
    assert read == {"stock": stock}


@pytest.mark.parametrize(
    ("field", "cell", "said"),
    [
        ("number", "9.00123E+18", "科学计数法"),
        ("number", 9.001234567890123e18, "存成了数字"),
        ("status", "不知道", "状态“不知道”不认识，可用：待付款、待发货、配货中、已发货"),
        ("quantity", "两件", "数量“两件”不是整数"),
        ("placed_at", "上周", "下单时间“上周”看不懂"),
    ],
)
def test_a_cell_that_cannot_be_read_says_why(field: str, cell: Any, said: str) -> None:
    with pytest.raises(RowError, match=said):
        read_cells({"列": cell}, {field: "列"}, kind=Kind.ORDER, now=NOW)


NAMES = (
    "number", "status", "placed_at", "paid_fen", "sku", "quantity", "unit_price_fen",
    "receiver_province", "receiver_city", "receiver_address", "carrier", "waybill",
    "shipped_at", "completed_at",
)  # fmt: skip
ROWS = Layout(Kind.ORDER, {name: name for name in NAMES})
FIRST = {
    "number": "A1001", "status": "已发货", "placed_at": "2026-11-20", "paid_fen": "20",
    "sku": "S1", "quantity": "1", "unit_price_fen": "10", "receiver_province": "江苏省",
    "receiver_city": "南京市", "receiver_address": "鼓楼区望禾路66号", "carrier": "圆通速递",
    "waybill": "YT1,YT2", "shipped_at": "2026-11-21",
}  # fmt: skip


def read(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return records_of(list(enumerate(rows, start=2)), ROWS, now=NOW, platform="tmall")


def test_rows_of_one_order_become_its_lines_and_its_parcels() -> None:
    order, first, second = read(FIRST, FIRST | {"sku": "S2", "shipped_at": "2026-11-22"})
    assert [item["sku"] for item in order["items"]] == ["S1", "S2"]
    assert order["platform"] == "tmall"
    assert order["receiver_address"] == "江苏省南京市鼓楼区望禾路66号"
    assert order["shipped_at"] == datetime(2026, 11, 20, 16, tzinfo=UTC)
    assert [(one["waybill"], one["status"]) for one in (first, second)] == [
        ("YT1", "in_transit"), ("YT2", "in_transit"),
    ]  # fmt: skip


def test_a_row_that_stands_there_twice_is_one_line() -> None:
    assert len(read(FIRST, FIRST, FIRST | {"sku": "S2"})[0]["items"]) == 2


@pytest.mark.parametrize(
    ("province", "address", "told"),
    [
        ("江苏省", "江苏省南京市望禾路", "江苏省南京市望禾路"),
        ("江苏省", "南京市望禾路", "江苏省南京市望禾路"),
        ("", "望禾路", "南京市望禾路"),
    ],
)
def test_an_address_says_its_places_once(province: str, address: str, told: str) -> None:
    order, *_ = read(FIRST | {"receiver_province": province, "receiver_address": address})
    assert order["receiver_address"] == told


def test_rows_that_contradict_each_other_are_no_order() -> None:
    with pytest.raises(RowError, match="--column item_paid_fen=列名"):
        read(FIRST, FIRST | {"sku": "S2", "paid_fen": "10"})
    with pytest.raises(RowError, match="各行的下单时间不一致"):
        read(FIRST, FIRST | {"sku": "S2", "placed_at": "2026-11-19"})
    with pytest.raises(RowError, match=r"^第 3 行：数量“x”不是整数"):
        read(FIRST, FIRST | {"quantity": "x"})


@pytest.mark.parametrize(
    ("status", "completed_at", "parcel"),
    [
        ("待发货", "", ["awaiting_pickup"]),
        ("已发货", "", ["in_transit"]),
        ("交易成功", "2026-11-22", ["signed"]),
        ("交易成功", "", []),          # when it arrived is not told
        ("待付款", "", []),
        ("退款中", "", []),
    ],
)  # fmt: skip
def test_an_order_tells_of_its_parcel_only_what_it_knows(
    status: str, completed_at: str, parcel: list[str]
) -> None:
    row = FIRST | {"status": status, "completed_at": completed_at, "waybill": "YT1"}
    assert [one["status"] for one in read(row)[1:]] == parcel


def test_merged_cells_go_on_with_the_order_above() -> None:
    assert key_of(FIRST, ROWS) == "A1001"
    assert key_of({"sku": "S2"}, ROWS) == ""
    assert goes_on({"sku": "S2", "quantity": 1}, ROWS)
    assert not goes_on({"sku": "S2", "status": "已发货"}, ROWS)
    assert not goes_on({}, ROWS)


def test_the_spool_puts_scattered_rows_together_in_order_of_their_first() -> None:
    with Spool() as spool:
        for line, key in enumerate("baba", start=2):
            spool.add(key, line, {"订单": key, "时间": MIDNIGHT})
        groups = list(spool.groups())
        assert spool.keys == 2
    assert [[line for line, _ in rows] for rows in groups] == [[2, 4], [3, 5]]
    assert groups[0][0][1] == {"订单": "b", "时间": "2026-11-20T00:00:00"}


def test_the_usual_names_lead_to_fields_that_records_have() -> None:
    from shop.intake import wording
    from shop.intake.records import MODELS

    extra = {
        Kind.ORDER: {
            "sku", "option", "quantity", "unit_price_fen", "item_paid_fen", "carrier", "waybill",
            "receiver_province", "receiver_city", "receiver_district",
        },
        Kind.PARCEL: {"event_at", "event_kind", "event_place", "event_text"},
    }  # fmt: skip
    for kind, model in MODELS.items():
        fields = set(usual_names().fields[kind].values())
        assert fields <= set(model.model_fields) | extra.get(kind, set())
        assert fields <= set(wording.FIELDS)


def test_the_words_lead_to_codes_that_records_take() -> None:
    from shop import after_sales
    from shop.intake.codes import (
        AfterSaleReason,
        Direction,
        EventKind,
        Gender,
        ParcelStatus,
        Payer,
    )
    from shop.orders import OrderStatus
    from shop.returns.case import Category, ExclusionGround, Platform

    groups = {
        "platform": Platform, "order_status": OrderStatus, "parcel_status": ParcelStatus,
        "event_kind": EventKind, "direction": Direction, "category": Category,
        "exclusion_ground": ExclusionGround, "gender": Gender, "freight_payer": Payer,
        "after_sale_status": after_sales.Status, "wish": after_sales.Kind,
        "reason": AfterSaleReason,
    }  # fmt: skip
    for group, codes in groups.items():
        assert set(usual_names().codes[group].values()) == set(codes), group
    assert set(usual_names().codes) == {*groups, "flag"}
