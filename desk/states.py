"""The desk's vocabulary: who owns a conversation, who speaks, why a human was asked for."""

from enum import StrEnum


class Owner(StrEnum):
    """Who may speak to the customer now."""

    BOT = "bot"
    QUEUED = "queued"
    AGENT = "agent"
    CLOSED = "closed"


class Sender(StrEnum):
    """Who said a message."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Kind(StrEnum):
    """What a message is made of."""

    TEXT = "text"
    IMAGE = "image"
    BUTTON = "button"


class HandoffReason(StrEnum):
    """Why a conversation needs a human."""

    ASKED_HUMAN = "asked_human"
    COMPLAINT = "complaint"
    SAFETY = "safety"
    LEGAL_THREAT = "legal_threat"
    REPEATED_FAILURE = "repeated_failure"
    POLICY_EXCEPTION = "policy_exception"
    HIGH_VALUE = "high_value"
    BOT_UNAVAILABLE = "bot_unavailable"


class CloseReason(StrEnum):
    """How a conversation ended."""

    SOLVED = "solved"
    PROMISED = "promised"
    CUSTOMER_LEFT = "customer_left"
    DUPLICATE = "duplicate"
    SPAM = "spam"


class AgentStatus(StrEnum):
    """How an agent who is at the desk wants work: by itself, by hand, or not now."""

    ACCEPTING = "accepting"
    MANUAL = "manual"
    AWAY = "away"
