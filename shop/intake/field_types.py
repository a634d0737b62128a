"""The types that fields of records share: texts, money, moments, phone numbers."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, Strict, StringConstraints, ValidationInfo

from shop.days import CHINA
from shop.intake import wording

FUTURE_SLACK = timedelta(minutes=10)
"""How far ahead of ours the clock of a shop's own system may be."""

EARLIEST = datetime(2003, 1, 1, tzinfo=UTC)
MOST_FEN = 10**11
NOW = "now"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_PHONE = re.compile(r"\+?[\d*][\d* \-#,转]{3,28}")
_BIRTHDAY = re.compile(r"(?:\d{4}[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")


def clean(value: Any) -> Any:
    """Return a text without control characters and half characters; what is none, as it is."""
    return _CONTROL.sub("", value).strip() if isinstance(value, str) else value


def _text(most: int, *, least: int = 0) -> Any:
    return Annotated[
        str, StringConstraints(min_length=least, max_length=most), BeforeValidator(clean)
    ]


def read_moment(value: Any, info: ValidationInfo) -> Any:
    """Return an aware UTC time from ISO 8601; without a zone it is China's.

    `now` in the validation context bounds the future; raises ValueError for what is no time.
    """
    if value is None:
        return None
    shown = str(value)[:40]
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(clean(value))
        at = (at if at.tzinfo else at.replace(tzinfo=CHINA)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        raise ValueError(wording.BAD_TIME.format(value=shown)) from None
    context: Mapping[str, Any] = info.context or {}
    if NOW in context and at > context[NOW] + FUTURE_SLACK:
        raise ValueError(wording.FUTURE_TIME.format(value=shown))
    if at < EARLIEST:
        raise ValueError(wording.OLD_TIME.format(value=shown))
    return at


def read_phone(value: Any) -> Any:
    """Return a phone number, masked ones too; a mainland mobile number as its eleven digits."""
    if not isinstance(value, str):
        return value
    plain = clean(value)
    if plain and not _PHONE.fullmatch(plain):
        raise ValueError(wording.BAD_PHONE.format(value=plain[:20]))
    digits = re.sub(r"^(?:\+?86|0086)(?=1\d{10}$)", "", re.sub(r"[ \-]", "", plain))
    return digits if re.fullmatch(r"1\d{10}", digits) else plain


def read_birthday(value: Any) -> Any:
    """Return a birthday as MM-DD; no year is kept."""
    if not isinstance(value, str):
        return value
    match = _BIRTHDAY.fullmatch(clean(value).split(" ")[0].split("T")[0])
    try:
        # 2000 is a leap year: the 29th of February is a birthday.
        return (
            f"{datetime(2000, int(match[1]), int(match[2]), tzinfo=UTC):%m-%d}"
            if match
            else _no(value)
        )
    except ValueError:
        return _no(value)


def read_options(value: Any) -> Any:
    """Return what can be chosen as `name:a/b/c;name:...`, full-width signs made half-width."""
    if not isinstance(value, str):
        return value
    plain = clean(value).replace("：", ":").replace("；", ";").replace("、", "/").strip(";")
    if plain and not all(re.fullmatch(r"[^:;]+:[^:;]+", part) for part in plain.split(";")):
        raise ValueError(wording.BAD_OPTIONS)
    return plain


def read_order_number(value: Any) -> Any:
    """Return an order number as the platform spells it; one without any digit is refused."""
    plain = clean(value)
    if isinstance(plain, str) and plain and not any(sign.isdigit() for sign in plain):
        raise ValueError(wording.BAD_NUMBER.format(value=plain[:20]))
    return plain


def _no(value: Any) -> str:
    raise ValueError(wording.BAD_BIRTHDAY.format(value=str(value)[:20]))


Key20 = _text(20, least=1)
Key36 = _text(36, least=1)
Key40 = _text(40, least=1)
Text20, Text40, Text60, Text80 = _text(20), _text(40), _text(60), _text(80)
Text500, Text2000 = _text(500), _text(2000)
Text120 = _text(120)
Name120 = _text(120, least=1)
Text8000 = _text(8000)
OrderNumber = Annotated[
    str, StringConstraints(min_length=4, max_length=40), BeforeValidator(read_order_number)
]
Fen = Annotated[int, Strict(), Field(ge=0, le=MOST_FEN)]
Count = Annotated[int, Strict(), Field(ge=1, le=100_000)]
Stock = Annotated[int, Strict(), Field(ge=0, le=100_000_000)]
Months = Annotated[int, Strict(), Field(ge=0, le=600)]
Flag = Annotated[bool, Strict()]
Moment = Annotated[datetime, BeforeValidator(read_moment)]
Phone = Annotated[str, StringConstraints(max_length=30), BeforeValidator(read_phone)]
Birthday = Annotated[str, BeforeValidator(read_birthday)]
Options = Annotated[str, StringConstraints(max_length=2000), BeforeValidator(read_options)]
