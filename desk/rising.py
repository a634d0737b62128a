"""Hears what customers say while they wait: a danger or a threat moves them up the line.

The bot does not speak to who waits, but it can still read. It is asked after a line is stored and
told, so no message waits for it; a bot that does not answer leaves the line as it is.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog
from sqlalchemy import select

from desk.bot_client import BotUnavailableError
from desk.changes import SYSTEM
from desk.incoming import for_bot
from desk.office import Office
from desk.pen import Change
from desk.policy import QueueRules
from desk.rounds import Errands, unbroken
from desk.states import HandoffReason, Kind, Owner, Sender
from desk.tables import DbMessage

log = structlog.get_logger(__name__)
RAISED = "reason_raised"
AT_ONCE = 2
MOST_WAITING = 500
"""Lines that are read or wait for it; where the bot falls so far behind, more are not noted."""
LINES_BEFORE = 3
"""Lines said just before the customer joined the line: a tap on 转人工 may have overtaken them."""


class Reader(Protocol):
    """Whoever understands a line without answering it: the same Rasa server."""

    async def read(self, text: str) -> HandoffReason | None:
        """Return why the line should go to a person; raises BotUnavailableError."""


class Rising:
    """Reads the lines of those who wait, each once, and raises the reason of their conversation."""

    def __init__(self, office: Office, reader: Reader) -> None:
        self._office = office
        self._reader = reader
        self._room = asyncio.Semaphore(AT_ONCE)
        self._errands = Errands()
        self._stop_listening: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin to listen."""
        self._stop_listening = self._office.feed.listen_to_all(self._hear)

    async def stop(self) -> None:
        """Stop; what was not read yet stays at the place that it has."""
        self._stop_listening()
        await self._errands.stop()

    def _hear(self, change: Change) -> None:
        row = change.conversation
        if row.owner != Owner.QUEUED or row.reason == HandoffReason.SAFETY:
            return
        said = tuple(
            message.draft.text
            for message in change.messages
            if message.draft.sender is Sender.CUSTOMER and message.draft.kind is Kind.TEXT
        )
        if (said or change.has_new_owner) and len(self._errands) < MOST_WAITING:
            before = row.owner_epoch - 1 if change.has_new_owner else None
            self._errands.begin(
                self._read(row.id, row.bot_session, said, before=before), name=f"rising-{row.id}"
            )

    async def _read(
        self, conversation: str, session: int, said: Sequence[str], *, before: int | None
    ) -> None:
        try:
            async with self._room:
                lines = said if before is None else await unbroken(self._said(conversation, before))
                found = [await self._reader.read(for_bot([line])) for line in lines if line.strip()]
                reasons = [reason for reason in found if reason is not None]
                if reasons:
                    best = min(reasons, key=lambda each: gravity(each, self._office.policy.queue))
                    await unbroken(self._raise(conversation, session, best))
        except BotUnavailableError as error:
            log.warning("line of a waiting customer not read", why=error.why)
        except Exception:
            log.exception("line of a waiting customer not read", conversation=conversation)

    async def _said(self, conversation: str, epoch: int) -> list[str]:
        """Return what the customer said last under an earlier owner."""
        query = (
            select(DbMessage.text)
            .where(
                DbMessage.conversation_id == conversation,
                DbMessage.epoch == epoch,
                DbMessage.sender == Sender.CUSTOMER,
                DbMessage.kind == Kind.TEXT,
            )
            .order_by(DbMessage.seq.desc())
            .limit(LINES_BEFORE)
        )
        async with self._office.database.read() as session:
            return list(await session.scalars(query))

    async def _raise(self, conversation: str, session: int, reason: HandoffReason) -> None:
        """Write the graver reason down, if the customer still waits for the same thing."""
        async with self._office.write() as pen:
            row = await pen.conversation(conversation)
            if row.owner != Owner.QUEUED or row.bot_session != session:
                return
            rules = self._office.policy.queue
            if not is_graver(reason, row.reason, rules):
                return
            before, row.reason = row.reason, reason
            pen.event(row, RAISED, actor=SYSTEM, detail={"before": before, "reason": reason})


def is_graver(reason: HandoffReason, than: str | None, rules: QueueRules) -> bool:
    """Say whether `reason` goes before the present one; a reason is never lowered."""
    return gravity(reason, rules) < gravity(than, rules)


def gravity(reason: str | None, rules: QueueRules) -> tuple[int, int]:
    """Return the place of a reason in the policy's order, the gravest first.

    Only among the urgent does the order within the group count: danger before threat.
    """
    for group, reasons in enumerate(rules.reasons):
        if reason in reasons:
            return group, 0 if group else reasons.index(HandoffReason(reason))
    return len(rules.reasons), 0
