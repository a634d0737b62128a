"""The frames that widget and console exchange with the server; docs/protocol.md is their manual."""

from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from desk.states import AgentStatus, CloseReason

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


ClientId = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{8,64}$")]
"""An id that the client makes once per thing it sends and repeats on every retry."""
RowId = Annotated[str, Field(min_length=1, max_length=36)]
Seq = Annotated[int, Field(ge=0, le=2**53)]
RawText = Annotated[str, Field(max_length=LONGEST_FRAME_BYTES)]


# --- widget to server -------------------------------------------------------------------------


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


class Ping(Frame):
    """Ask for a sign of life above TCP."""

    type: Literal["ping"]


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


# --- console to server ------------------------------------------------------------------------


class AgentHello(Frame):
    """First frame: proves that the page, not only the cookie, is ours."""

    type: Literal["hello"]
    csrf: str = Field(max_length=100)
    status: AgentStatus | None = None


class Heartbeat(Frame):
    """The agent's page is alive; silence for longer than the time-to-live means gone."""

    type: Literal["heartbeat"]


class SetStatus(Frame):
    """How the agent wants work from now on."""

    type: Literal["status"]
    ref: ClientId
    status: AgentStatus


class Watch(Frame):
    """Follow one conversation's messages, beginning after `after`."""

    type: Literal["watch"]
    ref: ClientId
    conversation: RowId
    after: Seq = 0


class Unwatch(Frame):
    """Stop following a conversation."""

    type: Literal["unwatch"]
    conversation: RowId


class Take(Frame):
    """Become the one who speaks in this conversation."""

    type: Literal["take"]
    ref: ClientId
    conversation: RowId


class Answer(Frame):
    """Speak to the customer; `epoch` is the one the agent saw while writing."""

    type: Literal["answer"]
    ref: ClientId
    conversation: RowId
    client_id: ClientId
    epoch: Seq
    text: RawText = ""
    attachment: RowId | None = None
    despite_warning: bool = False


class Note(Frame):
    """Write what only the desk sees."""

    type: Literal["note"]
    ref: ClientId
    conversation: RowId
    client_id: ClientId
    text: RawText


class Transfer(Frame):
    """Hand the conversation to one agent, or to the queue for a skill."""

    type: Literal["transfer"]
    ref: ClientId
    conversation: RowId
    epoch: Seq
    to_agent: RowId | None = None
    to_skill: str | None = Field(default=None, max_length=40)
    note: RawText = ""


class HandBack(Frame):
    """Let the bot speak again."""

    type: Literal["hand_back"]
    ref: ClientId
    conversation: RowId
    epoch: Seq


class Close(Frame):
    """End the conversation with a reason."""

    type: Literal["close"]
    ref: ClientId
    conversation: RowId
    epoch: Seq
    reason: CloseReason
    note: RawText = ""


class Reopen(Frame):
    """Take a closed conversation up again."""

    type: Literal["reopen"]
    ref: ClientId
    conversation: RowId


class Undo(Frame):
    """Take back the last change of owner, as long as nothing happened since."""

    type: Literal["undo"]
    ref: ClientId
    conversation: RowId
    epoch: Seq


class AgentTyping(Frame):
    """The agent is writing, or stopped."""

    type: Literal["typing"]
    conversation: RowId
    on: bool = True


class AgentRead(Frame):
    """The agent has seen everything up to `seq`."""

    type: Literal["read"]
    conversation: RowId
    seq: Seq


AgentFrame = (
    AgentHello
    | Heartbeat
    | SetStatus
    | Watch
    | Unwatch
    | Take
    | Answer
    | Note
    | Transfer
    | HandBack
    | Close
    | Reopen
    | Undo
    | AgentTyping
    | AgentRead
    | Ping
)

_customer: TypeAdapter[CustomerFrame] = TypeAdapter(
    Annotated[CustomerFrame, Field(discriminator="type")]
)
_agent: TypeAdapter[AgentFrame] = TypeAdapter(Annotated[AgentFrame, Field(discriminator="type")])


T = TypeVar("T")


class BadFrameError(ValueError):
    """The frame is not one that this protocol knows; `reason` says where."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def customer_frame(raw: str | bytes) -> CustomerFrame:
    """Parse one frame of a widget; raises BadFrameError."""
    return _parsed(_customer, raw)


def agent_frame(raw: str | bytes) -> AgentFrame:
    """Parse one frame of a console; raises BadFrameError."""
    return _parsed(_agent, raw)


def _parsed(adapter: TypeAdapter[T], raw: str | bytes) -> T:
    try:
        return adapter.validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadFrameError(f"{where}: {first['msg']}" if where else first["msg"]) from None
