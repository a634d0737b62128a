"""Sends approved replies and invitations to the shop's own endpoints, while the server runs."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from aiohttp import web
from sqlalchemy import func, select

from review_manager import wording
from review_manager.invitations import InvitationState, hand_out, plan_invitations
from review_manager.policy import load_review_policy
from review_manager.sending import Endpoint
from review_manager.sending.delivery import deliver
from review_manager.sending.invitations import KIND as INVITATION
from review_manager.sending.invitations import (
    InvitationCourier,
    queue_invitations,
    send_failed_again,
)
from review_manager.sending.replies import KIND as REPLY
from review_manager.sending.replies import ReplyCourier, find_ready, queue_replies
from review_manager.states import ReviewState
from review_manager.tables import DbInvitation, DbReview
from server.access import Permission, staff_only
from server.chat_disputes import find_disputed
from server.desk_office import DESK
from server.keys import DATABASE, SETTINGS
from server.problems import Problem
from server.reviews_tables import csv_answer
from server.settings import Settings
from storage.engine import Database
from storage.outbox import has_due

log = structlog.get_logger(__name__)

ROUND_SECONDS = 2.0
AFTER_FAILURE_SECONDS = 30.0
AT_ONCE = 5
PLAN_EVERY = timedelta(minutes=10)


@dataclass(frozen=True)
class Senders:
    """Where things are pushed to; None where a person exports them."""

    replies: Endpoint | None
    platforms: tuple[str, ...]
    invitations: Endpoint | None


SENDERS = web.AppKey("senders", Senders)


def senders_of(settings: Settings) -> Senders:
    """Return the endpoints; raises BadAddressError at the start for one that cannot be used."""

    def endpoint(url: str) -> Endpoint | None:
        secret, limit = settings.push_secret.get_secret_value(), load_review_policy().send_timeout
        return Endpoint(url, secret, limit) if url else None

    return Senders(
        endpoint(settings.push_replies_url),
        tuple(settings.push_platforms),
        endpoint(settings.push_invitations_url),
    )


def add_routes(app: web.Application) -> None:
    """Add how sending stands, and start it with the server."""
    app[SENDERS] = senders_of(app[SETTINGS])
    app.router.add_get("/api/reviews/sending", standing)
    app.router.add_post("/api/reviews/invitations/send-again", again)
    app.router.add_post("/api/reviews/invitations/export", export_invitations)
    app.cleanup_ctx.append(_at_work)


@staff_only(Permission.READ_REVIEWS)
async def standing(request: web.Request) -> web.Response:
    """Return what is sent by itself, what failed, and how the invitations stand."""
    senders = request.app[SENDERS]
    async with request.app[DATABASE].read() as session:
        failed = await session.scalar(
            select(func.count()).where(DbReview.state == ReviewState.FAILED)
        )
        counted = await session.execute(
            select(DbInvitation.state, func.count()).group_by(DbInvitation.state)
        )
        states = {row[0]: row[1] for row in counted}
        worst = await session.scalar(
            select(DbInvitation.why).where(DbInvitation.state == InvitationState.FAILED).limit(1)
        )
    return web.json_response(
        {
            "replies": {
                "pushed": senders.replies is not None,
                "platforms": list(senders.platforms),
                "failed": failed,
            },
            "invitations": {
                "pushed": senders.invitations is not None,
                **{str(state): states.get(state, 0) for state in InvitationState},
                "why": worst,
            },
        }
    )


@staff_only(Permission.WRITE_REVIEWS)
async def again(request: web.Request) -> web.Response:
    """Send every invitation again that was given up."""
    async with request.app[DATABASE].write() as session:
        sent = await send_failed_again(session, now=_now())
    return web.json_response({"sent": sent})


@staff_only(Permission.WRITE_REVIEWS)
async def export_invitations(request: web.Request) -> web.Response:
    """Plan invitations and return those due as CSV, for shops without a gateway."""
    if request.app[SENDERS].invitations is not None:
        raise Problem(409, "邀请由网关自动发出，不用导出")
    now, link = _now(), f"{request.app[SETTINGS].url}/invite"
    async with request.app[DATABASE].write() as session:
        disputed = await find_disputed(session)
        outcomes = await plan_invitations(session, now=now, disputed=disputed)
        ready = await hand_out(
            session, link=link, shop=_shop(request.app), now=now, disputed=disputed
        )
    if not ready:
        raise Problem(409, _why_none(outcomes))
    rows = [(one.order_number, one.customer_id, one.text) for one in ready]
    return csv_answer([wording.INVITATION_HEADERS, *rows], "invitations.csv")


async def _at_work(app: web.Application) -> AsyncIterator[None]:
    senders, work = app[SENDERS], None
    if senders.replies is not None or senders.invitations is not None:
        rounds = Rounds(app[DATABASE], senders, link=f"{app[SETTINGS].url}/invite", shop=_shop(app))
        work = asyncio.create_task(_walk(rounds), name="reviews sending")
    yield
    if work is not None:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


class Rounds:
    """One walk: what has become ready is queued, and what is due is sent."""

    def __init__(self, database: Database, senders: Senders, *, link: str, shop: str) -> None:
        self._database = database
        self._senders = senders
        self._link, self._shop = link, shop
        self._planned_at: datetime | None = None

    async def walk(self) -> int:
        """Do everything once; return how many attempts were made."""
        return await self._replies() + await self._invitations()

    async def _replies(self) -> int:
        endpoint, now = self._senders.replies, _now()
        if endpoint is None:
            return 0
        platforms = self._senders.platforms
        async with self._database.read() as session:
            ready = await find_ready(session, platforms=platforms, now=now)
            is_due = await has_due(session, kind=REPLY, now=now)
        if ready:
            async with self._database.write() as session:
                await queue_replies(session, ready, now=now)
        if not ready and not is_due:  # an idle round takes no write lock
            return 0
        return await deliver(self._database, ReplyCourier(), endpoint, clock=_now, at_once=AT_ONCE)

    async def _invitations(self) -> int:
        endpoint, now = self._senders.invitations, _now()
        if endpoint is None:
            return 0
        async with self._database.read() as session:
            disputed = await find_disputed(session)
            is_due = await has_due(session, kind=INVITATION, now=now)
        if self._planned_at is None or now - self._planned_at >= PLAN_EVERY:
            async with self._database.write() as session:
                await plan_invitations(session, now=now, disputed=disputed)
                is_due |= await queue_invitations(session, now=now) > 0
            self._planned_at = now
        if not is_due:
            return 0
        courier = InvitationCourier(link=self._link, shop=self._shop, disputed=disputed)
        return await deliver(self._database, courier, endpoint, clock=_now, at_once=AT_ONCE)


async def _walk(rounds: Rounds) -> None:
    while True:
        try:
            busy = await rounds.walk()
            await asyncio.sleep(0 if busy else ROUND_SECONDS)
        except Exception:
            log.exception("sending failed, and goes on later")
            await asyncio.sleep(AFTER_FAILURE_SECONDS)


def _why_none(outcomes: Mapping[str, int]) -> str:
    """Say what stood against every order that was looked at."""
    says = wording.NOT_INVITED | {InvitationState.PLANNED: wording.INVITED_LATER}
    reasons = "，".join(says[why].format(count=count) for why, count in sorted(outcomes.items()))
    return f"{wording.NO_INVITATION_DUE}：{reasons}" if reasons else wording.NO_INVITATION_DUE


def _shop(app: web.Application) -> str:
    return app[DESK].office.policy.shop_name


def _now() -> datetime:
    return datetime.now(UTC)
