"""Carries what customers say to the bot and its answers back: one answer for each burst.

The database says what is unanswered, so a killed process loses nothing: whoever comes next finds
the messages again and asks. The bot may then hear a burst twice; the customer hears one answer.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import or_, select, update

from desk import wording
from desk.bot_client import BotUnavailableError
from desk.bot_replies import BotAnswer, Handoff, read_answer
from desk.changes import BOT, SYSTEM, hand_off, system
from desk.incoming import for_bot
from desk.masking import mask
from desk.messages import from_row
from desk.office import Office
from desk.pen import PREVIEW, Change, Pen
from desk.people import customer_of_order
from desk.rounds import Errands, Rounds, unbroken
from desk.speaking import stale
from desk.states import HandoffReason, Owner, Sender
from desk.tables import DbConversation, DbMessage

log = structlog.get_logger(__name__)
AT_ONCE = 16
SWEEP_SECONDS = 5.0
LEASE_MARGIN = timedelta(seconds=10)


class Bot(Protocol):
    """Whoever answers: one Rasa server."""

    async def ask(
        self, sender: str, text: str, *, metadata: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Return its replies; raises BotUnavailableError."""


@dataclass(frozen=True)
class Burst:
    """What a customer said since the bot's last answer, claimed by one worker."""

    conversation: str
    epoch: int
    last_seq: int
    sender: str
    text: str
    metadata: dict[str, Any]


