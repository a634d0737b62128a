"""What a check answers: the verdict on a text and its findings."""

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """Where a text is going."""

    CHAT = "chat"
    REVIEW_REPLY = "review_reply"
    INVITATION = "invitation"
    MARKETING = "marketing"


class Severity(StrEnum):
    """How bad a finding is: a warning may be sent by a person, a block may not."""

    WARN = "warn"
    BLOCK = "block"


class Outcome(StrEnum):
    """The verdict on a whole text: as bad as its worst finding."""

    OK = "ok"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True)
class Finding:
    """One breach: characters [start, end) of the original text and what may stand there instead.

    An empty span (start == end) is a place where `rewrite` is to be inserted.
    """

    rule: str
    source: str
    start: int
    end: int
    severity: Severity
    rewrite: str


@dataclass(frozen=True)
class Verdict:
    """The findings on one text, in the order of the text."""

    findings: tuple[Finding, ...]

    @property
    def outcome(self) -> Outcome:
        """`ok`, `warn` or `block`."""
        if any(finding.severity is Severity.BLOCK for finding in self.findings):
            return Outcome.BLOCK
        return Outcome.WARN if self.findings else Outcome.OK

    @property
    def rules(self) -> frozenset[str]:
        """The names of the rules broken."""
        return frozenset(finding.rule for finding in self.findings)
