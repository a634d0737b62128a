"""What an invited customer does with the link: a review and its coupon, photos, or never again."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.intake.landing import JudgedReview, land
from review_manager.intake.reading import ReadReview
from review_manager.invitations import InvitationState, NoSuchInvitationError, hash_of
from review_manager.inviting import Obstacle, load_invitations
from review_manager.judging import judge
from review_manager.own_model import load_in_use
from review_manager.tables import DbInvitation, DbReview, DbReviewPhoto
from shop.tables import DbCoupon, DbCustomer
from storage import audit
from storage.tables import new_id

COUPON_KIND = "invitation"
OUT = (InvitationState.SENT, InvitationState.SENDING, InvitationState.FAILED)
"""States in which the customer may hold the link: also where the gateway's answer was lost."""
MOST_PHOTOS = 6
PHOTO_ADDRESS = "/api/reviews/photos/"


class TooManyPhotosError(ValueError):
    """An invitation holds as many photos as it may already."""


async def find_invitation(session: AsyncSession, token: str) -> DbInvitation | None:
    """Return the invitation that this link belongs to and that still waits, or None."""
    found: DbInvitation | None = await session.scalar(
        select(DbInvitation).where(
            DbInvitation.token_hash == hash_of(token), DbInvitation.state.in_(OUT)
        )
    )
    return found


async def answer_invitation(
    session: AsyncSession,
    token: str,
    *,
    stars: int,
    text: str,
    photos: Sequence[str] = (),
    now: datetime,
) -> DbCoupon:
    """Land the customer's review and grant the coupon, whatever the rating says.

    `photos` are ids that `keep_photo` gave for this invitation; others are left out. Raises
    NoSuchInvitationError for an unknown link and for one that was used.
    """
    invitation = await find_invitation(session, token)
    if invitation is None:
        raise NoSuchInvitationError
    own = await _own(session, invitation, photos)
    read = ReadReview(
        line=0,
        platform="house",
        external_id=f"invited-{invitation.id}",
        order_number=invitation.order_number,
        sku=invitation.sku,
        text=text,
        stars=stars,
        posted_at=now,
        images=tuple(f"{PHOTO_ADDRESS}{photo}" for photo in own),
    )
    (analysis,) = load_in_use().analyse_many([(text, stars)], fast=True)
    judged = JudgedReview(read, judge(analysis, stars=stars))
    await land(session, [judged], import_id=None, actor="invitation", now=now)
    landed = select(DbReview.id).where(
        DbReview.platform == read.platform, DbReview.external_id == read.external_id
    )
    invitation.review_id = await session.scalar(landed)
    invitation.state, invitation.answered_at = InvitationState.ANSWERED, now
    return _coupon(session, invitation, now)


async def keep_photo(
    session: AsyncSession, token: str, *, content: bytes, content_type: str, now: datetime
) -> str:
    """Keep a photo for the review to come; return its id.

    Raises NoSuchInvitationError and TooManyPhotosError.
    """
    invitation = await find_invitation(session, token)
    if invitation is None:
        raise NoSuchInvitationError
    kept = select(func.count()).where(DbReviewPhoto.invitation_id == invitation.id)
    if (await session.scalar(kept) or 0) >= 2 * MOST_PHOTOS:  # some were taken off the form again
        raise TooManyPhotosError
    photo = DbReviewPhoto(
        id=new_id(),
        invitation_id=invitation.id,
        content_type=content_type,
        content=content,
        created_at=now,
    )
    session.add(photo)
    return photo.id


async def _own(
    session: AsyncSession, invitation: DbInvitation, photos: Sequence[str]
) -> Sequence[str]:
    query = select(DbReviewPhoto.id).where(
        DbReviewPhoto.invitation_id == invitation.id, DbReviewPhoto.id.in_(photos)
    )
    own = set(await session.scalars(query))
    return [photo for photo in dict.fromkeys(photos) if photo in own][:MOST_PHOTOS]


async def stop_inviting(session: AsyncSession, token: str, *, now: datetime) -> None:
    """Take the customer's consent back for good, at once (广告法 §43)."""
    invitation = await find_invitation(session, token)
    if invitation is None:
        raise NoSuchInvitationError
    customer = await session.get(DbCustomer, invitation.customer_id)
    if customer is not None:
        customer.marketing_consent = False
    invitation.state, invitation.why = InvitationState.STOPPED, Obstacle.NO_CONSENT
    await audit.record(
        session,
        actor="customer",
        action="consent.withdrawn",
        object_type="customer",
        object_id=invitation.customer_id,
        at=now,
    )


def _coupon(session: AsyncSession, invitation: DbInvitation, now: datetime) -> DbCoupon:
    policy = load_invitations()
    coupon = DbCoupon(
        customer_id=invitation.customer_id,
        code=f"IV{secrets.randbelow(10**8):08d}",
        kind=COUPON_KIND,
        title=policy.coupon_title,
        amount_fen=invitation.coupon_fen,
        granted_at=now,
        expires_at=now + timedelta(days=policy.coupon_days),
    )
    session.add(coupon)
    return coupon
