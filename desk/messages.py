"""A message as the desk thinks of it, and as widget and console see it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from desk.masking import mask
from desk.states import Kind, Sender
from desk.tables import DbMessage

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Draft:
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
    about: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
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
