"""The codes that records use, beside those of orders and return rights."""

from enum import StrEnum


class Kind(StrEnum):
    """What a record is about; each refers only to those before it."""

    PRODUCT = "product"
    CUSTOMER = "customer"
    ORDER = "order"
    PARCEL = "parcel"
    AFTER_SALE = "after_sale"


class Gender(StrEnum):
    """A customer's gender, where she told it."""

    FEMALE = "female"
    MALE = "male"


class Direction(StrEnum):
    """Which way a parcel goes."""

    OUTBOUND = "outbound"
    RETURN = "return"
    REPLACEMENT = "replacement"


class ParcelStatus(StrEnum):
    """Where a parcel stands."""

    AWAITING_PICKUP = "awaiting_pickup"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    EXCEPTION = "exception"
    SIGNED = "signed"
    RETURNED = "returned"


class EventKind(StrEnum):
    """What a line of a carrier's trace says."""

    ACCEPTED = "accepted"
    PICKED_UP = "picked_up"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    TRANSIT = "transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    EXCEPTION = "exception"
    SIGNED = "signed"
    RETURNED = "returned"


class AfterSaleReason(StrEnum):
    """Why a customer asks: the reasons that decide about returns, and what only people weigh."""

    NO_REASON = "no_reason"
    QUALITY = "quality"
    WRONG_ITEM = "wrong_item"
    MISSING = "missing"
    NOT_AS_DESCRIBED = "not_as_described"
    SIZE = "size"
    FAKE = "fake"
    LATE = "late"
    AGENT_DECISION = "agent_decision"


class Payer(StrEnum):
    """Who pays for sending goods back."""

    BUYER = "buyer"
    SELLER = "seller"
