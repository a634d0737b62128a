"""How far a review has come, and which changes of state there are."""

from enum import StrEnum


class ReviewState(StrEnum):
    """Where a review stands.

    `quiet` owes no reply; `history` came too late to be answered; `failed` was approved but its
    publishing went wrong and waits for another try; `dismissed` was closed without a reply.
    """

    NEW = "new"
    QUIET = "quiet"
    HISTORY = "history"
    OPEN = "open"
    APPROVED = "approved"
    FAILED = "failed"
    PUBLISHED = "published"
    DISMISSED = "dismissed"


UNANSWERED = frozenset({ReviewState.OPEN, ReviewState.APPROVED, ReviewState.FAILED})
"""A reply is owed and not yet published."""

WRITABLE = frozenset({ReviewState.OPEN, ReviewState.QUIET, ReviewState.DISMISSED})
"""A reply may be written and approved."""


class EventType(StrEnum):
    """What can happen to a review; the first two are those that its clock is measured by."""

    REVIEW_POSTED = "review_posted"
    REPLY_PUBLISHED = "reply_published"
    RECEIVED = "received"
    CHANGED = "changed"
    FOLLOWED_UP = "followed_up"
    JUDGED = "judged"
    CORRECTED = "corrected"
    DRAFTED = "drafted"
    EDITED = "edited"
    APPROVED = "approved"
    UNDONE = "undone"
    EXPORTED = "exported"
    PUBLISHING_FAILED = "publishing_failed"
    SENT_AGAIN = "sent_again"
    DISMISSED = "dismissed"
    REOPENED = "reopened"


class Depth(StrEnum):
    """How thoroughly a review was judged: not yet, fast, with everything, or by a person."""

    NONE = "none"
    FAST = "fast"
    DEEP = "deep"
    PERSON = "person"
