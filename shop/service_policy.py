"""What the shop promises about its service, from data/policies/service.yml."""

from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import Field, PositiveInt

from policies.files import POLICY_FOLDER, Strict, read_policy

SERVICE_FILE = POLICY_FOLDER / "service.yml"
OTHER_PAYMENTS = "other"


class RequestKind(StrEnum):
    """What the shop can be asked to do about an order."""

    URGE_SHIPPING = "urge_shipping"
    HOLD_SHIPPING = "hold_shipping"
    CANCEL = "cancel"
    INTERCEPT = "intercept"
    URGE_CARRIER = "urge_carrier"
    FIND_PARCEL = "find_parcel"
    RESCHEDULE = "reschedule"
    CHANGE_ADDRESS = "change_address"
    REDIRECT = "redirect"
    RESEND = "resend"
    REPAIR = "repair"
    PRICE_PROTECTION = "price_protection"
    INVOICE = "invoice"
    CHANGE_INVOICE = "change_invoice"


class ShippingTerms(Strict):
    """When orders go out, with whom, and what that costs (yuan)."""

    ship_within_hours: PositiveInt
    free_from_yuan: PositiveInt
    fee_yuan: PositiveInt
    far_fee_yuan: PositiveInt
    far_regions: tuple[str, ...]
    carriers: tuple[str, ...] = Field(min_length=1)
    usual_days: tuple[PositiveInt, PositiveInt]

    @property
    def ship_within(self) -> timedelta:
        """How long after payment an order goes out at the latest."""
        return timedelta(hours=self.ship_within_hours)


class ReturnTerms(Strict):
    """Where returned goods go, and how long an approved request waits for them."""

    receiver: str = Field(min_length=1)
    phone: str = Field(min_length=1)
    address: str = Field(min_length=1)
    send_back_days: PositiveInt


class InvoiceTerms(Strict):
    """Which invoices the assistant takes orders for, and until when after an order."""

    kinds: tuple[str, ...] = Field(min_length=1)
    ask_within_days: PositiveInt
    rate_free: bool


class WarrantyTerms(Strict):
    """What the shop's warranty rests on and what it leaves out."""

    source: str = Field(min_length=1)
    not_covered: tuple[str, ...]


class ServicePolicy(Strict):
    """All service promises of the shop."""

    valid_from: date
    source: str = Field(min_length=1)
    shipping: ShippingTerms
    requests: dict[RequestKind, PositiveInt]
    returns: ReturnTerms
    refund_arrival_days: dict[str, PositiveInt]
    invoices: InvoiceTerms
    warranty: WarrantyTerms
    payments: tuple[str, ...] = Field(min_length=1)

    def due_within(self, kind: RequestKind) -> timedelta:
        """Return how soon a request of this kind is answered."""
        return timedelta(hours=self.requests[kind])

    def arrival_days(self, payment_method: str) -> int:
        """Return in how many working days a refund shows up on what was paid with."""
        by_method = self.refund_arrival_days
        return by_method.get(payment_method, by_method[OTHER_PAYMENTS])


def load_service_policy(path: Path = SERVICE_FILE) -> ServicePolicy:
    """Return the service promises in `path`; raise PolicyError naming file and key."""
    return read_policy(path, ServicePolicy)


@cache
def service_policy() -> ServicePolicy:
    """Return the shipped promises, read once."""
    return load_service_policy()
