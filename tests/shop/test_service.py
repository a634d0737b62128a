"""What the shop promises, and the requests, cancellations and refunds that keep it."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from policies.files import PolicyError
from shop.after_sales import Kind, NotGrantedError, is_late, open_after_sale
from shop.cancelling import CannotCancelError, cancel_order, cancellability
from shop.identity import PROOF_LASTS, is_proved, prove_order
from shop.orders import get_order
from shop.refunds import working_days_after
from shop.requests import open_request
from shop.returns import Finding, Reason, Right, Verdict
from shop.service_policy import SERVICE_FILE, RequestKind, load_service_policy, service_policy
from shop.smalltalk import (
    agrees_while_thanking,
    asks_for_person,
    asks_to_urge,
    decision,
    declines_messages,
    wants_to_go_on,
)
from shop.tables import DbAfterSale
from shop.warranty import add_months
from storage.engine import Database

PAID, PICKING_STATUSES = "862972923185466285", ("picking",)
WANG_FANG = "869521132756736669"


@pytest.fixture
async def session(shop: Database) -> AsyncIterator[AsyncSession]:
    """A transaction on the demo shop."""
    async with shop.write() as opened:
        yield opened


def test_every_kind_of_request_has_its_time() -> None:
    assert set(service_policy().requests) == set(RequestKind)


def test_an_unknown_key_is_named_with_its_file(tmp_path: Path) -> None:
    broken = tmp_path / "service.yml"
    broken.write_text(SERVICE_FILE.read_text() + "\nsurprise: 1\n")
    with pytest.raises(PolicyError, match=r"service\.yml.*surprise"):
        load_service_policy(broken)


@pytest.mark.parametrize(("method", "days"), [("支付宝", 1), ("微信支付", 3), ("贝壳", 7), ("", 7)])
def test_a_refund_takes_as_long_as_its_way(method: str, days: int) -> None:
    assert service_policy().arrival_days(method) == days


async def test_a_request_is_opened_once_and_promises_a_time(
    session: AsyncSession, now: datetime
) -> None:
    order = await get_order(session, WANG_FANG)
    kind, policy = RequestKind.URGE_CARRIER, service_policy()
    first, is_new = await open_request(session, order, kind, policy, now=now)
    later = now + timedelta(hours=3)
    second, is_second_new = await open_request(session, order, kind, policy, now=later)
    assert (is_new, is_second_new) == (True, False)
    assert second.number == first.number
    assert first.due_at == now + timedelta(hours=24)
    assert first.number.startswith("SR261122")


async def test_a_paid_order_is_cancelled_with_its_money(
    session: AsyncSession, now: datetime
) -> None:
    order = await get_order(session, PAID)
    refund = await cancel_order(session, order, reason="买错了", now=now)
    assert refund is not None
    assert (refund.amount_fen, order.status, order.cancelled_at) == (10800, "cancelled", now)
    with pytest.raises(CannotCancelError):
        await cancel_order(session, order, reason="", now=now)


async def test_a_parcel_under_way_is_not_cancelled(session: AsyncSession, now: datetime) -> None:
    order = await get_order(session, WANG_FANG)
    assert cancellability(order) == "on_the_way"
    with pytest.raises(CannotCancelError):
        await cancel_order(session, order, reason="", now=now)


@pytest.mark.parametrize("right", [Right.REFUSED, Right.CHECK])
async def test_no_return_is_opened_against_the_verdict(
    session: AsyncSession, now: datetime, right: Right
) -> None:
    order = await get_order(session, WANG_FANG)
    judged = Verdict(case_id=None, right=right, finding=Finding.TOO_LATE, why="")
    with pytest.raises(NotGrantedError):
        await open_after_sale(
            session,
            order,
            order.items[0],
            Kind.RETURN,
            judged,
            policy=service_policy(),
            reason=Reason.NO_REASON,
            now=now,
        )


@pytest.mark.parametrize(
    ("status", "days_ago", "late"),
    [
        ("received", 7, False),
        ("received", 8, True),
        ("refunded", 30, False),
        ("approved", 9, False),
    ],
)
def test_a_refund_is_late_after_the_seventh_day(
    now: datetime, status: str, days_ago: int, late: bool
) -> None:
    received = now - timedelta(days=days_ago)
    request = DbAfterSale(status=status, requested_at=received, received_at=received)
    assert is_late(request, now=now) is late


@pytest.mark.parametrize(
    ("day", "days", "then"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 22), 3, date(2026, 11, 25)),
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
    ],
)
def test_working_days_leave_out_weekends(day: date, days: int, then: date) -> None:
    assert working_days_after(day, days) == then


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 22), 12, date(2027, 11, 22)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then


async def test_a_proof_holds_for_a_day_in_its_conversation(
    session: AsyncSession, now: datetime
) -> None:
    async def proved(conversation: str, at: datetime) -> bool:
        return await is_proved(session, number=WANG_FANG, conversation_id=conversation, now=at)

    assert not await proved("a", now)
    order = await prove_order(
        session, number=WANG_FANG, phone_tail="2643", conversation_id="a", now=now
    )
    assert order is not None
    assert await proved("a", now + PROOF_LASTS - timedelta(seconds=1))
    assert not await proved("a", now + PROOF_LASTS)
    assert not await proved("b", now)


@pytest.mark.parametrize(
    ("text", "decided"),
    [
        ("确认取消", True),
        ("确定", True),
        ("是的", True),
        ("先不取消", False),
        ("算了", False),
        ("不用了", False),
        ("快递到哪了", None),
        ("确认一下我昨天买的东西到哪里了", None),
    ],
)
def test_a_yes_or_no_in_few_words(text: str, decided: bool | None) -> None:
    assert decision(text) is decided


@pytest.mark.parametrize(
    ("read", "yes", "no"),
    [
        (asks_to_urge, "帮我催一下", "我催过三次了"),
        (asks_for_person, "转人工", "个人"),
        (declines_messages, "别再发优惠短信了", "退货"),
        (agrees_while_thanking, "好的谢谢", "谢谢"),
        (wants_to_go_on, "接着办吧", "好的"),
    ],
)
def test_small_words(read: object, yes: str, no: str) -> None:
    assert callable(read)
    assert read(yes) is True
    assert read(no) is False
