"""After-sales cases and the people of the demo: each state once at least, each story consistent."""

from collections.abc import Callable

Row = dict[str, str]
ReadRows = Callable[[str], list[Row]]

STEPS = ("requested", "decided", "returned", "received", "closed")
REACHED = {
    "requested": {"requested"},
    "approved": {"requested", "decided"},
    "rejected": {"requested", "decided", "closed"},
    "withdrawn": {"requested", "closed"},
    "returning": {"requested", "decided", "returned"},
    "received": {"requested", "decided", "returned", "received"},
    "exchange_shipped": {"requested", "decided", "returned", "received"},
    "refunded": {"requested", "decided", "closed"},
    "completed": {"requested", "decided", "returned", "received", "closed"},
}
REASONS = {
    "no_reason", "quality", "wrong_item", "missing", "not_as_described", "size", "fake", "late",
}  # fmt: skip
OPEN = {"requested", "approved", "returning", "received", "exchange_shipped"}
DAY = 24 * 60


def test_every_state_kind_and_reason_is_there(shop: ReadRows) -> None:
    cases = shop("after_sales")
    assert {row["status"] for row in cases} == set(REACHED)
    assert {row["kind"] for row in cases} == {"return", "exchange", "refund_only", "repair"}
    assert {row["reason"] for row in cases} == REASONS


def test_a_state_agrees_with_its_times(shop: ReadRows) -> None:
    for case in shop("after_sales"):
        told = {step for step in STEPS if case[f"{step}_minutes_ago"]}
        assert told >= REACHED[case["status"]], case
        ages = [int(case[f"{step}_minutes_ago"]) for step in STEPS if step in told]
        assert ages == sorted(ages, reverse=True), case
        assert min(ages) >= 0, case
        assert ("closed" in told) == (case["status"] not in OPEN), case


def test_a_case_concerns_a_line_of_its_order_and_no_more_money_than_was_paid(
    shop: ReadRows,
) -> None:
    lines = {(row["order_number"], row["sku"]): row for row in shop("order_items")}
    orders = {row["order_number"]: row for row in shop("orders")}
    for case in shop("after_sales"):
        line = lines[case["order_number"], case["sku"]]
        assert 1 <= int(case["quantity"]) <= int(line["quantity"]), case
        assert 0 <= int(case["amount_fen"]) <= int(orders[case["order_number"]]["paid_fen"]), case
        assert (int(case["amount_fen"]) == 0) == (case["kind"] in {"exchange", "repair"}), case


def test_an_open_case_shows_in_the_orders_state(shop: ReadRows) -> None:
    orders = {row["order_number"]: row["status"] for row in shop("orders")}
    expected = {"return": "refunding", "refund_only": "refunding", "exchange": "exchanging"}
    waiting = set()
    for case in shop("after_sales"):
        if case["status"] in OPEN and case["kind"] in expected:
            waiting.add(case["order_number"])
            assert orders[case["order_number"]] == expected[case["kind"]], case
    assert {n for n, status in orders.items() if status in expected.values()} == waiting


def test_a_refunded_order_has_a_closed_case(shop: ReadRows) -> None:
    closed = {row["order_number"] for row in shop("after_sales") if row["status"] == "refunded"}
    refunded = {row["order_number"] for row in shop("orders") if row["status"] == "refunded"}
    assert refunded
    assert refunded <= closed


def test_goods_on_their_way_back_have_a_parcel(shop: ReadRows) -> None:
    directions = {row["waybill"]: row["direction"] for row in shop("parcels")}
    for case in shop("after_sales"):
        assert bool(case["returned_minutes_ago"]) == bool(case["return_waybill"]), case
        if case["return_waybill"]:
            assert directions[case["return_waybill"]] == "return"
        if case["replacement_waybill"]:
            assert directions[case["replacement_waybill"]] == "replacement"
    assert {"return", "replacement"} <= set(directions.values())


def test_the_buyer_pays_the_way_back_only_where_the_goods_were_right(shop: ReadRows) -> None:
    for case in shop("after_sales"):
        expected = "buyer" if case["reason"] in {"no_reason", "size"} else "seller"
        assert case["freight_payer"] == ("" if case["kind"] == "refund_only" else expected), case


def test_li_qiang_signed_eight_days_ago(shop: ReadRows) -> None:
    (order,) = [row for row in _orders_of(shop, "李强") if row["status"] == "signed"]
    assert 8 * DAY <= int(order["signed_minutes_ago"]) < 8 * DAY + 60


def test_chen_wei_has_an_order_to_pay(shop: ReadRows) -> None:
    (order,) = [row for row in _orders_of(shop, "陈伟") if row["status"] == "unpaid"]
    assert int(order["placed_minutes_ago"]) < DAY


def test_liu_yang_waits_for_a_refund_whose_goods_have_arrived(shop: ReadRows) -> None:
    (order,) = [row for row in _orders_of(shop, "刘洋") if row["status"] == "refunding"]
    (case,) = [row for row in shop("after_sales") if row["order_number"] == order["order_number"]]
    assert (case["kind"], case["status"]) == ("return", "received")


def test_zhang_min_has_her_birthday_today_and_spends_most(shop: ReadRows) -> None:
    customers = {row["id"]: row for row in shop("customers")}
    spent = dict.fromkeys(customers, 0)
    for order in shop("orders"):
        spent[order["customer_id"]] += int(order["paid_fen"])
    best = customers[max(spent, key=lambda customer: spent[customer])]
    assert best["name"] == "张敏"
    assert best["birthday_in_days"] == "0"
    assert best["marketing_consent"] == "1"


def test_zhang_min_has_no_open_trouble_on_her_birthday(
    shop: ReadRows, reviews: list[Row], labels: dict[tuple[str, str], Row]
) -> None:
    own = {row["order_number"] for row in _orders_of(shop, "张敏")}
    trouble = [row for row in shop("after_sales") if row["order_number"] in own]
    assert not any(row["status"] in OPEN for row in trouble)
    tones = {
        labels[row["platform"], row["review_id"]]["tone"]
        for row in reviews
        if row["order_number"] in own
    }
    assert tones <= {"good"}


def test_a_late_order_is_one_paid_and_not_shipped_for_two_days(shop: ReadRows) -> None:
    for name in ("郑雪", "邓超群"):
        waiting = [row for row in _orders_of(shop, name) if row["status"] == "paid"]
        assert any(int(row["paid_minutes_ago"]) > 2 * DAY for row in waiting), name


def _orders_of(shop: ReadRows, name: str) -> list[Row]:
    customer = next(row["id"] for row in shop("customers") if row["name"] == name)
    return [row for row in shop("orders") if row["customer_id"] == customer]
