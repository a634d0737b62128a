"""How reviews, their evidence and their replies look as JSON."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from review_manager import wording
from review_manager.approval import RANKS, why_closed
from review_manager.listing import Page
from review_manager.opened import OpenedReview
from review_manager.people import Actor
from review_manager.publishing import undo_until
from review_manager.states import WRITABLE
from review_manager.tables import (
    DbFollowUp,
    DbReply,
    DbReview,
    DbReviewEvent,
    DbReviewVersion,
)
from server.access import Permission
from server.reviews_surroundings import customer_view, iso, order_view, terms_view
from server.sessions import Person
from shop.promises import DbPromise
from shop.tables import DbProduct
from storage.outbox import DbOutboxEntry, is_dead
from storage.staff import Role

Json = dict[str, Any]
SHOWN_TEXT = 400
_RANKS = {Role.LEAD: 1, Role.MANAGER: 2, Role.ADMIN: 2}
_FLAGS = ("safety", "threat", "hidden_bad", "misclick", "followed_up")


def actor_of(person: Person) -> Actor:
    """Return the logged-in person as one who acts on reviews."""
    rank = _RANKS.get(person.role, 0)
    sensitive = person.may(Permission.APPROVE_SENSITIVE)
    return Actor(id=person.id, name=person.name, rank=rank, sensitive=sensitive)


def page_view(page: Page, *, now: datetime) -> Json:
    """Return a page of rows."""
    return {
        "rows": [row_view(review, reply, product) for review, reply, product in page.rows],
        "next": page.next,
        "server_time": iso(now),
    }


def row_view(review: DbReview, reply: DbReply | None, product: DbProduct | None) -> Json:
    """Return a review as a row of the list; long texts are cut, with their highlights."""
    return {
        "id": review.id,
        "revision": review.revision,
        "platform": review.platform,
        "platform_name": wording.PLATFORMS.get(review.platform, review.platform),
        "external_id": review.external_id,
        "stars": review.stars,
        "text": review.text[:SHOWN_TEXT],
        "cut": len(review.text) > SHOWN_TEXT,
        "highlights": highlights(review.aspects, until=SHOWN_TEXT),
        "complaints": [name for name in review.complaints.split("|") if name],
        "sentiment": review.sentiment,
        "severity": review.severity,
        "flags": [flag for flag in _FLAGS if getattr(review, flag)],
        "version": review.version,
        "depth": review.depth,
        "posted_at": iso(review.posted_at),
        "bad_since": iso(review.bad_since),
        "due_at": iso(review.due_at),
        "replied_at": iso(review.replied_at),
        "state": review.state,
        "state_text": wording.STATES[review.state],
        "nickname": review.nickname,
        "order_number": review.order_number,
        "images": len(review.images) or int(review.extra.get("图片数") or 0),
        "product": product_view(review, product),
        "reply": reply_summary(reply),
    }


def product_view(review: DbReview, product: DbProduct | None) -> Json:
    """Return what the row shows of the product."""
    if product is None:
        name = review.product_name or review.sku or wording.UNKNOWN_PRODUCT
        return {"sku": review.sku, "name": name, "picture": None, "price_fen": None}
    return {
        "sku": product.sku,
        "name": product.name,
        "picture": f"/assets/shared/products/{product.picture}" if product.picture else None,
        "price_fen": product.price_fen,
    }


def reply_summary(reply: DbReply | None) -> Json | None:
    """Return what the row shows of the reply: its text, and whether it may go as it is."""
    if reply is None or not reply.text:
        return None
    return {
        "text": reply.text,
        "clean": not reply.findings,
        "approver": reply.approver,
        "edited": reply.written_by is not None,
        "failure": reply.failure,
    }


def highlights(aspects: Iterable[Json], *, until: int | None = None) -> list[Json]:
    """Return the spans that say something, in order and without overlaps."""
    spans: list[Json] = []
    for found in sorted(aspects, key=lambda one: (one["start"], -one["end"])):
        end = min(found["end"], until) if until else found["end"]
        if found["start"] < end and (not spans or found["start"] >= spans[-1]["end"]):
            spans.append(
                {
                    "start": found["start"],
                    "end": end,
                    "aspect": found["aspect"],
                    "polarity": found["polarity"],
                }
            )
    return spans


def detail_view(opened: OpenedReview, *, actor: Actor, now: datetime) -> Json:
    """Return everything that the opened review shows."""
    review, reply, context = opened.review, opened.reply, opened.context
    return row_view(review, reply, context.product) | {
        "text": review.text,
        "cut": False,
        "highlights": highlights(review.aspects),
        "aspects": review.aspects,
        "p_negative": review.p_negative,
        "image_urls": review.images,
        "extra": review.extra,
        "follow_ups": [follow_up_view(one) for one in opened.follow_ups],
        "versions": [version_view(one) for one in opened.versions],
        "history": [event_view(one) for one in opened.events],
        "order": order_view(context, now=now),
        "customer": customer_view(context),
        "verdict": context.verdict.as_record() if context.verdict else None,
        "terms": terms_view(review, now=now),
        "draft": draft_view(reply),
        "sending": sending_view(opened.sending),
        "promises": [promise_view(one) for one in opened.promises],
        "may": may_view(review, reply, actor, now=now),
        "server_time": iso(now),
    }


def follow_up_view(follow_up: DbFollowUp) -> Json:
    """Return a follow-up with its highlights."""
    return {
        "text": follow_up.text,
        "posted_at": iso(follow_up.posted_at or follow_up.received_at),
        "sentiment": follow_up.sentiment,
        "highlights": highlights(follow_up.aspects),
    }


def version_view(version: DbReviewVersion) -> Json:
    """Return an earlier text."""
    return {
        "version": version.version,
        "stars": version.stars,
        "text": version.text,
        "replaced_at": iso(version.replaced_at),
    }


def event_view(event: DbReviewEvent) -> Json:
    """Return one line of the history."""
    return {
        "type": event.type,
        "at": iso(event.at),
        "actor": event.actor.removeprefix("staff:"),
        "detail": event.detail,
    }


def draft_view(reply: DbReply | None) -> Json:
    """Return the drafts and the text as it stands."""
    if reply is None:
        return {"variants": [], "text": "", "private": "", "chosen": None, "findings": []}
    return {
        "variants": reply.drafts,
        "text": reply.text,
        "chosen": reply.chosen,
        "private": reply.private or "",
        "findings": reply.findings,
        "promises": reply.promises,
        "improvement": reply.improvement or None,
        "compensation": reply.compensation or None,
        "approver": reply.approver,
        "failure": reply.failure,
        "approved_at": iso(reply.approved_at),
        "exported_at": iso(reply.exported_at),
        "published_at": iso(reply.published_at),
        "undo_until": iso(undo_until(reply)),
    }


def sending_view(entry: DbOutboxEntry | None) -> Json | None:
    """Return how the sending of a reply stands, None where nothing sends it."""
    if entry is None:
        return None
    return {
        "attempts": entry.attempts,
        "next_at": iso(entry.due_at),
        "sent_at": iso(entry.sent_at),
        "error": entry.last_error,
        "dead": is_dead(entry),
    }


def promise_view(promise: DbPromise) -> Json:
    """Return something that the published reply promised."""
    return {
        "id": promise.id,
        "kind": promise.kind,
        "text": promise.text,
        "due_at": iso(promise.due_at),
        "state": promise.state,
        "closed_at": iso(promise.closed_at),
        "closed_by": promise.closed_by,
    }


def may_view(review: DbReview, reply: DbReply | None, actor: Actor, *, now: datetime) -> Json:
    """Return whether this person may approve it now, and if not, why."""
    why = None
    if review.state in WRITABLE and (review.safety or review.threat) and not actor.sensitive:
        why = wording.NEEDS_LEAD
    elif reply is not None and RANKS.get(reply.approver, 0) > actor.rank:
        why = wording.NEEDS_APPROVER.format(role=wording.ROLES[reply.approver])
    return {
        "approve": review.state in WRITABLE and why is None and not why_closed(review, now=now),
        "why_not": why or why_closed(review, now=now),
    }
