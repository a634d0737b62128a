"""What an invoice needs, read from what people type; when none can be asked for."""

from datetime import datetime, timedelta

import pytest

from shop.invoices import (
    InvoiceKind,
    InvoiceObstacle,
    find_company,
    find_email,
    find_obstacle,
    find_tax_number,
    read_kind,
)
from shop.service_policy import service_policy
from shop.tables import DbOrder


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("杭州青禾科技有限公司 91330106MA0DEMO01X", "杭州青禾科技有限公司"),
        ("抬头：南京望禾设计工作室（示例）", "南京望禾设计工作室"),
        ("单位名称是第一中学", "第一中学"),
        ("王芳", None),
    ],
)
def test_a_company(text: str, company: str | None) -> None:
    assert find_company(text) == company


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("税号91330106ma0demo01x", "91330106MA0DEMO01X"),
        ("税号 330106000000001", "330106000000001"),
        ("c0002@example.com", None),
        ("12345678", None),
    ],
)
def test_a_tax_number(text: str, number: str | None) -> None:
    assert find_tax_number(text) == number


@pytest.mark.parametrize(
    ("text", "email"),
    [("发到a.b@example.com.cn吧", "a.b@example.com.cn"), ("没有邮箱", None), ("a@b", None)],
)
def test_an_email(text: str, email: str | None) -> None:
    assert find_email(text) == email


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("个人抬头", InvoiceKind.PERSONAL),
        ("开公司的", InvoiceKind.COMPANY),
        ("开发票", None),
    ],
)
def test_the_kind(text: str, kind: InvoiceKind | None) -> None:
    assert read_kind(text) is kind


@pytest.mark.parametrize(
    ("status", "paid_days_ago", "obstacle"),
    [
        ("signed", 1, None),
        ("signed", 365, None),
        ("signed", 366, InvoiceObstacle.TOO_LATE),
        ("unpaid", None, InvoiceObstacle.NOT_PAID),
        ("cancelled", 1, InvoiceObstacle.CALLED_OFF),
        ("refunded", 1, InvoiceObstacle.CALLED_OFF),
    ],
)
def test_obstacles(
    now: datetime, status: str, paid_days_ago: int | None, obstacle: InvoiceObstacle | None
) -> None:
    paid_at = None if paid_days_ago is None else now - timedelta(days=paid_days_ago)
    order = DbOrder(status=status, paid_at=paid_at)
    assert find_obstacle(order, service_policy(), now=now) is obstacle
