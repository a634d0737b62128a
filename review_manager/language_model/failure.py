"""Why a model did not write a text; the reason is stored with the draft."""

from datetime import datetime
from enum import StrEnum


class Why(StrEnum):
    """The reasons for which the template's text stands."""

    GRAVE = "grave_matter"
    PERSONAL_DATA = "personal_data"
    NOTHING_TO_WRITE = "nothing_to_write"
    BUDGET = "budget_spent"
    BREAKER = "breaker_open"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    KEY_REFUSED = "key_refused"
    REQUEST_REFUSED = "request_refused"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    BROKEN_ANSWER = "broken_answer"
    EMPTY_ANSWER = "empty_answer"
    CUT_SHORT = "cut_short"
    FILTERED = "filtered"
    TOO_LARGE = "too_large"
    PLACEHOLDERS = "placeholders"
    INVENTED = "invented"
    COMMITS = "commits"
    CLAIMS = "claims"
    BLAMES = "blames"
    RUDE = "rude"
    COPIES_REVIEW = "copies_review"
    INCOMPLETE = "incomplete"
    NOT_PROSE = "not_prose"
    LENGTH = "length"
    WORDING_RULES = "wording_rules"
    ALIKE = "alike"
    UNCHANGED = "unchanged"


OF_THE_CALL = frozenset(
    {
        *(Why.TIMEOUT, Why.UNREACHABLE, Why.KEY_REFUSED, Why.REQUEST_REFUSED, Why.RATE_LIMITED),
        *(Why.SERVER_ERROR, Why.BROKEN_ANSWER, Why.TOO_LARGE),
    }
)
"""Failures of the call itself: their details hold no words of customer or model."""


class NoWordingError(Exception):
    """The model gave no text that may be used; `why` is recorded, `detail` is for the log."""

    def __init__(self, why: Why, detail: str = "", *, retry_at: datetime | None = None) -> None:
        super().__init__(f"{why}: {detail}" if detail else str(why))
        self.why = why
        self.detail = detail
        self.retry_at = retry_at
