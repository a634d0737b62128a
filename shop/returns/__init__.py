"""Return rights: one deterministic verdict, the same for the bot, the desk and a review reply."""

from shop.returns.case import (
    Category,
    Condition,
    ExclusionGround,
    Platform,
    Reason,
    ReturnCase,
    read_case,
)
from shop.returns.outcome import Finding, FreightPayer, Right, Verdict
from shop.returns.policy import ReturnPolicy, load_return_policy
from shop.returns.verdict import verdict

__all__ = [
    "Category",
    "Condition",
    "ExclusionGround",
    "Finding",
    "FreightPayer",
    "Platform",
    "Reason",
    "ReturnCase",
    "ReturnPolicy",
    "Right",
    "Verdict",
    "load_return_policy",
    "read_case",
    "verdict",
]
