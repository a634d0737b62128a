"""Drafts lawful, specific, varied replies to reviews; pure, no database."""

from review_manager.replies.case import (
    Approver,
    Compensation,
    CustomerFacts,
    Draft,
    DraftSet,
    Fault,
    Improvement,
    Promise,
    ReturnRight,
    ReviewCase,
    Severity,
)
from review_manager.replies.compensation import (
    CompensationPolicy,
    load_compensation,
    propose_compensation,
)
from review_manager.replies.drafting import NoDraftError, draft_replies

__all__ = [
    "Approver",
    "Compensation",
    "CompensationPolicy",
    "CustomerFacts",
    "Draft",
    "DraftSet",
    "Fault",
    "Improvement",
    "NoDraftError",
    "Promise",
    "ReturnRight",
    "ReviewCase",
    "Severity",
    "draft_replies",
    "load_compensation",
    "propose_compensation",
]