class Relay:
    """Answers every conversation that the bot owns, each by itself, a few at once."""

    def __init__(
        self,
        office: Office,
        bot: Bot,
        *,
        bot_timeout: timedelta,
        on_typing: Callable[[str, bool], None] = lambda _conversation, _on: None,
    ) -> None:
        self._office = office
        self._bot = bot
        self._lease = bot_timeout + LEASE_MARGIN
        self._on_typing = on_typing
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._errands = Errands()  # also turns that are over but for a last look
        self._poked: dict[str, float] = {}
        self._room = asyncio.Semaphore(AT_ONCE)
        self._sweep = Rounds(self.resume, every=SWEEP_SECONDS, name="desk-relay")
        self._has_resumed = False
        self._is_stopping = False
        self._stop_listening: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin to answer, first whatever an earlier process left unanswered."""
        self._has_resumed = self._is_stopping = False
        self._stop_listening = self._office.feed.listen_to_all(self._hear)
        self._sweep.start()

    async def stop(self) -> None:
        """Stop; unanswered messages stay in the database for the next process."""
        self._is_stopping = True
        self._stop_listening()
        await self._sweep.stop()
        await self._errands.stop()

    def poke(self, conversation: str) -> None:
        """Say that this conversation has something for the bot."""
        if self._is_stopping:
            return
        self._poked[conversation] = asyncio.get_running_loop().time()
        if conversation not in self._turns:
            turn = self._errands.begin(self._turn(conversation), name=f"bot-{conversation}")
            self._turns[conversation] = turn

    async def resume(self) -> None:
        """Poke every conversation whose messages nobody is answering."""
        if self._office.database.dialect == "sqlite" and not self._has_resumed:
            await self._break_leases()  # one process only: the leases of the one before are dead
        self._has_resumed = True
        now = self._office.clock()
        query = select(DbConversation.id).where(
            DbConversation.owner == Owner.BOT,
            DbConversation.last_customer_seq > DbConversation.bot_done_seq,
            or_(DbConversation.bot_lease_until.is_(None), DbConversation.bot_lease_until < now),
        )
        async with self._office.database.read() as session:
            for conversation in await session.scalars(query):
                self.poke(conversation)

    def _hear(self, change: Change) -> None:
        row = change.conversation
        if row.owner != Owner.BOT or row.last_customer_seq <= row.bot_done_seq:
            return
        if any(message.draft.sender is Sender.CUSTOMER for message in change.messages):
            self.poke(row.id)

    async def _break_leases(self) -> None:
        async with self._office.write() as pen:
            await pen.session.execute(
                update(DbConversation)
                .where(DbConversation.bot_lease_until.is_not(None))
                .values(bot_lease_until=None)
            )

    async def _turn(self, conversation: str) -> None:
        try:
            await self._until_quiet(conversation)
            async with self._room:
                await self._answer(conversation)
            self._forget(conversation)
            await unbroken(self._look_again(conversation))
        except Exception:  # the sweep tries again; the lease keeps it from trying at once
            log.exception("bot turn failed", conversation=conversation)
        finally:
            if self._turns.get(conversation) is asyncio.current_task():
                self._forget(conversation)

    def _forget(self, conversation: str) -> None:
        self._turns.pop(conversation, None)
        self._poked.pop(conversation, None)

    async def _look_again(self, conversation: str) -> None:
        """Answer what was said while the bot was answering."""
        async with self._office.database.read() as session:
            row = await session.get(DbConversation, conversation)
        if row is None or row.owner != Owner.BOT or row.bot_lease_until is not None:
            return
        if row.last_customer_seq > row.bot_done_seq:
            self.poke(conversation)

    async def _until_quiet(self, conversation: str) -> None:
        rules = self._office.policy.bot
        loop = asyncio.get_running_loop()
        latest = loop.time() + rules.longest_burst_seconds
        while True:
            until = min(self._poked[conversation] + rules.quiet_seconds, latest)
            pause = until - loop.time()
            if pause <= 0:
                return
            await asyncio.sleep(pause)

    async def _answer(self, conversation: str) -> None:
        burst = await unbroken(self._claim(conversation))
        if burst is None:
            return
        self._on_typing(conversation, True)
        try:
            replies = await self._bot.ask(burst.sender, burst.text, metadata=burst.metadata)
            answer = read_answer(replies)
            if not answer.drafts and answer.handoff is None:
                raise BotUnavailableError("nothing to show")
        except BotUnavailableError as error:
            log.warning("bot unavailable", why=error.why)
            answer = BotAnswer((), Handoff(HandoffReason.BOT_UNAVAILABLE, {"why": error.why}))
        finally:
            self._on_typing(conversation, False)
        await unbroken(self._deliver(burst, answer))

    async def _claim(self, conversation: str) -> Burst | None:
        async with self._office.write() as pen:
            row = await pen.conversation(conversation)
            if row.owner != Owner.BOT or row.last_customer_seq <= row.bot_done_seq:
                return None
            if row.bot_lease_until is not None and row.bot_lease_until > pen.now:
                return None
            row.bot_lease_until = pen.now + self._lease
            return await _burst(pen, row)

    async def _deliver(self, burst: Burst, answer: BotAnswer) -> None:
        async with self._office.write() as pen:
            row = await pen.conversation(burst.conversation)
            if row.owner != Owner.BOT or row.owner_epoch != burst.epoch:
                _keep_as_notes(pen, row, answer)
                return
            row.bot_lease_until = None
            for draft in answer.drafts:
                pen.say(row, draft)
            row.bot_done_seq = max(row.bot_done_seq, burst.last_seq)
            pen.touch(row)
            if answer.handoff is not None:
                await self._hand_over(pen, row, answer.handoff)

    async def _hand_over(self, pen: Pen, row: DbConversation, handoff: Handoff) -> None:
        actor = BOT
        if handoff.reason is HandoffReason.BOT_UNAVAILABLE:
            actor = SYSTEM
            pen.say(row, system(wording.BOT_DOWN))
        row.card = json.dumps(handoff.card, ensure_ascii=False)
        row.customer_text = _wish(handoff.card) or row.customer_text
        await _introduce(pen, row, handoff.card)
        skill = handoff.card.get("skill")
        await hand_off(
            pen,
            row,
            self._office.rules,
            reason=handoff.reason,
            actor=actor,
            skill=skill if isinstance(skill, str) else None,
        )


async def _burst(pen: Pen, row: DbConversation) -> Burst:
    query = (
        select(DbMessage)
        .where(
            DbMessage.conversation_id == row.id,
            DbMessage.seq > row.bot_done_seq,
            DbMessage.sender == Sender.CUSTOMER,
        )
        .order_by(DbMessage.seq)
    )
    said = [from_row(each) for each in await pen.session.scalars(query)]
    newest = said[-1].draft
    payload = newest.about.get("payload")
    # A tapped button stands for itself: its payload is the bot's own word, offered by it before.
    text = payload if isinstance(payload, str) else for_bot([each.draft.text for each in said])
    metadata: dict[str, Any] = {
        "conversation": row.id,
        "customer_id": row.customer_id,
        "channel": "widget",
    }
    pictures = [each.draft.image["url"] for each in said if each.draft.image]
    if pictures:
        metadata["images"] = pictures
    sender = f"{row.id}.{row.bot_session}"
    return Burst(row.id, row.owner_epoch, said[-1].seq, sender, text or "[图片]", metadata)


def _keep_as_notes(pen: Pen, row: DbConversation, answer: BotAnswer) -> None:
    for draft in answer.drafts:
        pen.say(row, stale(draft, wording.LATE_BOT))


def _wish(card: Mapping[str, Any]) -> str | None:
    """Return what she wants as the waiting list shows it; a tap's payload is no wish in words."""
    wish = card.get("wish")
    if not isinstance(wish, str) or wish.startswith("/"):
        return None
    return mask(" ".join(wish.split()))[:PREVIEW]


async def _introduce(pen: Pen, row: DbConversation, card: Mapping[str, Any]) -> None:
    """A guest who proved an order to the bot is the customer who placed it."""
    number = card.get("order_number")
    if row.customer_id is None and isinstance(number, str):
        row.customer_id = await customer_of_order(pen.session, number)
