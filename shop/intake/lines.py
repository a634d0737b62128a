"""The lines of an order: their shares of what was paid, and writing them to their rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from shop.intake.records import Item
from shop.returns.money import split_paid
from shop.tables import DbOrderItem
from storage.tables import new_id


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line as it is stored."""

    sku: str
    option: str
    quantity: int
    unit_price_fen: int
    paid_fen: int

    @classmethod
    def of_row(cls, row: DbOrderItem) -> Self:
        """Return the line in a row."""
        return cls(
            sku=row.sku,
            option=row.option,
            quantity=row.quantity,
            unit_price_fen=row.unit_price_fen,
            paid_fen=row.paid_fen,
        )


@dataclass
class Written:
    """What writing the lines of one order did; rows to add and to drop are the caller's."""

    changed: bool = False
    added: list[DbOrderItem] = field(default_factory=list)
    dropped: list[DbOrderItem] = field(default_factory=list)


def lines_of(items: Sequence[Item], goods_fen: int) -> list[Line]:
    """Return the lines of an order of which `goods_fen` was paid for the goods.

    Shares that are not given are what the given ones leave, split by price and quantity.
    """
    open_items = [item for item in items if item.paid_fen is None]
    left = max(0, goods_fen - sum(item.paid_fen or 0 for item in items))
    prices = [item.unit_price_fen * item.quantity for item in open_items]
    shares = iter(split_paid(left, prices) if sum(prices) else [0] * len(prices))
    return [
        Line(
            sku=item.sku,
            option=item.option,
            quantity=item.quantity,
            unit_price_fen=item.unit_price_fen,
            paid_fen=next(shares) if item.paid_fen is None else item.paid_fen,
        )
        for item in items
    ]


def write_lines(order_id: str, rows: list[DbOrderItem], lines: Sequence[Line]) -> Written:
    """Make the rows say what the lines say, in order; `rows` becomes the new list."""
    written = Written()
    for row, line in zip(rows, lines, strict=False):
        if Line.of_row(row) != line:
            for name, value in vars(line).items():
                setattr(row, name, value)
            written.changed = True
    written.dropped = rows[len(lines) :]
    del rows[len(lines) :]
    # Rows are read in the order of their ids, and ids of one millisecond are in none.
    ids = sorted(new_id() for _ in lines[len(rows) :])
    for row_id, line in zip(ids, lines[len(rows) :], strict=True):
        written.added.append(DbOrderItem(id=row_id, order_id=order_id, **vars(line)))
    rows += written.added
    written.changed |= bool(written.added or written.dropped)
    return written
