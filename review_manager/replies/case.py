"""What a draft is made from and what it is: the review, the customer's facts, the drafts."""

from dataclasses import dataclass
from enum import StrEnum

from review_manager.analysis.findings import Analysis, Aspect


class Fault(StrEnum):
    """Who is answerable for the trouble, as far as the facts show."""

    SELLER = "seller"
    CARRIER = "carrier"
    BUYER = "buyer"
    UNKNOWN = "unknown"


class ReturnRight(StrEnum):
    """What the return engine says about this order; the values are those of the engine."""

    GRANTED = "granted"
    REFUSED = "refused"
    CHECK = "check"


class Severity(StrEnum):
    """How much went wrong for the customer."""

    MINOR = "minor"
    MODERATE = "moderate"
    SEVERE = "severe"


class Approver(StrEnum):
    """Who must approve a draft."""

    AGENT = "agent"
    LEAD = "lead"
    MANAGER = "manager"


@dataclass(frozen=True)
class ReviewCase:
    """One analysed review; `platform` is a key of data/policies/platforms.yml.

    `edible` is None where it is not known; where it is False, a complaint about taste is one about
    the smell. `worn` tells whether there are sizes to exchange. `text` are the customer's words.
    """

    review_id: str
    platform: str
    product_name: str
    stars: int | None
    analysis: Analysis
    edible: bool | None = None
    worn: bool = False
    text: str = ""


@dataclass(frozen=True)
class CustomerFacts:
    """What the shop knows about customer and order; unknown facts are None.

    `tier` is a name of the member rules; amounts are integer fen; `address` is how to speak to the
    customer in private; `order_number` and `refund_fen` appear in private only.
    """

    tier: str | None = None
    order_value_fen: int | None = None
    earlier_complaints: int = 0
    fault: Fault = Fault.UNKNOWN
    return_right: ReturnRight | None = None
    seller_pays_freight: bool | None = None
    refund_fen: int | None = None
    address: str | None = None
    order_number: str | None = None


@dataclass(frozen=True)
class Compensation:
    """What is offered: the remedy by name, the coupon in fen, who approves it, and why."""

    remedy: str
    coupon_fen: int
    approver: Approver
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Promise:
    """Something that a reply promises: what, and within how many hours after publishing."""

    text: str
    due_hours: int


@dataclass(frozen=True)
class Improvement:
    """What somebody will mend, for the improvement list of product x aspect."""

    aspect: Aspect | None
    owner: str
    plan: str


@dataclass(frozen=True)
class Draft:
    """One public reply with what it commits the shop to; `likeness` (0-1) to the nearest reply."""

    text: str
    likeness: float
    promises: tuple[Promise, ...]
    improvement: Improvement | None


@dataclass(frozen=True)
class DraftSet:
    """Three public variants and the private message to the customer."""

    variants: tuple[Draft, ...]
    private: str
    severity: Severity
    compensation: Compensation | None
    approver: Approver
