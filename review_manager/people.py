"""Who acts on reviews, and what can stand in their way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class NoSuchReviewError(LookupError):
    """There is no review of this id."""


class ConflictError(RuntimeError):
    """Somebody else changed or answered the review; the message says who and how it stands now."""


class RefusedError(ValueError):
    """The reply may not be approved as it is; the message says what to change."""

    def __init__(self, message: str, findings: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(message)
        self.findings = list(findings)


class NotYoursError(PermissionError):
    """Another role has to approve this; the message says which."""


@dataclass(frozen=True)
class Actor:
    """Who acts: a member of staff, the rank up to which they approve, and sensitive replies."""

    id: str
    name: str
    rank: int
    sensitive: bool

    @property
    def label(self) -> str:
        """How the audit log names them."""
        return f"staff:{self.name}"
