"""The shape of the files: encoding, whole rows, unique keys, and references that lead somewhere."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import phonenumbers
import pytest

from compliance import Channel, build_checker, load_wording

Rows = list[dict[str, str]]
ReadRows = Callable[[str], Rows]
ROOT = Path(__file__).parents[2]

KEYS = {
    "customers": "id",
    "products": "sku",
    "promotions": "id",
    "coupons": "id",
    "orders": "order_number",
    "parcels": "waybill",
    "after_sales": "id",
    "invoices": "id",
}
REFERENCES = [
    ("orders", "customer_id", "customers", "id"),
    ("orders", "coupon_id", "coupons", "id"),
    ("orders", "promotion_id", "promotions", "id"),
    ("order_items", "order_number", "orders", "order_number"),
    ("order_items", "sku", "products", "sku"),
    ("parcels", "order_number", "orders", "order_number"),
    ("parcel_events", "waybill", "parcels", "waybill"),
    ("after_sales", "order_number", "orders", "order_number"),
    ("after_sales", "sku", "products", "sku"),
    ("after_sales", "return_waybill", "parcels", "waybill"),
    ("after_sales", "replacement_waybill", "parcels", "waybill"),
    ("invoices", "order_number", "orders", "order_number"),
    ("coupons", "customer_id", "customers", "id"),
    ("coupons", "used_order_number", "orders", "order_number"),
    ("product_faq", "sku", "products", "sku"),
]
EVERY_FILE = [*KEYS, "order_items", "parcel_events", "product_faq"]
NUMBERS = re.compile(
    r"_(fen|minutes_ago|in_minutes|days_ago|months)$|^(stock|quantity|minutes_ago)$"
)
CATEGORIES = {
    "clothing", "shoes", "bags", "jewelry", "toys", "home", "electronics", "cosmetics",
    "food", "fresh", "medical", "books", "software", "other",
}  # fmt: skip
GROUNDS = {
    "",
    "safety_health_after_opening",
    "value_drop_after_activation",
    "disclosed_near_expiry_or_flaw",
}


@pytest.mark.parametrize("name", EVERY_FILE)
def test_every_row_is_whole(shop: ReadRows, name: str) -> None:
    rows = shop(name)
    assert rows
    assert all(None not in row and None not in row.values() for row in rows)


@pytest.mark.parametrize("name", EVERY_FILE)
def test_numbers_are_whole_numbers(shop: ReadRows, name: str) -> None:
    columns = [column for column in shop(name)[0] if NUMBERS.search(column)]
    for row in shop(name):
        for column in columns:
            assert re.fullmatch(r"-?\d+|", row[column]), (name, column, row)


@pytest.mark.parametrize(("name", "key"), KEYS.items())
def test_keys_are_unique_and_told(shop: ReadRows, name: str, key: str) -> None:
    values = [row[key] for row in shop(name)]
    assert all(values)
    assert len(set(values)) == len(values)


@pytest.mark.parametrize(("name", "column", "target", "key"), REFERENCES)
def test_references_lead_somewhere(
    shop: ReadRows, name: str, column: str, target: str, key: str
) -> None:
    known = {row[key] for row in shop(target)}
    assert {row[column] for row in shop(name)} - {""} <= known


def test_there_is_enough_to_look_at(shop: ReadRows) -> None:
    assert len(shop("customers")) >= 60
    assert len(shop("products")) >= 80
    assert len({row["category"] for row in shop("products")}) >= 8
    assert len(shop("orders")) >= 400


def test_phones_are_valid_invented_and_told_apart_by_their_last_four(shop: ReadRows) -> None:
    phones = [row["phone"] for row in shop("customers")]
    assert all(phone.startswith("1990000") for phone in phones)
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(phone, "CN")) for phone in phones)
    assert len({phone[-4:] for phone in phones}) == len(phones)


def test_birthdays_are_told_or_not_and_some_are_near(shop: ReadRows) -> None:
    days = [row["birthday_in_days"] for row in shop("customers")]
    assert "" in days
    known = [int(day) for day in days if day]
    assert all(0 <= day < 365 for day in known)
    assert known.count(0) >= 1
    assert sum(0 < day < 7 for day in known) >= 3


def test_products_speak_the_verdicts_codes(shop: ReadRows) -> None:
    products = shop("products")
    assert {row["category"] for row in products} == CATEGORIES
    assert {row["exclusion_ground"] for row in products} == GROUNDS
    assert {row["made_to_order"] for row in products} == {"0", "1"}
    assert all(int(row["price_fen"]) > 0 for row in products)
    assert any(row["stock"] == "0" for row in products)


def test_clothes_and_shoes_have_a_size_chart(shop: ReadRows) -> None:
    for row in shop("products"):
        if row["category"] in {"clothing", "shoes"}:
            assert re.search(r"\d", row["size_chart"]), row["sku"]


def test_every_product_picture_exists(shop: ReadRows) -> None:
    pictures = ROOT / "pages" / "shared" / "products"
    missing = [row["image"] for row in shop("products") if not (pictures / row["image"]).is_file()]
    assert missing == []


def test_most_products_have_an_answered_question(shop: ReadRows) -> None:
    asked = {row["sku"] for row in shop("product_faq")}
    assert len(asked) >= 0.9 * len(shop("products"))
    pairs = [(row["sku"], row["question"]) for row in shop("product_faq")]
    assert len(set(pairs)) == len(pairs)
    assert all(row["question"].endswith("？") and row["answer"] for row in shop("product_faq"))


def test_every_product_answer_may_be_said(shop: ReadRows) -> None:
    checker = build_checker(load_wording())
    for row in shop("product_faq"):
        assert checker.check(row["answer"], channel=Channel.CHAT).findings == (), row


def test_no_file_begins_with_a_byte_order_mark_or_carries_a_tab() -> None:
    for path in (ROOT / "data" / "shop").glob("*.csv"):
        text = path.read_bytes()
        assert not text.startswith(b"\xef\xbb\xbf"), path.name
        assert b"\t" not in text, path.name
        assert b"\r" not in text, path.name
        widths = {len(row) for row in csv.reader(text.decode().splitlines())}
        assert len(widths) == 1, path.name
