"""The review manager's own numbers from data/policies/reviews.yml."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

from pydantic import Field

from policies.files import POLICY_FOLDER, Strict, read_policy

REVIEWS_FILE = POLICY_FOLDER / "reviews.yml"


class ReviewPolicy(Strict):
    """The whole of the file."""

    valid_from: date
    source: str
    answer_within_days: int = Field(ge=1)
    undo_seconds: int = Field(ge=0)
    send_attempts: int = Field(ge=1, le=50)
    send_timeout_seconds: int = Field(ge=1, le=30)
    recent_replies: int = Field(ge=0, le=200)

    @property
    def answer_within(self) -> timedelta:
        """How old a review may be on arrival and still owe a reply."""
        return timedelta(days=self.answer_within_days)

    @property
    def undo_for(self) -> timedelta:
        """How long an approval can be taken back before anything is sent by itself."""
        return timedelta(seconds=self.undo_seconds)

    @property
    def send_timeout(self) -> timedelta:
        """How long one attempt at sending may take."""
        return timedelta(seconds=self.send_timeout_seconds)


@cache
def load_review_policy(file: Path = REVIEWS_FILE) -> ReviewPolicy:
    """Read and validate the file; raises PolicyError naming file and key."""
    return read_policy(file, ReviewPolicy)
