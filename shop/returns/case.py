"""The facts of one return as they are known, and how they are read from a JSON record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

EARLIEST_YEAR, LATEST_YEAR = 2000, 2099

LEGAL_EXCLUSIONS = ("custom_made", "perishable", "digital_unsealed", "periodical")
"""The fields that exclude goods by themselves, 网络购买商品七日无理由退货暂行办法 §6."""


class Platform(StrEnum):
    """Where the order was placed; `house` is the shop's own page."""

    HOUSE = "house"
    TAOBAO = "taobao"
    TMALL = "tmall"
    JD = "jd"
    PDD = "pdd"
    DOUYIN = "douyin"
    KUAISHOU = "kuaishou"


class Category(StrEnum):
    """What kind of goods the item is; decides what intact means."""

    CLOTHING = "clothing"
    SHOES = "shoes"
    BAGS = "bags"
    JEWELRY = "jewelry"
    TOYS = "toys"
    HOME = "home"
    ELECTRONICS = "electronics"
    COSMETICS = "cosmetics"
    FOOD = "food"
    FRESH = "fresh"
    MEDICAL = "medical"
    BOOKS = "books"
    SOFTWARE = "software"
    OTHER = "other"


class ExclusionGround(StrEnum):
    """Why a shop may exclude goods if the buyer confirmed it for that order.

    网络购买商品七日无理由退货暂行办法 §7.
    """

    SAFETY_HEALTH_AFTER_OPENING = "safety_health_after_opening"
    VALUE_DROP_AFTER_ACTIVATION = "value_drop_after_activation"
    DISCLOSED_NEAR_EXPIRY_OR_FLAW = "disclosed_near_expiry_or_flaw"


class Reason(StrEnum):
    """Why the buyer wants to return; `size` is goods as ordered that do not fit."""

    NO_REASON = "no_reason"
    QUALITY = "quality"
    WRONG_ITEM = "wrong_item"
    MISSING = "missing"
    NOT_AS_DESCRIBED = "not_as_described"
    SIZE = "size"
    FAKE = "fake"


class Condition(StrEnum):
    """The worst thing that is known about the state of the goods."""

    INTACT = "intact"
    OPENED_TO_INSPECT = "opened_to_inspect"
    TAG_CUT = "tag_cut"
    INNER_SEAL_BROKEN = "inner_seal_broken"
    ACTIVATED = "activated"
    USED_TRACES = "used_traces"
    STAINED = "stained"


class CaseError(ValueError):
    """A field of a case has a value that no case can have; the message says what it may be."""


@dataclass(frozen=True, kw_only=True)
class ReturnCase:
    """One item that a buyer wants to give back; None means unknown.

    Amounts are fen actually paid: `item_paid_fen` for the item after its share of every discount,
    `order_paid_fen` for the whole order, `shipping_paid_fen` for sending the order to the buyer.
    `exclusion_ground` None means that the shop named no ground. Times are aware; a naive one
    raises CaseError.
    """

    case_id: str | int | None = None
    platform: Platform | None = None
    category: Category | None = None
    custom_made: bool | None = None
    perishable: bool | None = None
    digital_unsealed: bool | None = None
    periodical: bool | None = None
    exclusion_ground: ExclusionGround | None = None
    exclusion_confirmed: bool | None = None
    signed_at: datetime | None = None
    requested_at: datetime | None = None
    reason: Reason | None = None
    condition: Condition | None = None
    item_paid_fen: int | None = None
    order_paid_fen: int | None = None
    shipping_paid_fen: int | None = None

    def __post_init__(self) -> None:
        for name in ("signed_at", "requested_at"):
            moment: datetime | None = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise CaseError(f"{name}: a time needs its offset")


def read_case(record: Mapping[str, Any]) -> ReturnCase:
    """Return the case in a JSON record; a key that is absent or null is unknown, others are left.

    A time without an offset names no moment and counts as unknown. Raises CaseError for a value
    of the wrong type, an unknown code and a time that is none.
    """
    return ReturnCase(
        case_id=_case_id(record),
        platform=_code(record, "platform", Platform),
        category=_code(record, "category", Category),
        custom_made=_flag(record, "custom_made"),
        perishable=_flag(record, "perishable"),
        digital_unsealed=_flag(record, "digital_unsealed"),
        periodical=_flag(record, "periodical"),
        exclusion_ground=_code(record, "exclusion_ground", ExclusionGround),
        exclusion_confirmed=_flag(record, "exclusion_confirmed"),
        signed_at=_moment(record, "signed_at"),
        requested_at=_moment(record, "requested_at"),
        reason=_code(record, "reason", Reason),
        condition=_code(record, "condition", Condition),
        item_paid_fen=_fen(record, "item_paid_fen"),
        order_paid_fen=_fen(record, "order_paid_fen"),
        shipping_paid_fen=_fen(record, "shipping_paid_fen"),
    )


Code = TypeVar("Code", bound=StrEnum)


def _case_id(record: Mapping[str, Any]) -> str | int | None:
    value = record.get("case_id")
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise CaseError("case_id: expected a string")
    return value


def _code(record: Mapping[str, Any], key: str, codes: type[Code]) -> Code | None:
    value = record.get(key)
    if value is None:
        return None
    if isinstance(value, str) and value in [str(code) for code in codes]:
        return codes(value)
    raise CaseError(f"{key}: {value!r} is none of null, {', '.join(codes)}")


def _flag(record: Mapping[str, Any], key: str) -> bool | None:
    value = record.get(key)
    if value is not None and not isinstance(value, bool):
        raise CaseError(f"{key}: {value!r} is none of null, true, false")
    return value


def _fen(record: Mapping[str, Any], key: str) -> int | None:
    value = record.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise CaseError(f"{key}: {value!r} is neither null nor a whole number of fen")
    return value


def _moment(record: Mapping[str, Any], key: str) -> datetime | None:
    value = record.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise CaseError(f"{key}: expected null or an ISO 8601 time with its offset")
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError as error:
        raise CaseError(f"{key}: {value!r} is no ISO 8601 time") from error
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise CaseError(f"{key}: the year {moment.year} cannot be right")
    return moment.astimezone(UTC) if moment.tzinfo else None
