"""What may be said: checks any outgoing text against law and platform rules; pure."""

from compliance.checking import Checker, build_checker, check, get_checker, rewritten
from compliance.platforms import PlatformPolicy, ReplyTerms, load_platforms
from compliance.policy import WordingPolicy, load_wording
from compliance.verdict import Channel, Finding, Outcome, Severity, Verdict

__all__ = [
    "Channel",
    "Checker",
    "Finding",
    "Outcome",
    "PlatformPolicy",
    "ReplyTerms",
    "Severity",
    "Verdict",
    "WordingPolicy",
    "build_checker",
    "check",
    "get_checker",
    "load_platforms",
    "load_wording",
    "rewritten",
]
