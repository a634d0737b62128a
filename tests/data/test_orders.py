"""Orders: every state is there, and money, state and times never contradict each other."""

from collections import Counter, defaultdict
from collections.abc import Callable

import pytest

Row = dict[str, str]
ReadRows = Callable[[str], list[Row]]

# what must have happened (+) and cannot have happened yet (-) in each state
STATES = {
    "unpaid": "-paid -shipped -signed -closed -cancelled",
    "paid": "+paid -shipped -signed -closed -cancelled",
    "picking": "+paid -shipped -signed -closed -cancelled",
    "shipped": "+paid +shipped -signed -closed -cancelled",
    "signed": "+paid +shipped +signed -closed -cancelled",
    "completed": "+paid +shipped +signed +closed -cancelled",
    "cancelled": "-shipped -signed -closed +cancelled",
    "refunding": "+paid -closed -cancelled",
    "exchanging": "+paid +shipped +signed -closed -cancelled",
    "refunded": "+paid +closed -cancelled",
}
STEPS = ("placed", "paid", "shipped", "signed", "closed")
PLATFORMS = {"house", "taobao", "jd", "pdd", "douyin"}


def test_every_state_and_platform_is_there(shop: ReadRows) -> None:
    orders = shop("orders")
    assert {row["status"] for row in orders} == set(STATES)
    platforms = Counter(row["platform"] for row in orders)
    assert set(platforms) == PLATFORMS
    assert platforms["house"] > len(orders) / 2


@pytest.mark.parametrize("status", STATES)
def test_a_state_agrees_with_its_times(shop: ReadRows, status: str) -> None:
    for row in (row for row in shop("orders") if row["status"] == status):
        for rule in STATES[status].split():
            happened = row[f"{rule[1:]}_minutes_ago"] != ""
            assert happened == (rule[0] == "+"), (rule, row)


def test_steps_follow_one_another_and_none_lies_ahead(shop: ReadRows) -> None:
    for row in shop("orders"):
        ages = [int(row[f"{step}_minutes_ago"]) for step in STEPS if row[f"{step}_minutes_ago"]]
        assert ages == sorted(ages, reverse=True), row
        assert min(ages) >= 0, row
        if row["cancelled_minutes_ago"]:
            begun = row["paid_minutes_ago"] or row["placed_minutes_ago"]
            assert 0 <= int(row["cancelled_minutes_ago"]) <= int(begun), row


def test_nobody_ordered_before_registering(shop: ReadRows) -> None:
    since = {row["id"]: int(row["registered_days_ago"]) * 24 * 60 for row in shop("customers")}
    early = [o for o in shop("orders") if int(o["placed_minutes_ago"]) > since[o["customer_id"]]]
    assert early == []


def test_order_numbers_are_eighteen_digits(shop: ReadRows) -> None:
    assert all(len(o["order_number"]) == 18 and o["order_number"].isdigit() for o in shop("orders"))


def test_money_adds_up_to_the_fen(shop: ReadRows) -> None:
    lines = _lines_by_order(shop)
    for order in shop("orders"):
        own = lines[order["order_number"]]
        goods = sum(int(line["quantity"]) * int(line["unit_price_fen"]) for line in own)
        share = sum(int(line["paid_share_fen"]) for line in own)
        assert goods == int(order["items_fen"]), order
        assert share == goods - int(order["discount_fen"]), order
        assert share + int(order["shipping_fen"]) == int(order["payable_fen"]), order
        paid = int(order["payable_fen"]) if order["paid_minutes_ago"] else 0
        assert int(order["paid_fen"]) == paid, order
        assert bool(order["payment_method"]) == bool(order["paid_minutes_ago"]), order


def test_no_line_costs_more_after_the_discount_than_before(shop: ReadRows) -> None:
    for line in shop("order_items"):
        full = int(line["quantity"]) * int(line["unit_price_fen"])
        assert 0 <= int(line["paid_share_fen"]) <= full, line


def test_a_discount_is_the_promotion_and_the_coupon(shop: ReadRows) -> None:
    promotions = {row["id"]: row for row in shop("promotions")}
    coupons = {row["id"]: row for row in shop("coupons")}
    for order in shop("orders"):
        expected = 0
        if order["promotion_id"]:
            promotion = promotions[order["promotion_id"]]
            assert int(order["items_fen"]) >= int(promotion["threshold_fen"]), order
            expected += int(promotion["amount_fen"])
        if order["coupon_id"]:
            expected += int(coupons[order["coupon_id"]]["amount_fen"])
        assert int(order["discount_fen"]) == expected, order


def test_a_variant_is_one_the_product_has(shop: ReadRows) -> None:
    products = {row["sku"]: row for row in shop("products")}
    for line in shop("order_items"):
        offered = products[line["sku"]]["options"]
        for choice in line["variant"].split():
            assert choice in offered, line


def test_a_confirmed_exclusion_has_a_ground(shop: ReadRows) -> None:
    grounds = {row["sku"]: row["exclusion_ground"] for row in shop("products")}
    lines = _lines_by_order(shop)
    confirmed = Counter(order["exclusion_confirmed"] for order in shop("orders"))
    assert confirmed["0"] > 0
    assert confirmed["1"] > 0
    for order in shop("orders"):
        if order["exclusion_confirmed"] == "1":
            assert any(grounds[line["sku"]] for line in lines[order["order_number"]]), order


def test_a_used_coupon_and_its_order_point_at_each_other(shop: ReadRows) -> None:
    orders = {row["order_number"]: row for row in shop("orders")}
    assert {row["status"] for row in shop("coupons")} == {"unused", "used", "expired"}
    for coupon in shop("coupons"):
        assert (coupon["status"] == "used") == bool(coupon["used_order_number"]), coupon
        if coupon["status"] == "used":
            order = orders[coupon["used_order_number"]]
            assert order["coupon_id"] == coupon["id"]
            assert order["customer_id"] == coupon["customer_id"]
            assert int(coupon["issued_minutes_ago"]) >= int(order["placed_minutes_ago"])
            assert int(order["placed_minutes_ago"]) >= -int(coupon["expires_in_minutes"])
        else:
            expired = int(coupon["expires_in_minutes"]) <= 0
            assert expired == (coupon["status"] == "expired"), coupon


def test_an_invoice_is_told_on_its_order(shop: ReadRows) -> None:
    states = {row["order_number"]: row["state"] for row in shop("invoices")}
    assert set(states.values()) == {"requested", "issued", "reversed"}
    for order in shop("orders"):
        assert order["invoice_state"] == states.get(order["order_number"], "none")
    for invoice in shop("invoices"):
        issued = invoice["state"] != "requested"
        assert bool(invoice["invoice_number"]) == bool(invoice["issued_minutes_ago"]) == issued


def _lines_by_order(shop: ReadRows) -> dict[str, list[Row]]:
    lines: dict[str, list[Row]] = defaultdict(list)
    for line in shop("order_items"):
        lines[line["order_number"]].append(line)
    return lines
