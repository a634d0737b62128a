"""The lines of an order: shares to the fen, and rows that keep their ids."""

import pytest

from shop.intake.lines import Line, lines_of, write_lines
from shop.intake.records import Item


def item(sku: str, price: int, quantity: int = 1, paid: int | None = None) -> Item:
    return Item(sku=sku, unit_price_fen=price, quantity=quantity, paid_fen=paid)


@pytest.mark.parametrize(
    ("items", "goods", "shares"),
    [
        ([item("A", 100)], 100, [100]),
        ([item("A", 100)], 90, [90]),
        ([item("A", 100), item("B", 100), item("C", 100)], 100, [34, 33, 33]),
        ([item("A", 100, 3), item("B", 100)], 400, [300, 100]),
        ([item("A", 100, paid=70), item("B", 100)], 150, [70, 80]),
        ([item("A", 100, paid=70), item("B", 100, paid=70)], 150, [70, 70]),
        ([item("A", 100, paid=200), item("B", 100)], 150, [200, 0]),
        ([item("A", 0), item("B", 0)], 0, [0, 0]),
        ([item("A", 0), item("B", 100)], 100, [0, 100]),
    ],
)  # fmt: skip
def test_shares_that_are_not_given_follow_from_the_rest(
    items: list[Item], goods: int, shares: list[int]
) -> None:
    assert [line.paid_fen for line in lines_of(items, goods)] == shares


def test_rows_are_changed_added_and_dropped_in_their_order() -> None:
    first = lines_of([item("A", 100), item("B", 100)], 200)
    rows = write_lines("o1", [], first).added
    ids = [row.id for row in rows]
    assert ids == sorted(ids)
    assert not write_lines("o1", rows, first).changed
    longer = write_lines("o1", rows, lines_of([item("A", 100), item("C", 1), item("D", 1)], 102))
    assert longer.changed
    assert [row.sku for row in longer.added] == ["D"]
    assert [row.sku for row in rows] == ["A", "C", "D"]
    assert [row.id for row in rows][:2] == ids
    shorter = write_lines("o1", rows, lines_of([item("D", 1)], 1))
    assert [row.sku for row in shorter.dropped] == ["C", "D"]
    assert [Line.of_row(row).sku for row in rows] == ["D"]
    assert rows[0].id == ids[0]


def test_many_rows_of_one_moment_keep_their_order() -> None:
    many = lines_of([item(f"S{n}", 1) for n in range(300)], 300)
    rows = write_lines("o1", [], many).added
    assert [row.sku for row in sorted(rows, key=lambda row: row.id)] == [line.sku for line in many]
