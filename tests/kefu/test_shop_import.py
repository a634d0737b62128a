"""`kefu shop` on a shop's machine: files as ERP programs write them, and what comes of them."""

import csv
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from click.testing import Result
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from kefu.shop import app
from shop.orders import find_order
from storage.engine import Database

Kefu = Callable[..., Result]
NUMBER = "231118-4455667788"
PRODUCTS = (
    "商品编码,商品名称,类目,销售价(元),库存\n"
    'A1,保温杯,家居日用,99.00,12\nA2,连衣裙,女装,"1,299.50",3\n'
)
HEADINGS = (
    "订单编号,订单状态,下单时间,付款时间,发货时间,实付金额(元),运费,商品编码,商品规格,数量,单价,"
    "收件人,手机,收货地址,快递公司,运单号"
)
SENT = f"{NUMBER},已发货,2026-11-18 10:00:00,2026-11-18 10:01,2026-11-19 09:00,206.00,8"
ROWS = [
    f"{SENT},A1,白,1,99,王芳,19900002643,望禾路66号,圆通速递,YT123",
    "900000000000002,等待买家付款,2026-11-20 10:00:00,,,,,A9,,1,99,李强,19900001234,x路1号,,",
    f"{SENT},A1,黑,1,99,王芳,19900002643,望禾路66号,圆通速递,YT123",
]


