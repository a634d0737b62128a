"""The customers who write in at the demo's first start (tests/e2e lets them do it)."""

import csv

from kefu.demo_visitors import VISITORS, read_visitors
from server.demo_shop import DEMO_CUSTOMERS


def test_visitors_are_customers_of_the_shop_and_not_those_one_can_be() -> None:
    with (VISITORS.parent / "customers.csv").open(encoding="utf-8", newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    ids = [customer for customer, _ in read_visitors()]
    assert set(ids) <= known - set(DEMO_CUSTOMERS)
    assert len(set(ids)) == len(ids)


def test_a_visitor_says_every_line_in_order() -> None:
    said = dict(read_visitors())
    assert len(said["C0054"]) == 2
    assert said["C0054"][-1] == "转人工"
