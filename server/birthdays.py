"""The birthday greeting: said once a year to a member who opens the chat, if nothing forbids it.

The shop decides (shop/members); what reviews and the desk know of the customer is gathered here.
"""

from datetime import datetime

import structlog
from sqlalchemy import select

from desk.messages import Draft
from desk.office import Office
from desk.states import Owner, Sender
from desk.tables import DbConversation
from review_manager.tables import DbReview
from server.chat_disputes import find_disputed
from shop.days import china_day
from shop.members.birthday import find_birthday
from shop.members.greeting import greet_on_birthday
from shop.members.policy import MemberPolicy, load_member_policy
from shop.members.wording import greeting_card, greeting_text
from shop.service_policy import service_policy
from shop.tables import DbCoupon, DbCustomer, DbOrder
from storage.engine import Session

log = structlog.get_logger(__name__)


async def congratulate(office: Office, conversation: DbConversation) -> bool:
    """Greet the member of this conversation and give the coupon, if that may be done now.

    Whatever goes wrong is logged: the chat opens all the same.
    """
    try:
        return await _congratulate(office, conversation)
    except Exception:
        log.exception("birthday greeting failed", conversation=conversation.id)
        return False


async def find_bad_review(session: Session, customer_id: str) -> datetime | None:
    """Return when the customer's newest bad review of an order here was posted, or None."""
    found: datetime | None = await session.scalar(
        select(DbReview.posted_at)
        .join(DbOrder, DbOrder.number == DbReview.order_number)
        .where(DbOrder.customer_id == customer_id, DbReview.bad_since.is_not(None))
        .order_by(DbReview.posted_at.desc())
        .limit(1)
    )
    return found


async def _congratulate(office: Office, conversation: DbConversation) -> bool:
    customer_id = conversation.customer_id
    if customer_id is None:
        return False
    policy = load_member_policy()
    if not await _has_birthday(office, customer_id, policy):
        return False
    async with office.write() as pen:
        row = await pen.conversation(conversation.id)
        if row.owner != Owner.BOT or row.last_customer_seq > row.bot_done_seq:
            return False
        coupon = await greet_on_birthday(
            pen.session,
            customer_id,
            policy,
            now=pen.now,
            ship_within=service_policy().shipping.ship_within,
            bad_review_at=await find_bad_review(pen.session, customer_id),
            has_dispute=customer_id in await find_disputed(pen.session),
        )
        if coupon is None:
            return False
        pen.say(row, _greeting(coupon))
        return True


async def _has_birthday(office: Office, customer_id: str, policy: MemberPolicy) -> bool:
    """Say whether it is about the customer's birthday at all, before anything is locked."""
    async with office.database.read() as session:
        customer = await session.get(DbCustomer, customer_id)
    if customer is None or not customer.marketing_consent:
        return False
    today, late = china_day(office.clock()), policy.birthday.late_days
    return find_birthday(customer.birthday, today, late_days=late) is not None


def _greeting(coupon: DbCoupon) -> Draft:
    return Draft(
        sender=Sender.BOT,
        text=greeting_text(coupon),
        cards=({"type": "coupon", **greeting_card(coupon)},),
        automatic=True,
    )
