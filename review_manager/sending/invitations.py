"""Invitations on their way to the shop's own gateway, which sends them as SMS or message."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.invitations import InvitationState, find_due, note_sent, prepare
from review_manager.inviting import load_invitations, send_time
from review_manager.policy import load_review_policy
from review_manager.sending.delivery import Parcel, Postponed, Withdrawn
from review_manager.sending.wire import Message, Receipt
from review_manager.tables import DbInvitation
from storage.outbox import DbOutboxEntry, enqueue, find_entry, is_dead, revive

KIND = "review_invitation"
MESSAGE_TYPE = "review.invitation"
_WHY_LENGTH = 40


async def queue_invitations(session: AsyncSession, *, now: datetime) -> int:
    """Put every planned invitation whose time has come into the outbox; return how many."""
    due = await find_due(session, now=now)
    for invitation in due:
        invitation.state = InvitationState.SENDING
        await enqueue(
            session,
            kind=KIND,
            idempotency_key=key_of(invitation),
            payload={"invitation_id": invitation.id},
            now=now,
        )
    return len(due)


async def send_failed_again(session: AsyncSession, *, now: datetime) -> int:
    """Send every invitation again that was given up; return how many."""
    query = select(DbInvitation).where(DbInvitation.state == InvitationState.FAILED)
    failed = (await session.scalars(query)).all()
    for invitation in failed:
        entry = await find_entry(session, key_of(invitation))
        if entry is not None and is_dead(entry):
            revive(entry, now=now)
        invitation.state, invitation.why = InvitationState.SENDING, ""
    return len(failed)


def key_of(invitation: DbInvitation) -> str:
    """Return the idempotency key of an invitation."""
    return f"invitation_{invitation.id}"


class InvitationCourier:
    """Says an invitation with its link; nothing about it is kept in the outbox."""

    kind = KIND

    def __init__(self, *, link: str, shop: str, disputed: Collection[str]) -> None:
        self.attempts = load_review_policy().send_attempts
        self._link = link
        self._shop = shop
        self._disputed = disputed

    async def compose(
        self, session: AsyncSession, entry: DbOutboxEntry, *, now: datetime
    ) -> Parcel:
        """Return the invitation as it goes out; raises Withdrawn and Postponed."""
        invitation = await _read(session, entry)
        if invitation is None:
            raise Withdrawn
        morning = send_time(now, load_invitations())
        if morning > now:
            raise Postponed(morning)
        outgoing = await prepare(
            session,
            invitation,
            link=self._link,
            shop=self._shop,
            now=now,
            disputed=self._disputed,
        )
        if outgoing is None:
            raise Withdrawn
        data = {
            "id": invitation.id,
            "platform": outgoing.platform,
            "order_number": outgoing.order_number,
            "to": {"phone": outgoing.phone, "nickname": outgoing.nickname},
            "text": outgoing.text,
            "link": outgoing.link,
            "coupon_fen": invitation.coupon_fen,
        }
        return Parcel(Message(entry.idempotency_key, MESSAGE_TYPE, data), now)

    async def taken(
        self, session: AsyncSession, entry: DbOutboxEntry, receipt: Receipt, *, now: datetime
    ) -> None:
        """Note that it went out."""
        invitation = await _read(session, entry)
        if invitation is not None:
            note_sent(invitation, now=receipt.at or now)

    async def failed(
        self, session: AsyncSession, entry: DbOutboxEntry, receipt: Receipt, *, now: datetime
    ) -> None:
        """Show why, and stop at `failed` where there will be no other attempt."""
        invitation = await _read(session, entry)
        if invitation is None:
            return
        invitation.why = receipt.words[:_WHY_LENGTH]
        if is_dead(entry):
            invitation.state = InvitationState.FAILED


async def _read(session: AsyncSession, entry: DbOutboxEntry) -> DbInvitation | None:
    """Return the invitation while it is still on its way."""
    found: DbInvitation | None = await session.scalar(
        select(DbInvitation)
        .where(DbInvitation.id == entry.payload["invitation_id"])
        .where(DbInvitation.state == InvitationState.SENDING)
        .with_for_update()
    )
    return found
