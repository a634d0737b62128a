"""The evidence pack: one archive with everything known, and its check by anybody who has it."""

import hashlib
import io
import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager import wording
from review_manager.evidence.chain import FIRST, find_break, link_hash, stamp
from review_manager.evidence.looking import Look, look_at
from review_manager.opened import OpenedReview, open_review
from review_manager.tables import DbReview, DbReviewSnapshot
from storage import audit

MANIFEST = "manifest.json"
SNAPSHOTS = "snapshots.jsonl"
LARGEST = 64 * 2**20


class BrokenPackError(ValueError):
    """The archive is not what was packed; the message says which part."""


async def take_snapshot(
    session: AsyncSession, review: DbReview, *, now: datetime
) -> DbReviewSnapshot:
    """Add a link with what the review says now; nothing is added while it says the same."""
    last = await session.scalar(
        select(DbReviewSnapshot)
        .where(DbReviewSnapshot.review_id == review.id)
        .order_by(DbReviewSnapshot.number.desc())
        .limit(1)
    )
    content = _content(review)
    if last is not None and last.content == content:
        return last
    number, previous = (last.number + 1, last.hash) if last else (1, FIRST)
    link = DbReviewSnapshot(
        review_id=review.id,
        number=number,
        at=now,
        content=content,
        previous_hash=previous,
        hash=link_hash(number, stamp(now), content, previous),
    )
    session.add(link)
    await session.flush()
    return link


async def make_pack(
    session: AsyncSession, review_id: str, *, actor: str, now: datetime
) -> tuple[bytes, str]:
    """Return the archive and the hash at the head of its chain, which the audit log keeps too."""
    opened = await open_review(session, review_id, now=now)
    head = await take_snapshot(session, opened.review, now=now)
    look = await look_at(session, opened.review, now=now)
    links = await session.scalars(
        select(DbReviewSnapshot)
        .where(DbReviewSnapshot.review_id == review_id)
        .order_by(DbReviewSnapshot.number)
    )
    files = {
        SNAPSHOTS: "".join(_line(_link(link)) for link in links),
        "timeline.json": _json(_timeline(opened)),
        "signals.json": _json(_signals(look)),
        "appeal.txt": _appeal(opened, look, now=now),
        "README.txt": wording.PACK_README,
    }
    await audit.record(
        session,
        actor=actor,
        action="evidence.packed",
        object_type="review",
        object_id=review_id,
        at=now,
        detail={"head": head.hash},
    )
    return _zipped(files, review_id, head.hash, now), head.hash


def verify_pack(file: Path | BinaryIO) -> dict[str, Any]:
    """Check an archive: every file by its hash, the chain link by link; raises BrokenPackError.

    Returns review, head hash, number of snapshots and time of packing. Whoever changed everything
    consistently is found out by comparing the head with the one noted when it was packed.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                raise BrokenPackError(wording.PACK_TOO_BIG)
            content = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise BrokenPackError(wording.PACK_NO_ARCHIVE.format(reason=error)) from error
    try:
        manifest = json.loads(content[MANIFEST])
        listed: dict[str, str] = manifest["files"]
        links = [json.loads(line) for line in content[SNAPSHOTS].splitlines()]
        _compare(content, listed)
        _check_chain(links, manifest["head"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, BrokenPackError):
            raise
        raise BrokenPackError(wording.PACK_UNREADABLE.format(part=error)) from error
    return {
        "review": manifest["review"],
        "head": manifest["head"],
        "snapshots": len(links),
        "packed_at": manifest["packed_at"],
    }


def _compare(content: dict[str, bytes], listed: dict[str, str]) -> None:
    extra = content.keys() - listed.keys() - {MANIFEST}
    missing = listed.keys() - content.keys()
    for name in sorted(extra | missing):
        raise BrokenPackError(wording.PACK_STRANGE_FILE.format(name=name))
    for name, expected in listed.items():
        if hashlib.sha256(content[name]).hexdigest() != expected:
            raise BrokenPackError(wording.PACK_CHANGED_FILE.format(name=name))


def _check_chain(links: list[dict[str, Any]], head: str) -> None:
    broken = find_break(links)
    if broken is not None:
        raise BrokenPackError(wording.PACK_BROKEN_LINK.format(number=broken))
    if not links or links[-1]["hash"] != head:
        raise BrokenPackError(wording.PACK_WRONG_HEAD)


def _content(review: DbReview) -> dict[str, Any]:
    return {
        "platform": review.platform,
        "review_id": review.external_id,
        "order_number": review.order_number,
        "sku": review.sku,
        "nickname": review.nickname,
        "stars": review.stars,
        "text": review.text,
        "images": review.images,
        "posted_at": stamp(review.posted_at),
        "received_at": stamp(review.received_at),
        "version": review.version,
    }


def _link(link: DbReviewSnapshot) -> dict[str, Any]:
    return {
        "number": link.number,
        "at": stamp(link.at),
        "content": link.content,
        "previous_hash": link.previous_hash,
        "hash": link.hash,
    }


def _timeline(opened: OpenedReview) -> dict[str, Any]:
    order = opened.context.order
    return {
        "events": [
            {"at": stamp(one.at), "type": one.type, "actor": one.actor, "detail": one.detail}
            for one in opened.events
        ],
        "versions": [
            {"version": one.version, "text": one.text, "replaced_at": stamp(one.replaced_at)}
            for one in opened.versions
        ],
        "follow_ups": [
            {"text": one.text, "posted_at": stamp(one.posted_at or one.received_at)}
            for one in opened.follow_ups
        ],
        "order": None
        if order is None
        else {
            "number": order.number,
            "status": order.status,
            "placed_at": stamp(order.placed_at),
            "signed_at": stamp(order.signed_at) if order.signed_at else None,
            "paid_fen": order.paid_fen,
        },
    }


def _signals(look: Look) -> dict[str, Any]:
    return {
        "outcome": look.outcome,
        "has_order": look.has_order,
        "signals": [
            {"name": one.name, "text": one.text, "facts": dict(one.facts)} for one in look.signals
        ],
    }


def _appeal(opened: OpenedReview, look: Look, *, now: datetime) -> str:
    review = opened.review
    reasons = [wording.SIGNALS[one.name].format(text=one.text, **one.facts) for one in look.signals]
    return wording.APPEAL[look.outcome].format(
        platform=wording.PLATFORMS.get(review.platform, review.platform),
        review_id=review.external_id or review.id,
        posted=wording.shop_time(review.posted_at),
        today=wording.shop_time(now),
        text=review.text,
        reasons="\n".join(f"{number}. {told}" for number, told in enumerate(reasons, start=1)),
    )


def _zipped(files: dict[str, str], review_id: str, head: str, now: datetime) -> bytes:
    content = {name: text.encode() for name, text in files.items()}
    manifest = {
        "review": review_id,
        "packed_at": stamp(now),
        "head": head,
        "files": {name: hashlib.sha256(raw).hexdigest() for name, raw in content.items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in {**content, MANIFEST: _json(manifest).encode()}.items():
            archive.writestr(name, raw)
    return out.getvalue()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n"
