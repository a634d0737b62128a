"""The pen: gathers what one transaction says and changes, numbers it, and writes it down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from desk import wording
from desk.messages import Draft, Message, from_row, shown_text
from desk.states import Kind, Owner, Sender
from desk.tables import DbConversation, DbConversationEvent, DbMessage
from storage.sealed import keyring
from storage.tables import new_id

PREVIEW = 80


@dataclass(frozen=True)
class Change:
    """What one transaction did to one conversation, for everybody who watches it."""

    conversation: DbConversation
    messages: tuple[Message, ...] = ()
    has_new_owner: bool = False


class NoSuchConversationError(LookupError):
    """There is no conversation with this id."""


class Pen:
    """One writing transaction over conversations; `put_down` before its commit."""

    def __init__(self, session: AsyncSession | None, now: datetime) -> None:
        self._session = session
        self.now = now
        self._held: dict[str, DbConversation] = {}
        self._messages: list[Message] = []
        self._events: list[dict[str, Any]] = []
        self._touched: dict[str, DbConversation] = {}
        self._epochs: dict[str, int] = {}

    @property
    def session(self) -> AsyncSession:
        """The transaction's session; a batch (see desk/intake) has none of this kind."""
        if self._session is None:
            raise RuntimeError("this pen writes in a batch")
        return self._session

    async def conversation(self, conversation_id: str) -> DbConversation:
        """Return the conversation, held until the commit; raises NoSuchConversationError."""
        found = await self.conversations([conversation_id])
        if conversation_id not in found:
            raise NoSuchConversationError(conversation_id)
        return found[conversation_id]

    async def conversations(self, ids: Iterable[str]) -> dict[str, DbConversation]:
        """Return those that exist by id, held until the commit (locked in one fixed order)."""
        wanted = set(ids)
        missing = sorted(wanted - self._held.keys())
        if missing:
            for row in await self.session.scalars(to_hold(missing)):
                self._held[row.id] = row
                self.saw(row)
        return {key: self._held[key] for key in wanted & self._held.keys()}

    def saw(self, conversation: DbConversation) -> None:
        """Remember the owner's epoch before anything is changed."""
        self._epochs[conversation.id] = conversation.owner_epoch

    def hold(self, conversation: DbConversation) -> None:
        """Take up a conversation that this transaction has just made."""
        self._held[conversation.id] = conversation
        self.touch(conversation)

    async def find_said(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Message]:
        """Return the messages already stored under these (conversation, client id) pairs."""
        return said_by_key(await self.session.scalars(under_keys(keys)))

    def say(self, conversation: DbConversation, draft: Draft) -> Message:
        """Add a message under the conversation's next number and its present epoch."""
        conversation.last_seq += 1
        message = Message(
            new_id(),
            conversation.id,
            conversation.last_seq,
            conversation.owner_epoch,
            self.now,
            draft,
            shown_text(draft),
        )
        self._messages.append(message)
        self._remember(conversation, message)
        self.touch(conversation)
        return message

    def event(
        self,
        conversation: DbConversation,
        kind: str,
        *,
        actor: str,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Add an event; `detail` must hold no personal data."""
        self._events.append(
            {
                "conversation_id": conversation.id,
                "at": self.now,
                "kind": kind,
                "actor": actor,
                "epoch": conversation.owner_epoch,
                "seq": conversation.last_seq,
                "detail": dict(detail or {}),
            }
        )
        self.touch(conversation)

    def touch(self, conversation: DbConversation) -> None:
        """Mark the conversation as changed, so that every watcher sees it."""
        if conversation.id not in self._touched:
            self._touched[conversation.id] = conversation
            conversation.revision += 1
        conversation.updated_at = self.now

    @property
    def touched(self) -> list[str]:
        """The conversations that this transaction changes."""
        return list(self._touched)

    async def put_down(self) -> list[Change]:
        """Write everything to the database and return what changed, by conversation."""
        await self.session.flush()
        for table, rows in self.rows():
            await self.session.execute(insert(table), rows)
        return self.changes()

    def rows(self) -> list[tuple[type[DbMessage | DbConversationEvent], list[dict[str, Any]]]]:
        """Return what is to be inserted, by table."""
        said = [_row(each) for each in self._messages]
        kinds: list[tuple[type[DbMessage | DbConversationEvent], list[dict[str, Any]]]] = [
            (DbMessage, said),
            (DbConversationEvent, self._events),
        ]
        return [(table, rows) for table, rows in kinds if rows]

    def changes(self) -> list[Change]:
        """Return what changed, by conversation."""
        said: dict[str, list[Message]] = {}
        for message in self._messages:
            said.setdefault(message.conversation_id, []).append(message)
        return [
            Change(row, tuple(said.get(key, ())), self._epochs.get(key) != row.owner_epoch)
            for key, row in self._touched.items()
        ]

    def _remember(self, conversation: DbConversation, message: Message) -> None:
        draft = message.draft
        if draft.internal:
            return
        if draft.sender is Sender.CUSTOMER:
            conversation.last_customer_seq = message.seq
            conversation.last_customer_at = self.now
            conversation.unread += 1
            # A tap on a button, or a "hurry up" in the line, says less than the words before it.
            says_less = draft.kind is Kind.BUTTON or conversation.owner == Owner.QUEUED
            if not (says_less and conversation.customer_text):
                conversation.customer_text = preview(message.shown, draft.kind)
        if not draft.automatic:
            conversation.last_sender = draft.sender
            conversation.last_text = preview(message.shown, draft.kind)
        if draft.sender is Sender.BOT and conversation.owner == Owner.BOT:
            conversation.unread = 0


def preview(text: str, kind: Kind) -> str:
    """Return what a list shows of a message."""
    return text[:PREVIEW] or wording.NO_WORDS[kind]


def to_hold(ids: Iterable[str]) -> Select[DbConversation]:
    """Select conversations for change, locked in one fixed order, as they are now."""
    query = select(DbConversation).where(DbConversation.id.in_(sorted(ids)))
    query = query.order_by(DbConversation.id).with_for_update()
    return query.execution_options(populate_existing=True)


def under_keys(keys: Iterable[tuple[str, str]]) -> Select[DbMessage]:
    """Select the messages stored under these (conversation, client id) pairs."""
    pairs = tuple_(DbMessage.conversation_id, DbMessage.client_id)
    return select(DbMessage).where(pairs.in_(list(keys)))


def said_by_key(rows: Iterable[DbMessage]) -> dict[tuple[str, str], Message]:
    """Return stored messages by the keys of `under_keys`."""
    return {(row.conversation_id, row.client_id or ""): from_row(row) for row in rows}


def _row(message: Message) -> dict[str, Any]:
    draft = message.draft
    return {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "seq": message.seq,
        "client_id": draft.client_id,
        "sender": str(draft.sender),
        "kind": str(draft.kind),
        "author_id": draft.author_id,
        "author_name": draft.author_name,
        "text": message.shown,
        "original_sealed": _sealed_original(message) if message.is_masked else None,
        "extras": _extras(draft),
        "internal": draft.internal,
        "automatic": draft.automatic,
        "epoch": message.epoch,
        "at": message.at,
    }


def _sealed_original(message: Message) -> bytes:
    return keyring().seal(message.draft.text, context=f"message.original:{message.id}")


def _extras(draft: Draft) -> dict[str, Any] | None:
    if not (draft.buttons or draft.cards or draft.image or draft.about):
        return None  # as nearly always
    extras = {
        "buttons": list(draft.buttons),
        "cards": list(draft.cards),
        "image": draft.image,
        "about": draft.about,
    }
    return {key: value for key, value in extras.items() if value}
