"""What may be said: checks any outgoing text against law and platform rules; pure."""

from compliance.checking import build_checker, check, get_checker, rewritten
from compliance.policy import PolicyError, WordingPolicy, load_wording
from compliance.verdict import Channel, Finding, Outcome, Severity, Verdict

__all__ = [
    "Channel",
    "Finding",
    "Outcome",
    "PolicyError",
    "Severity",
    "Verdict",
    "WordingPolicy",
    "build_checker",
    "check",
    "get_checker",
    "load_wording",
    "rewritten",
]