@pytest.fixture
def kefu(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Kefu:
    """Run one command for a shop of its own, in this process."""
    shutil.copyfile(migrated_sqlite, tmp_path / "kefu.db")
    monkeypatch.setenv("KEFU_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("KEFU_DATABASE_URL", "")

    def run(*arguments: str, **more: Any) -> Result:
        done = CliRunner().invoke(app, list(arguments), **more)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Write a file beside the shop."""

    def write(name: str, content: str, encoding: str = "utf-8") -> Path:
        (tmp_path / name).write_bytes(content.encode(encoding))
        return tmp_path / name

    return write


def told(done: Result) -> dict[str, Any]:
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


async def found(tmp_path: Path, number: str) -> Any:
    database = Database(f"sqlite:///{tmp_path / 'kefu.db'}")
    async with database.read() as session:
        order = await find_order(session, number)
    await database.close()
    return order


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_an_erp_table_lands_and_the_assistant_finds_the_order(
    kefu: Kefu, file: Any, tmp_path: Path, encoding: str
) -> None:
    import asyncio

    products = file("products.csv", PRODUCTS, encoding)
    orders = file("orders.csv", "\n".join(["十一月订单导出", HEADINGS, *ROWS]), encoding)
    first = await asyncio.to_thread(kefu, "import", str(products), "--json")
    assert told(first)["added"] == 2
    done = await asyncio.to_thread(kefu, "import", str(orders), "--platform", "pdd", "--json")
    assert told(done)["kinds"] == {"order": {"added": 1, "refused": 1}, "parcel": {"added": 1}}
    order = await found(tmp_path, "2311184455667788")  # as the assistant reads what is typed
    assert (order.number, order.platform, order.status, order.paid_fen) == (
        NUMBER, "pdd", "shipped", 20600,
    )  # fmt: skip
    assert [(item.option, item.paid_fen, item.product.name) for item in order.items] == [
        ("白", 9900, "保温杯"), ("黑", 9900, "保温杯"),
    ]  # fmt: skip
    assert [(parcel.carrier, parcel.waybill) for parcel in order.parcels] == [("圆通", "YT123")]
    again = await asyncio.to_thread(kefu, "import", str(orders), "--platform", "pdd", "--json")
    assert (told(again)["added"], told(again)["known"]) == (0, 2)


def test_what_was_not_taken_stands_in_the_rejects_file(
    kefu: Kefu, file: Any, tmp_path: Path
) -> None:
    kefu("import", str(file("products.csv", PRODUCTS)))
    rejects = tmp_path / "bad.csv"
    orders = file("orders.csv", "\n".join([HEADINGS, *ROWS]))
    done = kefu("import", str(orders), "--rejects", str(rejects))
    assert done.exit_code == 0
    assert "订单：订单号←订单编号" in done.stderr
    assert "订单：新增 1，未导入 1\n包裹：新增 1" in done.stdout
    assert f"1 行没有导入，原因见 {rejects}" in done.stdout
    with rejects.open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["行号"], row["原因"], row["订单编号"]) == (
        "3", "商品编码 A9 还没有导入，请先导入商品", "900000000000002",
    )  # fmt: skip


def test_json_lines_in_any_order_with_bad_ones_between(
    kefu: Kefu, file: Any, tmp_path: Path
) -> None:
    order = {
        "kind": "order", "number": "A1001", "status": "unpaid", "placed_at": "2026-11-20",
        "items": [{"sku": "A1", "unit_price_fen": 9900}],
    }  # fmt: skip
    product = {"kind": "product", "sku": "A1", "name": "杯", "price_fen": 9900, "stock": 1}
    lines = [json.dumps(order), "{", json.dumps(product), json.dumps(order | {"kind": "x"})]
    done = told(kefu("import", str(file("shop.jsonl", "\n".join(lines))), "--json"))
    assert (done["added"], done["rejected_rows"]) == (2, 2)
    rejected = [
        json.loads(line) for line in Path(done["rejects_file"]).read_text("utf-8").splitlines()
    ]
    assert [(one["line"], one["reason"][:6]) for one in rejected] == [
        (2, "这一行不是 "), (4, "记录类型“x"),
    ]  # fmt: skip
    assert rejected[1]["record"]["number"] == "A1001"


def test_half_characters_in_a_refused_line_break_nothing(kefu: Kefu, file: Any) -> None:
    line = '{"kind": "product", "sku": "A\\ud83d", "\\ud83d": 1}\n'
    done = told(kefu("import", str(file("torn.jsonl", line)), "--json"))
    (rejected,) = Path(done["rejects_file"]).read_text("utf-8").splitlines()
    assert json.loads(rejected)["record"] == json.loads(line)


def test_lines_without_a_kind_take_the_one_that_is_given(kefu: Kefu, file: Any) -> None:
    stock = file("stock.jsonl", '{"sku": "A1", "name": "杯", "price_fen": 100, "stock": 1}\n')
    assert told(kefu("import", str(stock), "--kind", "product", "--json"))["added"] == 1
    assert told(kefu("import", str(stock), "--json"))["rejected_rows"] == 1


def test_a_workbook_with_merged_cells(kefu: Kefu, file: Any, tmp_path: Path) -> None:
    kefu("import", str(file("products.csv", PRODUCTS)))
    book = xlsxwriter.Workbook(str(tmp_path / "orders.xlsx"))
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    placed = datetime(2026, 11, 20, 9, 30)  # noqa: DTZ001 - a workbook knows no zones
    for place, name in enumerate(
        ("订单号", "状态", "下单时间", "付款时间", "实付金额", "货号", "数量", "单价")
    ):
        sheet.write(0, place, name)
    sheet.write_row(1, 0, ["9001", "待发货"])
    sheet.write_datetime(1, 2, placed, day)
    sheet.write_datetime(1, 3, placed + timedelta(minutes=1), day)
    sheet.write_row(1, 4, [1398.5, "A1", 1, 99])
    sheet.write_row(2, 5, ["A2", 1, 1299.5])
    book.close()
    done = told(kefu("import", str(tmp_path / "orders.xlsx"), "--json"))
    assert done["kinds"] == {"order": {"added": 1}}
    with create_engine(f"sqlite:///{tmp_path / 'kefu.db'}").connect() as connection:
        lines = connection.execute(text("SELECT sku, paid_fen FROM order_item ORDER BY id")).all()
        (at,) = connection.execute(text('SELECT placed_at FROM "order"')).one()
    assert [tuple(line) for line in lines] == [("A1", 9900), ("A2", 129950)]
    assert str(at).startswith("2026-11-20 01:30")


def test_who_imported_is_in_the_audit_log(kefu: Kefu, file: Any, tmp_path: Path) -> None:
    kefu("import", str(file("products.csv", PRODUCTS)))
    with create_engine(f"sqlite:///{tmp_path / 'kefu.db'}").connect() as connection:
        query = text("SELECT actor, action, object_id, detail FROM audit_event")
        (entry,) = connection.execute(query).all()
    assert tuple(entry[:3]) == ("cli", "records.imported", "products.csv")
    assert json.loads(entry[3]) == {"kinds": {"product": {"added": 2}}}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["missing.csv"], 1, "找不到文件"),
        (["odd.csv"], 1, "看不出表里是商品、客户、订单、包裹还是售后"),
        (["odd.csv", "--kind", "orders"], 2, "--kind orders: choose one of product, customer"),
        (["odd.csv", "--column", "number"], 2, "write field=heading"),
        (["odd.csv", "--platform", "ebay"], 2, "--platform ebay: choose one of house"),
        (["empty.csv"], 1, "文件是空的"),
        (["products.csv", "--rejects", "products.csv"], 1, "--rejects 不能是要导入的文件本身"),
    ],
)
def test_wrong_usage_says_what_to_change(
    kefu: Kefu,
    file: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    file("odd.csv", "甲,乙\n1,2\n")
    file("empty.csv", "")
    file("products.csv", PRODUCTS)
    monkeypatch.chdir(tmp_path)
    done = kefu("import", *arguments)
    assert (tmp_path / "products.csv").exists()
    assert (done.exit_code, said in done.stderr) == (code, True), done.stderr


def test_a_customer_is_forgotten_after_a_question(kefu: Kefu, file: Any, tmp_path: Path) -> None:
    buyers = file("buyers.csv", "会员编号,昵称,姓名,手机\nU1,芳芳,王芳,19900002643\n")
    kefu("import", str(buyers))
    assert kefu("forget", "U2").exit_code == 1
    assert kefu("forget", "U1", input="n\n").exit_code == 1
    done = kefu("forget", "19900002643", "--yes", "--json")
    assert told(done) == {"customer_id": "U1", "orders": 0, "conversations": 0}
    with create_engine(f"sqlite:///{tmp_path / 'kefu.db'}").connect() as connection:
        row = connection.execute(text("SELECT nickname, phone_sealed FROM customer")).one()
    assert tuple(row) == ("已注销客户", None)
    assert kefu("forget", "19900002643", "--yes").exit_code == 1
    assert told(kefu("import", str(buyers), "--json"))["refused"] == 1


def test_who_still_waits_for_a_parcel_is_not_forgotten(kefu: Kefu, file: Any) -> None:
    kefu("import", str(file("products.csv", PRODUCTS)))
    order = "订单号,状态,下单时间,货号,数量,单价,客户编号\nA1001,待付款,2026-11-20,A1,1,99,U1\n"
    kefu("import", str(file("orders.csv", order)))
    done = kefu("forget", "U1", "--yes")
    assert (done.exit_code, "A1001" in done.stderr) == (1, True)


def test_keys_are_made_and_ended(kefu: Kefu) -> None:
    assert kefu("key", "erp").stdout.startswith("kp_")
    assert kefu("key", "erp", "--revoke").stdout == "1 ended\n"
    assert kefu("key", "erp", "--revoke").exit_code == 1


def test_changes_list_what_the_source_does_not_know(kefu: Kefu, file: Any, tmp_path: Path) -> None:
    kefu("import", str(file("products.csv", PRODUCTS)))
    placed = datetime.now(UTC) - timedelta(days=1)
    order = f"订单号,状态,下单时间,货号,数量,单价\nA1001,待付款,{placed:%Y-%m-%d %H:%M},A1,1,99\n"
    kefu("import", str(file("orders.csv", order)))
    assert kefu("changes").stdout == ""
    with create_engine(f"sqlite:///{tmp_path / 'kefu.db'}").begin() as connection:
        connection.execute(text("UPDATE \"order\" SET status = 'cancelled'"))
    assert told(kefu("changes", "--json")) == {
        "kind": "order", "number": "A1001", "status": "cancelled",
    }  # fmt: skip
    assert kefu("changes").stdout == "order      number=A1001 status=cancelled\n"
