"""What each platform allows a review reply to be: its length, its time window, its finality."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from policies.files import PolicyError, Strict, read_policy

PLATFORMS_FILE = Path(__file__).parent.parent / "data" / "policies" / "platforms.yml"


class ReplyTerms(Strict):
    """The terms of one platform; `window_days` is None where a reply is always possible."""

    name: str
    max_characters: int = Field(ge=1)
    window_days: int | None = Field(ge=1)
    after_followup: bool
    editable: bool
    source: str
    confidence: Literal["primary", "secondary", "general"]

    def last_moment(self, reviewed_at: datetime) -> datetime | None:
        """Until when the review written at `reviewed_at` may be answered."""
        return None if self.window_days is None else reviewed_at + timedelta(days=self.window_days)

    def may_reply(self, reviewed_at: datetime, *, now: datetime, followed_up: bool = False) -> bool:
        """Whether the platform still takes a reply at `now`."""
        last = self.last_moment(reviewed_at)
        return (last is None or now <= last) and (self.after_followup or not followed_up)


class PlatformPolicy(Strict):
    """The whole of a platforms file."""

    valid_from: date
    source: str
    platforms: Mapping[str, ReplyTerms]

    def get_terms(self, platform: str) -> ReplyTerms:
        """The terms of `platform`; raises PolicyError for one that the file does not know."""
        terms = self.platforms.get(platform)
        if terms is None:
            raise PolicyError(f"no platform {platform!r}; known: {', '.join(self.platforms)}")
        return terms


@cache
def load_platforms(file: Path = PLATFORMS_FILE) -> PlatformPolicy:
    """Read and validate a platforms file; raises PolicyError naming file and key."""
    return read_policy(file, PlatformPolicy)
