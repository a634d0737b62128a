"""Lists, approves and exports reviews on the command line."""

import asyncio
import csv
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from review_manager import wording
from review_manager.approval import Answer, approve
from review_manager.correcting import labelled
from review_manager.deciding import get_review
from review_manager.drafting import make_drafts
from review_manager.evidence.pack import make_pack
from review_manager.invitations import Outgoing, hand_out, plan_invitations
from review_manager.listing import Filters, View, list_reviews
from review_manager.outbound import export_replies, mark_published
from review_manager.own_model import use_models
from review_manager.people import Actor
from review_manager.sending import Receipt, ping
from server.chat_disputes import find_disputed
from server.reviews_sending import senders_of
from server.settings import Settings
from storage.engine import Database
from storage.migrate import upgrade
from storage.sealed import use_keyring
from storage.tables import new_id

# Whoever may run commands on the shop's own machine may read its database: the manager's rights.
OPERATOR = Actor(id="cli", name="命令行", rank=2, sensitive=True)

Result = TypeVar("Result")


def in_database(work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    """Run `work` in one writing transaction on the database of the settings."""

    async def run(url: str) -> Result:
        database = Database(url)
        try:
            async with database.write() as session:
                return await work(session)
        finally:
            await database.close()

    settings = Settings()
    use_keyring(settings.keyring())
    use_models(settings.models_dir)
    upgrade(settings.database)
    return asyncio.run(run(settings.database))


def list_rows(view: View, platform: str | None, limit: int) -> list[dict[str, Any]]:
    """Return the first reviews of a list."""

    async def work(session: AsyncSession) -> list[dict[str, Any]]:
        filters = Filters(view=view, platform=platform)
        page = await list_reviews(session, filters, now=_now(), cursor=None, limit=limit)
        return [
            {
                "id": review.id,
                "platform": review.platform,
                "review_id": review.external_id,
                "stars": review.stars,
                "sentiment": review.sentiment,
                "severity": review.severity,
                "due_at": review.due_at.isoformat() if review.due_at else None,
                "state": review.state,
                "product": product.name if product else review.product_name,
                "text": review.text,
                "reply": reply.text if reply else None,
            }
            for review, reply, product in page.rows
        ]

    return in_database(work)


def print_rows(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    """Print reviews, one line each."""
    for row in rows:
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
            continue
        due = row["due_at"]
        left = wording.shop_time(datetime.fromisoformat(due)) if due else "-"
        stars = "★" * (row["stars"] or 0)
        print(f"{row['id']}  {left:<13} {stars:<5} {row['product'][:14]}  {row['text'][:40]}")


def approve_one(review_id: str, text: str | None) -> str:
    """Approve one review, with its first draft or with `text`; return the reply."""

    async def work(session: AsyncSession) -> str:
        review = await get_review(session, review_id)
        reply = await make_drafts(session, review, now=_now())
        answer = Answer(text) if text is not None else Answer(reply.text, chosen=reply.chosen)
        done = await approve(
            session,
            review_id,
            revision=review.revision,
            answer=answer,
            actor=OPERATOR,
            now=_now(),
        )
        return done.text

    return in_database(work)


def export_to(file: Path, platform: str | None) -> int:
    """Write the approved replies into a CSV that spreadsheets open; return how many."""

    async def work(session: AsyncSession) -> str:
        return await export_replies(session, platform=platform, actor=OPERATOR, now=_now())

    table = in_database(work)
    file.write_text(table, encoding="utf-8-sig", newline="")
    return len(list(csv.reader(table.splitlines()))) - 1


def note_published(ids: list[str]) -> list[str]:
    """Note that these replies are on their platforms; return those that were ready."""

    async def work(session: AsyncSession) -> list[str]:
        return await mark_published(session, ids, actor=OPERATOR, now=_now())

    return in_database(work)


def write_corrections() -> int:
    """Print people's corrections as labelled CSV for `kefu reviews train`; return how many."""

    async def work(session: AsyncSession) -> list[tuple[str, int]]:
        return [pair async for pair in labelled(session)]

    pairs = in_database(work)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["review", "label"])
    writer.writerows(pairs)
    return len(pairs)


def pack_evidence(review_id: str, file: Path) -> str:
    """Write the evidence on a review into an archive; return the head of its chain."""

    async def work(session: AsyncSession) -> tuple[bytes, str]:
        return await make_pack(session, review_id, actor=OPERATOR.label, now=_now())

    content, head = in_database(work)
    file.write_bytes(content)
    return head


def write_invitations(file: Path, shop: str) -> tuple[int, dict[str, int]]:
    """Plan invitations, write those due as CSV; return how many, and what became of the rest."""
    link = f"{Settings().url}/invite"

    async def work(session: AsyncSession) -> tuple[list[Outgoing], dict[str, int]]:
        disputed = await find_disputed(session)
        outcomes = await plan_invitations(session, now=_now(), disputed=disputed)
        ready = await hand_out(session, link=link, shop=shop, now=_now(), disputed=disputed)
        return ready, dict(outcomes)

    ready, outcomes = in_database(work)
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(wording.INVITATION_HEADERS)
        writer.writerows((one.order_number, one.customer_id, one.text) for one in ready)
    return len(ready), outcomes


def ping_endpoints() -> list[tuple[str, Receipt]]:
    """Try every endpoint that the settings name; raises BadAddressError."""
    senders = senders_of(Settings())
    named = {"replies": senders.replies, "invitations": senders.invitations}

    async def run() -> list[tuple[str, Receipt]]:
        answers = []
        for what, endpoint in named.items():
            if endpoint is not None:
                message = ping(f"ping_{new_id()}")
                receipt = await endpoint.send(message, happened_at=_now(), now=_now())
                answers.append((what, receipt))
        return answers

    return asyncio.run(run())


def _now() -> datetime:
    return datetime.now(UTC)
