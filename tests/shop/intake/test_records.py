"""What a record may say, and what a person reads who got it wrong."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shop.intake.codes import Kind
from shop.intake.records import CustomerRecord, OrderRecord, RecordError, read_record

Record = dict[str, Any]


def reason(record: Any, now: datetime) -> str:
    with pytest.raises(RecordError) as caught:
        read_record(record, now=now)
    return str(caught.value)


def test_the_records_of_the_fixtures_are_read(
    cup: Record, buyer: Record, order: Record, parcel: Record, now: datetime
) -> None:
    kinds = [read_record(one, now=now).kind for one in (cup, buyer, order, parcel)]
    assert [*kinds, Kind.AFTER_SALE] == list(Kind)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-20T12:30:00+08:00", datetime(2026, 11, 20, 4, 30, tzinfo=UTC)),
        ("2026-11-20T12:30:00", datetime(2026, 11, 20, 4, 30, tzinfo=UTC)),
        ("2026-11-20 12:30", datetime(2026, 11, 20, 4, 30, tzinfo=UTC)),
        ("2026-11-20T04:30:00Z", datetime(2026, 11, 20, 4, 30, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 19, 16, 0, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_chinas(
    order: Record, now: datetime, written: str, read: datetime
) -> None:
    found = read_record(order | {"placed_at": written}, now=now)
    assert isinstance(found, OrderRecord)
    assert found.placed_at == read


@pytest.mark.parametrize(("ahead", "taken"), [(600, True), (601, False)])
def test_a_time_may_lie_ten_minutes_ahead(
    order: Record, now: datetime, ahead: int, taken: bool
) -> None:
    at = (now + timedelta(seconds=ahead)).isoformat()
    if taken:
        assert read_record(order | {"placed_at": at}, now=now)
    else:
        assert reason(order | {"placed_at": at}, now) == f"下单时间“{at}”在未来"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "sent"}, "状态“sent”不认识，可用：unpaid、paid、picking、shipped、"),
        ({"paid_fen": -1}, "实付金额不能小于 0"),
        ({"paid_fen": 12.5}, "实付金额要是整数，金额以分为单位"),
        ({"paid_fen": "1250"}, "实付金额要是整数，金额以分为单位"),
        ({"paid_fen": True}, "实付金额要是整数，金额以分为单位"),
        ({"number": 231118}, "订单号要写成文本（加引号）"),
        ({"number": ""}, "订单号不能为空"),
        ({"number": "订单订单"}, "订单号“订单订单”里没有数字"),
        ({"number": "1" * 41}, "订单号超过 40 个字符"),
        ({"prize": 1}, "没有“prize”这个字段"),
        ({"items": []}, "商品明细不能为空"),
        ({"items": [{"unit_price_fen": 1}]}, "第1项缺少商品编码"),
        ({"items": [{"sku": "A", "unit_price_fen": 1, "quantity": 0}]}, "第1项的数量不能小于 1"),
        ({"placed_at": "昨天"}, "下单时间“昨天”看不懂，应如"),
        ({"placed_at": "1999-01-01"}, "下单时间“1999-01-01”太早"),
        ({"placed_at": 1763800000}, "下单时间“1763800000”看不懂"),
        ({"receiver_phone": "打给我妈"}, "收件人手机“打给我妈”不像电话号码"),
        ({"exclusion_confirmed": "是"}, "已确认不支持七天无理由要是 true 或 false"),
        ({"platform": "ebay"}, "平台“ebay”不认识，可用：house、taobao"),
        ({"kind": "orders"}, "记录类型“orders”不认识，应为：product、customer、order、parcel"),
        ({"kind": None}, "没有写记录类型 kind"),
    ],
)
def test_a_reason_tells_a_person_what_to_change(
    order: Record, now: datetime, change: Record, said: str
) -> None:
    assert said in reason(order | change, now)


def test_all_reasons_come_at_once_but_not_endlessly(now: datetime) -> None:
    told = reason({"kind": "product", "sku": "", "price_fen": -1, "stock": "x"}, now)
    assert told == "商品编码不能为空；价格不能小于 0；库存要是整数，金额以分为单位"
    many = {f"x{n}": 1 for n in range(50)}
    assert len(reason({"kind": "product", "sku": "A", **many}, now).split("；")) == 5


@pytest.mark.parametrize("value", [[], "order", None, 7])
def test_what_is_no_object_is_no_record(now: datetime, value: Any) -> None:
    assert reason(value, now) == "这一条不是 JSON 对象"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("199 0000 2643", "19900002643"), ("+86-19900002643", "19900002643"),
        ("8619900002643", "19900002643"), ("199****2643", "199****2643"),
        ("0571-88888888", "057188888888"), ("", ""),
    ],
)  # fmt: skip
def test_phone_numbers_get_one_spelling(
    buyer: Record, now: datetime, written: str, read: str
) -> None:
    found = read_record(buyer | {"phone": written}, now=now)
    assert isinstance(found, CustomerRecord)
    assert found.phone is not None
    assert found.phone.replace("-", "") == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("1990-05-20", "05-20"), ("05-20", "05-20"), ("2000-02-29", "02-29"), ("5月2日", "05-02")],
)
def test_of_a_birthday_no_year_is_kept(
    buyer: Record, now: datetime, written: str, read: str
) -> None:
    found = read_record(buyer | {"birthday": written}, now=now)
    assert isinstance(found, CustomerRecord)
    assert found.birthday == read


@pytest.mark.parametrize("written", ["02-30", "13-01", "五月", "2026"])
def test_what_is_no_birthday(buyer: Record, now: datetime, written: str) -> None:
    assert "生日" in reason(buyer | {"birthday": written}, now)


def test_options_are_spelt_as_the_assistant_reads_them(cup: Record, now: datetime) -> None:
    found = read_record(cup | {"options": "颜色：黑、白；尺码：M/L；"}, now=now)
    assert found.facts()["options"] == "颜色:黑/白;尺码:M/L"
    assert "可选规格应如" in reason(cup | {"options": "黑白"}, now)


def test_only_what_was_given_is_a_fact(now: datetime) -> None:
    sold = read_record({"kind": "product", "sku": "A", "stock": 3}, now=now)
    assert sold.facts() == {"stock": 3}
    undone = read_record({"kind": "order", "number": "A1001", "signed_at": None}, now=now)
    assert undone.facts() == {"signed_at": None}


def test_control_and_half_characters_are_taken_out(cup: Record, now: datetime) -> None:
    found = read_record(cup | {"name": " 保\x00温\ud83d杯\x1b "}, now=now)
    assert found.facts()["name"] == "保温杯"


def test_a_carrier_has_one_name_whoever_writes_it(parcel: Record, now: datetime) -> None:
    names = ("圆通", "圆通速递", "YTO", "yto", "圆通快递")
    keys = {read_record(parcel | {"carrier": name}, now=now).key for name in names}
    assert keys == {"圆通/YT1234567890123/231118-4455667788"}
    assert read_record(parcel | {"carrier": "某地快运"}, now=now).key.startswith("某地快运/")
