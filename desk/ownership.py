"""The rule of the desk: which step leads from which owner of a conversation to which."""

from enum import StrEnum

from desk.states import Owner


class Step(StrEnum):
    """Something that changes who speaks."""

    HAND_OFF = "hand_off"  # the customer asked, or the bot gave up
    TAKE = "take"  # an agent by hand, or the queue for her
    GIVE_BACK = "give_back"  # the agent did not answer in time, or is gone
    TRANSFER_AGENT = "transfer_agent"
    TRANSFER_QUEUE = "transfer_queue"
    HAND_BACK = "hand_back"  # to the bot, by the agent
    LEAVE_QUEUE = "leave_queue"  # to the bot, by the customer
    CLOSE = "close"
    REOPEN = "reopen"  # by an agent
    RETURN = "return"  # the customer writes after the end


_TABLE: dict[Step, tuple[frozenset[Owner], Owner]] = {
    Step.HAND_OFF: (frozenset({Owner.BOT, Owner.CLOSED}), Owner.QUEUED),
    Step.TAKE: (frozenset({Owner.BOT, Owner.QUEUED, Owner.AGENT}), Owner.AGENT),
    Step.GIVE_BACK: (frozenset({Owner.AGENT}), Owner.QUEUED),
    Step.TRANSFER_AGENT: (frozenset({Owner.AGENT, Owner.QUEUED}), Owner.AGENT),
    Step.TRANSFER_QUEUE: (frozenset({Owner.AGENT, Owner.QUEUED}), Owner.QUEUED),
    Step.HAND_BACK: (frozenset({Owner.AGENT}), Owner.BOT),
    Step.LEAVE_QUEUE: (frozenset({Owner.QUEUED}), Owner.BOT),
    Step.CLOSE: (frozenset({Owner.BOT, Owner.QUEUED, Owner.AGENT}), Owner.CLOSED),
    Step.REOPEN: (frozenset({Owner.CLOSED}), Owner.AGENT),
    Step.RETURN: (frozenset({Owner.CLOSED}), Owner.BOT),
}


class NotPossibleError(Exception):
    """The conversation is not in a state that allows this step."""

    def __init__(self, step: Step, owner: Owner) -> None:
        super().__init__(f"{self.__doc__} ({step} while {owner})")
        self.step = step
        self.owner = owner


def next_owner(owner: Owner, step: Step) -> Owner:
    """Return who owns the conversation after `step`; raises NotPossibleError."""
    allowed, following = _TABLE[step]
    if owner not in allowed:
        raise NotPossibleError(step, owner)
    return following


def may(owner: Owner, step: Step) -> bool:
    """Say whether `step` is possible now."""
    return owner in _TABLE[step][0]
