"""The frames that a widget sends to the server."""

from typing import Annotated, Literal

from msgspec import DecodeError, Meta, Struct
from msgspec.json import Decoder
from pydantic import Field, TypeAdapter

from desk.protocol import (
    CLIENT_ID,
    LONGEST_FRAME_BYTES,
    ClientId,
    Frame,
    Ping,
    RawText,
    RowId,
    Seq,
    parsed,
)


class CustomerHello(Frame):
    """First frame: who the visitor is and what it has seen already."""

    type: Literal["hello"]
    token: str | None = Field(default=None, max_length=100)
    conversation: RowId | None = None
    after: Seq = 0
    identity: str | None = Field(default=None, max_length=500)
    page: str | None = Field(default=None, max_length=500)


class CustomerMessage(Frame):
    """A text, an image (`attachment`) or a tapped button (`of`, `index`)."""

    type: Literal["message"]
    client_id: ClientId
    kind: Literal["text", "image", "button"] = "text"
    text: RawText = ""
    attachment: RowId | None = None
    of: Seq | None = None
    index: Annotated[int, Field(ge=0, le=50)] | None = None


class AskHuman(Frame):
    """The one-tap way to a human."""

    type: Literal["ask_human"]
    client_id: ClientId
    text: RawText = ""


class CancelWait(Frame):
    """Leave the queue and go on with the bot."""

    type: Literal["cancel_wait"]
    client_id: ClientId


class LeaveMessage(Frame):
    """Leave a message instead of waiting; the desk promises an answer by a time."""

    type: Literal["leave_message"]
    client_id: ClientId
    text: RawText
    phone: str | None = Field(default=None, max_length=30)


class CustomerTyping(Frame):
    """The customer is writing, or stopped."""

    type: Literal["typing"]
    on: bool = True


class CustomerRead(Frame):
    """The customer has seen everything up to `seq`."""

    type: Literal["read"]
    seq: Seq


class Rate(Frame):
    """The answer to the satisfaction question; no `score` means skipped."""

    type: Literal["rate"]
    question: RowId
    score: Annotated[int, Field(ge=1, le=5)] | None = None
    comment: str = Field(default="", max_length=500)


class CustomerHistory(Frame):
    """Ask for messages before `before`, newest first."""

    type: Literal["history"]
    before: Seq
    limit: Annotated[int, Field(ge=1, le=100)] = 50


CustomerFrame = (
    CustomerHello
    | CustomerMessage
    | AskHuman
    | CancelWait
    | LeaveMessage
    | CustomerTyping
    | CustomerRead
    | Rate
    | CustomerHistory
    | Ping
)

_frames: TypeAdapter[CustomerFrame] = TypeAdapter(
    Annotated[CustomerFrame, Field(discriminator="type")]
)


class Words(Struct, frozen=True, tag="message", tag_field="type", forbid_unknown_fields=True):
    """A CustomerMessage of mere text, as nearly every frame is; read in a tenth of the time."""

    client_id: Annotated[str, Meta(pattern=CLIENT_ID)]
    text: Annotated[str, Meta(max_length=LONGEST_FRAME_BYTES)]
    kind: Literal["text"] = "text"


_words = Decoder(Words)


def customer_frame(raw: str | bytes) -> CustomerFrame | Words:
    """Parse one frame of a widget; raises BadFrameError."""
    try:
        return _words.decode(raw)
    except (DecodeError, UnicodeError):  # something else, or wrong: the other says in which way
        return parsed(_frames, raw)
