"""The desk's rules as data/policies/desk.yml states them."""

from datetime import date, timedelta
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from desk.states import HandoffReason
from policies.files import POLICY_FOLDER, Strict, read_policy
from storage.staff import Role


class WritingShortensError(ValueError):
    """reply_while_writing_seconds must not be less than reply_within_seconds."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class BotRules(Strict):
    """When a burst ends and when the bot counts as out of order."""

    quiet_seconds: float = Field(gt=0)
    longest_burst_seconds: float = Field(gt=0)
    breaker_failures: int = Field(ge=1)
    breaker_pause_seconds: float = Field(gt=0)


class QueueRules(Strict):
    """Who is served first."""

    reasons: list[list[HandoffReason]] = Field(min_length=2)
    tiers: list[str]
    promote_every_seconds: int = Field(gt=0)
    skip_after_miss_seconds: int = Field(ge=0)


class AgentRules(Strict):
    """What holds for agents at the desk."""

    capacity: int = Field(ge=1)
    present_seconds: int = Field(ge=1)
    reply_within_seconds: int = Field(ge=1)
    writing_counts_seconds: int = Field(ge=0)
    reply_while_writing_seconds: int = Field(ge=1)
    undo_seconds: int = Field(ge=1)

    @model_validator(mode="after")
    def _writing_only_adds(self) -> Self:
        if self.reply_while_writing_seconds < self.reply_within_seconds:
            raise WritingShortensError
        return self


class OpeningRules(Strict):
    """When humans are at the desk, and by when a left message is answered."""

    calendar: str
    call_back_hours: float = Field(gt=0)


class ClosingRules(Strict):
    """When a conversation ends by itself and when a new one begins."""

    idle_hours: float = Field(gt=0)
    new_after_hours: float = Field(gt=0)


class KeepingRules(Strict):
    """How long words and pictures are kept after a conversation closed."""

    words_days: int = Field(ge=1)


class SatisfactionRules(Strict):
    """How long the satisfaction question stands, and which score is followed up."""

    withdraw_after_minutes: int = Field(gt=0)
    follow_up_score: int = Field(ge=0, le=5)


class Authority(Strict):
    """What one role may grant by itself."""

    refund_fen: int = Field(ge=0)
    coupon_fen: int = Field(ge=0)
    resend: bool
    returns: bool


class DeskPolicy(Strict):
    """Everything the desk goes by."""

    source: str
    valid_from: date
    bot: BotRules
    queue: QueueRules
    agents: AgentRules
    opening: OpeningRules
    close: ClosingRules
    keeping: KeepingRules
    satisfaction: SatisfactionRules
    choices: list[str] = Field(max_length=6)
    bot_name: str
    shop_name: str
    authority: dict[Role, Authority]

    @property
    def present_for(self) -> timedelta:
        """How long after a heartbeat an agent counts as present."""
        return timedelta(seconds=self.agents.present_seconds)

    @property
    def reply_within(self) -> timedelta:
        """How long an agent has for the first answer after taking."""
        return timedelta(seconds=self.agents.reply_within_seconds)

    @property
    def writing_counts(self) -> timedelta:
        """How long after the last sign of writing an agent still counts as writing."""
        return timedelta(seconds=self.agents.writing_counts_seconds)

    @property
    def reply_while_writing(self) -> timedelta:
        """How long after taking an agent may at most write her first answer."""
        return timedelta(seconds=self.agents.reply_while_writing_seconds)

    @property
    def undo_within(self) -> timedelta:
        """How long a change of owner can be taken back."""
        return timedelta(seconds=self.agents.undo_seconds)


def read_desk_policy(path: Path = POLICY_FOLDER / "desk.yml") -> DeskPolicy:
    """Return the desk's policy; raises PolicyError naming file and key."""
    return read_policy(path, DeskPolicy)
