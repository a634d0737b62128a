"""A message as the desk thinks of it, and as widget and console see it."""

import json
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from json.encoder import encode_basestring
from typing import Any

import msgspec

from desk.masking import mask
from desk.states import Kind, Sender
from desk.tables import DbMessage

Json = dict[str, Any]


# Structs where a dataclass would do: a chat makes thousands a second, and these are made in C.
class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said; the log adds number, epoch and time."""

    sender: Sender
    text: str = ""
    kind: Kind = Kind.TEXT
    client_id: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    internal: bool = False
    automatic: bool = False
    buttons: tuple[Json, ...] = ()
    cards: tuple[Json, ...] = ()
    image: Json | None = None
    about: Json = msgspec.field(default_factory=dict)


class Message(msgspec.Struct, frozen=True, dict=True):
    """One stored message; `text` is as said, `shown` is as everybody but its sender sees it."""

    id: str
    conversation_id: str
    seq: int
    epoch: int
    at: datetime
    draft: Draft
    shown: str

    @property
    def is_masked(self) -> bool:
        """Say whether personal data is hidden in what agents see."""
        return self.shown != self.draft.text

    @cached_property
    def to_customer(self) -> str:
        """The frame that shows it to its customer, as JSON; written once for all windows."""
        if _is_plain(self):
            return _FRAME % (self.conversation_id, _plain_json(self))
        return _written(self, customer_view(self))

    @cached_property
    def to_agents(self) -> str:
        """The frame that shows it to the desk, as JSON; written once for all consoles."""
        if _is_plain(self):
            return self.to_customer[:-2] + _PLAIN_FOR_AGENTS
        return _written(self, agent_view(self))


def shown_text(draft: Draft) -> str:
    """Return what agents see: personal data in a customer's words is masked."""
    return mask(draft.text) if draft.sender is Sender.CUSTOMER else draft.text


def from_row(row: DbMessage) -> Message:
    """Return the stored message; opens the sealed original where there is one."""
    extras = row.extras or {}
    draft = Draft(
        sender=Sender(row.sender),
        text=row.original if row.original is not None else row.text,
        kind=Kind(row.kind),
        client_id=row.client_id,
        author_id=row.author_id,
        author_name=row.author_name,
        internal=row.internal,
        automatic=row.automatic,
        buttons=tuple(extras.get("buttons", ())),
        cards=tuple(extras.get("cards", ())),
        image=extras.get("image"),
        about=extras.get("about", {}),
    )
    return Message(row.id, row.conversation_id, row.seq, row.epoch, row.at, draft, row.text)


def customer_view(message: Message) -> Json:
    """Return the message as the protocol shows it to its customer."""
    draft = message.draft
    view = _view(message, draft.text)
    if draft.sender is not Sender.CUSTOMER:
        view["client_id"] = None
    if draft.sender is Sender.AGENT:
        view["name"] = draft.author_name
    return view


def agent_view(message: Message) -> Json:
    """Return the message as the protocol shows it to the desk: masked, with notes and author."""
    draft = message.draft
    view = _view(message, message.shown)
    author = {"id": draft.author_id, "name": draft.author_name} if draft.author_id else None
    view |= {
        "internal": draft.internal,
        "author": author,
        "name": draft.author_name,
        "masked": message.is_masked,
        "about": draft.about,
    }
    return view


_FRAME = '{"type":"message","conversation":"%s","message":{%s}}'
_PLAIN_FOR_AGENTS = ',"internal":false,"author":null,"name":null,"masked":false,"about":{}}}'
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _written(message: Message, view: Json) -> str:
    frame = {"type": "message", "conversation": message.conversation_id, "message": view}
    return _encode(frame)


def _is_plain(message: Message) -> bool:
    """Say whether these are a customer's mere words, as nearly all messages are."""
    draft = message.draft
    is_text = draft.sender is Sender.CUSTOMER and draft.kind is Kind.TEXT
    has_more = draft.image or draft.about or draft.cards or draft.buttons
    return is_text and not has_more and not (draft.automatic or draft.internal or message.is_masked)


def _plain_json(message: Message) -> str:
    """Return what `_view` returns, written without a walk through a dictionary."""
    client_id = message.draft.client_id
    text = encode_basestring(message.shown)
    client_id = "null" if client_id is None else encode_basestring(client_id)
    return (
        f'"seq":{message.seq},"sender":"customer","kind":"text","text":{text},'
        f'"at":"{instant(message.at)}","epoch":{message.epoch},"buttons":[],"cards":[],'
        f'"image":null,"client_id":{client_id},"automatic":false'
    )


@lru_cache(maxsize=1000)  # a batch of messages has one time
def instant(at: datetime | None) -> str | None:
    """Return a time as the protocol writes it: ISO 8601 in UTC, to the millisecond."""
    if at is None:
        return None
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{utc.isoformat(timespec='milliseconds')[:-6]}Z"


def _view(message: Message, text: str) -> Json:
    draft = message.draft
    return {
        "seq": message.seq,
        "sender": draft.sender,
        "kind": draft.kind,
        "text": text,
        "at": instant(message.at),
        "epoch": message.epoch,
        "buttons": [{"title": button["title"]} for button in draft.buttons],
        "cards": list(draft.cards),
        "image": draft.image,
        "client_id": draft.client_id,
        "automatic": draft.automatic,
    }
