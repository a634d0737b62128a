"""The frames that a widget sends to the server."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from desk.protocol import ClientId, Frame, Ping, RawText, RowId, Seq, parsed


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


def customer_frame(raw: str | bytes) -> CustomerFrame:
    """Parse one frame of a widget; raises BadFrameError."""
    return parsed(_frames, raw)
