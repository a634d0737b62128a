"""The frames that a console sends to the server."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from desk.protocol import ClientId, Frame, Ping, RawText, RowId, Seq, parsed
from desk.states import AgentStatus, CloseReason


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
    """Become the one who speaks in this conversation; `epoch` is the one that the agent saw."""

    type: Literal["take"]
    ref: ClientId
    conversation: RowId
    epoch: Seq | None = None


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

_frames: TypeAdapter[AgentFrame] = TypeAdapter(Annotated[AgentFrame, Field(discriminator="type")])


def agent_frame(raw: str | bytes) -> AgentFrame:
    """Parse one frame of a console; raises BadFrameError."""
    return parsed(_frames, raw)
