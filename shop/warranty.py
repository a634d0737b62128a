"""Until when the shop repairs an item for free, by the months named with the product."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime

from shop.days import china_day
from shop.order_numbers import plain
from shop.tables import DbOrder, DbOrderItem

_REPAIR = re.compile(r"修|质保|三包|坏|故障|毛病|过保|[了的]$|了[，,。\s]|怎么办")


@dataclass(frozen=True, kw_only=True)
class Warranty:
    """The warranty of one item: 0 months = none named; `until` is known once it was signed for."""

    months: int
    until: date | None
    holds: bool


def warranty_of(order: DbOrder, item: DbOrderItem, *, now: datetime) -> Warranty:
    """Return the item's warranty, counted in calendar months from the day of signing."""
    months = item.product.warranty_months
    if not months or order.signed_at is None:
        return Warranty(months=months, until=None, holds=False)
    until = add_months(china_day(order.signed_at), months)
    return Warranty(months=months, until=until, holds=china_day(now) <= until)


def names_repair(text: str) -> bool:
    """Say whether a line speaks of a repair, or of a fault that is there: 漏水了, 能保修吗."""
    return _REPAIR.search(plain(text)) is not None


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later, or the month's last day if it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
