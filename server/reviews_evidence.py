"""Signals of a review under suspicion, and the evidence archive to take away."""

from datetime import UTC, datetime

from aiohttp import web

from review_manager import wording
from review_manager.deciding import get_review
from review_manager.evidence.looking import look_at
from review_manager.evidence.pack import make_pack
from review_manager.people import NoSuchReviewError
from server.access import Permission, staff_only
from server.guard import PERSON
from server.keys import DATABASE
from server.problems import Problem
from server.reviews_views import actor_of

ID = "{id:[0-9a-f-]{36}}"


def add_routes(app: web.Application) -> None:
    """Add signals and archive."""
    app.router.add_get(f"/api/reviews/{ID}/signals", signals)
    app.router.add_post(f"/api/reviews/{ID}/evidence", evidence)


@staff_only(Permission.READ_REVIEWS)
async def signals(request: web.Request) -> web.Response:
    """Return the signals and whether they are enough; most often they are not."""
    now = datetime.now(UTC)
    try:
        async with request.app[DATABASE].read() as session:
            review = await get_review(session, request.match_info["id"])
            look = await look_at(session, review, now=now)
    except NoSuchReviewError:
        raise Problem(404, "没有这条评价") from None
    return web.json_response(
        {
            "outcome": look.outcome,
            "outcome_text": wording.OUTCOMES[look.outcome],
            "has_order": look.has_order,
            "signals": [
                {
                    "name": one.name,
                    "text": one.text,
                    "says": wording.SIGNALS[one.name].format(text=one.text, **one.facts),
                }
                for one in look.signals
            ],
        }
    )


@staff_only(Permission.WRITE_REVIEWS)
async def evidence(request: web.Request) -> web.Response:
    """Pack the evidence; the head of its chain goes into the audit log."""
    review_id, actor = request.match_info["id"], actor_of(request[PERSON])
    try:
        async with request.app[DATABASE].write() as session:
            content, head = await make_pack(
                session, review_id, actor=actor.label, now=datetime.now(UTC)
            )
    except NoSuchReviewError:
        raise Problem(404, "没有这条评价") from None
    name = f"evidence-{review_id[:8]}.zip"
    return web.Response(
        body=content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Chain-Head": head},
    )
