"""The names and limits that widget, console and server share; docs/protocol.md is their manual."""

from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

LONGEST_TEXT = 2_000
LONGEST_FRAME_BYTES = 64 * 1024  # a pasted novel gets an answer, not a cut line
HELLO_SECONDS = 5
PROTOCOL = 1


class CloseCode:
    """WebSocket close codes of our own (4000-4999) beside the standard ones that we use."""

    GOING_AWAY = 1001
    POLICY = 1008
    TOO_BIG = 1009
    LOG_IN = 4401
    FORBIDDEN = 4403


class ToCustomer(StrEnum):
    """Types of the frames that the server sends to a widget."""

    READY = "ready"
    MESSAGE = "message"
    ACK = "ack"
    REFUSED = "refused"
    OWNER = "owner"
    QUEUE = "queue"
    TYPING = "typing"
    READ = "read"
    RATING = "rating"
    HISTORY = "history"
    PONG = "pong"


class ToAgent(StrEnum):
    """Types of the frames that the server sends to a console."""

    READY = "ready"
    LISTS = "lists"
    ROW = "row"
    LINE = "line"
    CONVERSATION = "conversation"
    MESSAGE = "message"
    TYPING = "typing"
    READ = "read"
    DONE = "done"
    REFUSED = "refused"
    ALERT = "alert"
    PONG = "pong"


class RefusalCode(StrEnum):
    """Why a frame was not obeyed; the frame's `text` says it to a person."""

    BAD_FRAME = "bad_frame"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_FAST = "too_fast"
    BAD_BUTTON = "bad_button"
    BAD_ATTACHMENT = "bad_attachment"
    BAD_TOKEN = "bad_token"  # noqa: S105 - a code, not a secret
    NOT_FOUND = "not_found"
    NOT_ALLOWED = "not_allowed"
    NOT_YOURS = "not_yours"
    STALE = "stale"
    WORDING = "wording"
    OVER_LIMIT = "over_limit"
    TOO_LATE = "too_late"


class Frame(BaseModel):
    """One JSON object; unknown keys are refused so that a typing error is seen at once."""

    model_config = ConfigDict(extra="forbid", frozen=True)


CLIENT_ID = r"^[0-9A-Za-z_-]{8,64}\Z"
ClientId = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{8,64}$")]
"""An id that the client makes once per thing it sends and repeats on every retry."""
RowId = Annotated[str, Field(min_length=1, max_length=36)]
Seq = Annotated[int, Field(ge=0, le=2**53)]
RawText = Annotated[str, Field(max_length=LONGEST_FRAME_BYTES)]
Parsed = TypeVar("Parsed")


class Ping(Frame):
    """Ask for a sign of life above TCP."""

    type: Literal["ping"]


class BadFrameError(ValueError):
    """The frame is not one that this protocol knows; `reason` says where."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parsed(adapter: TypeAdapter[Parsed], raw: str | bytes) -> Parsed:
    """Return the frame that `raw` is; raises BadFrameError."""
    try:
        return adapter.validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadFrameError(f"{where}: {first['msg']}" if where else first["msg"]) from None
