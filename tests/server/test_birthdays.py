"""张敏 opens the chat on her birthday: greeted once, and never in the middle of a trouble."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from chat import Clock
from sockets import open_widget
from sqlalchemy import select, update

from desk.messages import Message
from desk.office import Office, messages_after
from desk.opening import AlwaysOpen
from desk.policy import read_desk_policy
from desk.states import HandoffReason, Owner
from desk.tables import DbConversation
from desk.visitors import arrive
from review_manager.tables import DbReview
from server.birthdays import congratulate, find_bad_review
from server.desk_office import DESK
from server.settings import Settings
from shop.after_sales import Status
from shop.identity import sign_ticket
from shop.members.greeting import stop_marketing
from shop.orders import OrderStatus
from shop.tables import DbAfterSale, DbCoupon, DbCustomer, DbOrder
from sla.policies import read_policies
from storage.engine import Database, Session

ZHANG_MIN = "C0003"
Trouble = Callable[[Session], Awaitable[object]]


@pytest.fixture
def clock(now: datetime) -> Clock:
    """The day of her birthday, in the afternoon in China."""
    return Clock(now)


@pytest.fixture
async def office(shop: Database, clock: Clock) -> Office:
    """The desk over the demo shop."""
    return Office(shop, read_desk_policy(), AlwaysOpen(), clocks=read_policies(), clock=clock)


async def _opens_chat(office: Office, customer: str | None = ZHANG_MIN) -> tuple[str, bool]:
    async with office.write() as pen:
        arrival = await arrive(
            pen, office.policy, token=None, conversation_id=None, customer_id=customer
        )
    return arrival.conversation.id, await congratulate(office, arrival.conversation)


async def _said(office: Office, conversation: str) -> list[Message]:
    async with office.database.read() as session:
        return list(await messages_after(session, conversation, 0, internal=False))


async def _coupons(office: Office) -> list[DbCoupon]:
    query = select(DbCoupon).where(DbCoupon.customer_id == ZHANG_MIN, DbCoupon.kind == "birthday")
    async with office.database.read() as session:
        return [c for c in await session.scalars(query) if c.granted_at == office.clock()]


async def test_she_is_greeted_with_a_coupon_and_the_way_out(office: Office) -> None:
    conversation, greeted = await _opens_chat(office)
    assert greeted
    (message,) = await _said(office, conversation)
    assert "生日快乐" in message.draft.text
    assert "智能客服" in message.draft.text
    assert "退订" in message.draft.text
    (coupon,) = await _coupons(office)
    (card,) = message.draft.cards
    assert (card["type"], card["amount_fen"]) == ("coupon", coupon.amount_fen)
    assert coupon.amount_fen == 5000  # a gold member


async def test_opening_the_chat_again_brings_no_second_greeting(
    office: Office, clock: Clock
) -> None:
    await _opens_chat(office)
    for days in (0, 1, 3):
        clock.advance(days=days)
        assert (await _opens_chat(office))[1] is False
    assert len(await _coupons(office)) == 0  # none at the later moment


async def test_next_year_she_is_greeted_again(office: Office, clock: Clock, shop: Database) -> None:
    assert (await _opens_chat(office))[1]
    clock.advance(days=365)
    async with shop.write() as session:
        await _without_troubles(session)
    assert (await _opens_chat(office))[1]


async def test_a_greeting_given_late_over_new_year_counts_for_the_birthday(
    office: Office, clock: Clock, shop: Database
) -> None:
    async with shop.write() as session:
        await _without_troubles(session)
        await session.execute(
            update(DbCustomer).where(DbCustomer.id == ZHANG_MIN).values(birthday="12-31")
        )
    clock.now = datetime(2027, 1, 2, 4, 0, tzinfo=UTC)
    assert (await _opens_chat(office))[1]
    clock.now = datetime(2027, 12, 31, 4, 0, tzinfo=UTC)
    assert (await _opens_chat(office))[1]


async def _without_troubles(session: Session) -> None:
    await session.execute(update(DbAfterSale).values(status=Status.COMPLETED))
    await session.execute(update(DbOrder).values(status=OrderStatus.COMPLETED))


async def _no_consent(session: Session) -> None:
    await session.execute(
        update(DbCustomer).where(DbCustomer.id == ZHANG_MIN).values(marketing_consent=False)
    )


async def _opted_out(session: Session) -> None:
    await stop_marketing(session, ZHANG_MIN)


async def _other_birthday(session: Session) -> None:
    await session.execute(
        update(DbCustomer).where(DbCustomer.id == ZHANG_MIN).values(birthday="11-23")
    )


async def _her_order(session: Session) -> DbOrder:
    query = select(DbOrder).where(DbOrder.customer_id == ZHANG_MIN).order_by(DbOrder.placed_at)
    order = (await session.scalars(query)).first()
    assert order is not None
    return order


async def _open_return(session: Session) -> None:
    order = await _her_order(session)
    session.add(
        DbAfterSale(
            number="AS-open",
            order_id=order.id,
            kind="return",
            reason="quality",
            status=Status.REQUESTED,
            requested_at=datetime(2026, 11, 21, tzinfo=UTC),
        )
    )


async def _late_order(session: Session) -> None:
    order = await _her_order(session)
    order.status, order.paid_at = OrderStatus.PAID, datetime(2026, 11, 18, tzinfo=UTC)


async def _stuck_parcel(session: Session) -> None:
    shipped = select(DbOrder).where(DbOrder.number == "869521132756736669")
    order = (await session.scalars(shipped)).one()  # 王芳's parcel that stands still
    order.customer_id = ZHANG_MIN


async def _bad_review(session: Session) -> None:
    order = await _her_order(session)
    session.add(_review(order.number, posted_at=datetime(2026, 11, 10, tzinfo=UTC)))


async def _complaint_in_chat(session: Session) -> None:
    await _chat(session, owner=Owner.BOT, reason=HandoffReason.COMPLAINT)


async def _waiting_in_line(session: Session) -> None:
    await _chat(session, owner=Owner.QUEUED, reason=HandoffReason.ASKED_HUMAN)


async def _chat(session: Session, *, owner: Owner, reason: HandoffReason) -> None:
    row = (await session.scalars(select(DbConversation))).first()
    assert row is not None
    row.customer_id, row.owner, row.reason = ZHANG_MIN, owner, reason


def _review(order_number: str, *, posted_at: datetime, bad: bool = True) -> DbReview:
    return DbReview(
        platform="house",
        content_key=f"key-{order_number}-{posted_at:%Y%m%d}",
        content_hash="hash",
        order_number=order_number,
        text="杯盖漏水",
        posted_at=posted_at,
        received_at=posted_at,
        bad_since=posted_at if bad else None,
    )


@pytest.mark.parametrize(
    "trouble",
    [
        _no_consent,
        _opted_out,
        _other_birthday,
        _open_return,
        _late_order,
        _stuck_parcel,
        _bad_review,
        _complaint_in_chat,
        _waiting_in_line,
    ],
)
async def test_nobody_is_congratulated_then(
    office: Office, shop: Database, trouble: Trouble
) -> None:
    await _opens_chat(office, customer=None)  # a conversation for the troubles in chat
    async with shop.write() as session:
        await trouble(session)
    conversation, greeted = await _opens_chat(office)
    assert greeted is False
    assert await _said(office, conversation) == []
    assert await _coupons(office) == []


@pytest.mark.parametrize(
    ("hour_in_china", "greeted"), [(8, False), (9, True), (20, True), (21, False)]
)
async def test_she_is_greeted_by_day_only(
    office: Office, clock: Clock, hour_in_china: int, greeted: bool
) -> None:
    clock.now = datetime(2026, 11, 22, 0, 0, tzinfo=UTC) + timedelta(hours=hour_in_china - 8)
    assert (await _opens_chat(office))[1] is greeted


async def test_an_old_bad_review_and_a_good_one_are_no_obstacle(
    office: Office, shop: Database
) -> None:
    async with shop.write() as session:
        order = await _her_order(session)
        session.add(_review(order.number, posted_at=datetime(2026, 10, 1, tzinfo=UTC)))
        good = _review(order.number, posted_at=datetime(2026, 11, 20, tzinfo=UTC), bad=False)
        session.add(good)
    async with shop.read() as session:
        assert await find_bad_review(session, ZHANG_MIN) == datetime(2026, 10, 1, tzinfo=UTC)
        assert await find_bad_review(session, "C0001") is None
    assert (await _opens_chat(office))[1]


async def test_a_guest_and_a_talk_under_way_are_left_alone(office: Office, shop: Database) -> None:
    assert (await _opens_chat(office, customer=None))[1] is False
    conversation, _ = await _opens_chat(office, customer="C0004")
    async with shop.write() as session:
        row = await session.get(DbConversation, conversation)
        assert row is not None
        row.customer_id, row.last_customer_seq = ZHANG_MIN, 3  # said, and not yet answered
    assert row is not None
    assert await congratulate(office, row) is False


async def test_a_greeting_that_fails_does_not_keep_the_chat_shut(
    office: Office, shop: Database
) -> None:
    conversation, _ = await _opens_chat(office, customer="C0004")
    async with shop.read() as session:
        row = await session.get(DbConversation, conversation)
    assert row is not None
    row.customer_id, row.id = ZHANG_MIN, "gone"
    assert await congratulate(office, row) is False


async def test_the_greeting_comes_over_the_socket(
    client: TestClient[Any, Any], settings: Settings, now: datetime
) -> None:
    office = client.server.app[DESK].office  # type: ignore[attr-defined]
    office.clock = lambda: now
    async with office.database.write() as session:
        session.add(
            DbCustomer(
                id="C1",
                nickname="敏敏",
                birthday="11-22",
                registered_at=now,
                marketing_consent=True,
            )
        )
    ticket = sign_ticket("C1", settings.ticket_secret(), now=now)
    async with await open_widget(client) as widget:
        await widget.hello(identity=ticket)
        greeting = await widget.message("生日快乐")
    assert greeting["cards"][0]["title"] == "生日礼券 满69减10"
    assert greeting["sender"] == "bot"
