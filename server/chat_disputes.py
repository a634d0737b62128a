"""Which customers are in the middle of something in chat, so that nobody advertises to them."""

from sqlalchemy import or_, select

from desk.states import HandoffReason, Owner
from desk.tables import DbConversation
from storage.engine import Session

GRAVE = (HandoffReason.COMPLAINT, HandoffReason.SAFETY, HandoffReason.LEGAL_THREAT)


async def find_disputed(session: Session) -> frozenset[str]:
    """Return the customers who wait for or talk to a person, or whose complaint is still open."""
    query = select(DbConversation.customer_id).where(
        DbConversation.customer_id.is_not(None),
        or_(
            DbConversation.owner.in_((Owner.QUEUED, Owner.AGENT)),
            (DbConversation.owner != Owner.CLOSED) & DbConversation.reason.in_(GRAVE),
        ),
    )
    return frozenset(one for one in await session.scalars(query) if one is not None)
