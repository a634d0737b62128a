"""Turns the cells of one row into a review, or says why they are none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from review_manager import wording
from review_manager.intake.columns import Field
from review_manager.wording import CHINA

LONGEST_TEXT = 100_000
LONGEST_ID = 80
FUTURE_SLACK = timedelta(minutes=10)
EARLIEST = datetime(2003, 1, 1, tzinfo=UTC)

_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+]?\d+")
_WHOLE = re.compile(r"\d+\.0+")
_AS_FORMULA = re.compile(r'=\s*"(.*)"')
_EXACT_INTEGERS = 10**15
_MOBILE = re.compile(r"(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_STAR_WORDS = {
    "好评": 5, "中评": 3, "差评": 1, "good": 5, "neutral": 3, "normal": 3, "bad": 1, "poor": 1,
    "非常满意": 5, "满意": 4, "一般": 3, "不满意": 2, "非常不满意": 1,
    "五星": 5, "四星": 4, "三星": 3, "二星": 2, "两星": 2, "一星": 1,
}  # fmt: skip
_OTHER_NAMES = {
    "抖音": "douyin", "自营": "house", "官网": "house", "商城": "house", "pinduoduo": "pdd",
}  # fmt: skip
_STARS = re.compile(r"([1-5])(?:\.\d+)?\s*(?:星|分|颗星|stars?|/5)?", re.IGNORECASE)
_PARTS = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[T\s]*(\d{1,2})\s*[:：时点]\s*(\d{1,2})(?:\s*[:：分]\s*(\d{1,2})(?:\.\d+)?)?\s*[秒分]?)?"
)
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?")
_ZONE = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")
_EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=CHINA)
_ADDRESS = re.compile(r"(?:https?:)?//[^\s,;|，；\"'\]\[]+")


class RowError(ValueError):
    """A row that cannot be taken; the message is its reason."""


@dataclass(frozen=True, kw_only=True)
class ReadReview:
    """One review as a file or a program tells it; times are aware, ids are text."""

    line: int
    platform: str
    text: str
    stars: int | None
    posted_at: datetime
    external_id: str | None = None
    order_number: str | None = None
    sku: str | None = None
    product_name: str = ""
    nickname: str = ""
    images: tuple[str, ...] = ()
    follow_up: str = ""
    follow_up_at: datetime | None = None
    first_review_id: str | None = None
    reply: str = ""
    replied_at: datetime | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RowReader:
    """Reads rows under one mapping; `kept` are the headers whose cells are stored as they are."""

    fields: Mapping[Field, str]
    platform: str
    kept: tuple[str, ...]
    now: datetime

    def read(self, cells: Mapping[str, Any], *, line: int) -> ReadReview:
        """Return the review in `cells`; raises RowError."""
        text = self._text(cells, Field.TEXT)
        stars = read_stars(self._cell(cells, Field.STARS))
        if not text and stars is None:
            raise RowError(wording.ROW_EMPTY_REVIEW)
        posted_at = self._time(cells, Field.POSTED_AT) or self.now
        return ReadReview(
            line=line,
            platform=self._platform(cells),
            text=text,
            stars=stars,
            posted_at=posted_at,
            external_id=self._id(cells, Field.REVIEW_ID),
            order_number=self._id(cells, Field.ORDER_NUMBER),
            sku=self._id(cells, Field.SKU),
            product_name=self._text(cells, Field.PRODUCT_NAME)[:200],
            nickname=self._text(cells, Field.NICKNAME)[:80],
            images=read_images(self._cell(cells, Field.IMAGES)),
            follow_up=self._text(cells, Field.FOLLOW_UP),
            follow_up_at=self._follow_up_at(cells, posted_at),
            first_review_id=self._id(cells, Field.FIRST_REVIEW_ID),
            reply=self._text(cells, Field.REPLY),
            replied_at=self._time(cells, Field.REPLIED_AT),
            extra=self._extra(cells),
        )

    def _extra(self, cells: Mapping[str, Any]) -> dict[str, str]:
        """Return the other cells as they are, but for those that reach a person."""
        written = {name: plain(cells.get(name))[:500] for name in self.kept}
        return {name: value for name, value in written.items() if value and not _reaches(value)}

    def _cell(self, cells: Mapping[str, Any], name: Field) -> Any:
        header = self.fields.get(name)
        return None if header is None else cells.get(header)

    def _text(self, cells: Mapping[str, Any], name: Field) -> str:
        text = plain(self._cell(cells, name))
        if len(text) > LONGEST_TEXT:
            raise RowError(wording.ROW_TEXT_TOO_LONG.format(length=len(text), limit=LONGEST_TEXT))
        return text

    def _id(self, cells: Mapping[str, Any], name: Field) -> str | None:
        return read_id(self._cell(cells, name), label=wording.FIELDS[name])

    def _time(self, cells: Mapping[str, Any], name: Field) -> datetime | None:
        return read_time(self._cell(cells, name), label=wording.FIELDS[name], now=self.now)

    def _follow_up_at(self, cells: Mapping[str, Any], posted_at: datetime) -> datetime | None:
        at = self._time(cells, Field.FOLLOW_UP_AT)
        # A day without a clock reads as its midnight, which may lie before the review of that day.
        if at is not None and at.astimezone(CHINA).date() < posted_at.astimezone(CHINA).date():
            raise RowError(wording.ROW_FOLLOW_UP_EARLY)
        return at

    def _platform(self, cells: Mapping[str, Any]) -> str:
        written = plain(self._cell(cells, Field.PLATFORM))
        if not written:
            return self.platform
        found = find_platform(written)
        if found is None:
            known = "、".join(wording.PLATFORMS.values())
            raise RowError(wording.ROW_BAD_PLATFORM.format(value=written[:20], platforms=known))
        return found


def _reaches(cell: str) -> bool:
    """Whether a cell is a mobile number or a mail address and nothing else."""
    return bool(_MOBILE.fullmatch(cell) or _MAIL.fullmatch(cell))


def plain(cell: Any) -> str:
    """Return a cell as text, without control characters and what spreadsheets wrap round it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = _CONTROL.sub("", str(cell)).replace("\r\n", "\n").strip()
    wrapped = _AS_FORMULA.fullmatch(text)
    return (wrapped[1] if wrapped else text).strip()


def read_id(cell: Any, *, label: str) -> str | None:
    """Return an id as text, None for an empty cell; raises RowError where digits were lost."""
    # JSON keeps whole numbers exactly; a spreadsheet's float has only 15 true digits.
    if isinstance(cell, float) and abs(cell) >= _EXACT_INTEGERS:
        raise RowError(wording.ROW_ID_ROUNDED.format(field=label, value=f"{cell:.0f}"))
    text = plain(cell).strip("'\"`\t ")
    if not text:
        return None
    if _SCIENTIFIC.fullmatch(text):
        raise RowError(wording.ROW_ID_SCIENTIFIC.format(field=label, value=text))
    if _WHOLE.fullmatch(text):
        text = text.partition(".")[0]
    if len(text) > LONGEST_ID:
        raise RowError(wording.ROW_ID_TOO_LONG.format(field=label, limit=LONGEST_ID))
    return text


def read_stars(cell: Any) -> int | None:
    """Return 1 to 5, None for an empty cell; raises RowError for anything else."""
    text = plain(cell)
    if not text:
        return None
    if text.lower() in _STAR_WORDS:
        return _STAR_WORDS[text.lower()]
    if set(text) <= {"★", "☆", "⭐", "️"} and 1 <= text.count("★") + text.count("⭐") <= 5:
        return text.count("★") + text.count("⭐")
    match = _STARS.fullmatch(text)
    if match is None:
        raise RowError(wording.ROW_BAD_STARS.format(value=text[:20]))
    return int(match[1])


def read_time(cell: Any, *, label: str, now: datetime) -> datetime | None:
    """Return an aware time, None for an empty cell; times without a zone are China's.

    Raises RowError for what is no time, for the future and for before online shops existed.
    """
    at = _time_of(cell)
    shown = plain(cell)[:40]
    if at is None:
        if not shown:
            return None
        raise RowError(wording.ROW_BAD_DATE.format(field=label, value=shown))
    if at > now + FUTURE_SLACK:
        raise RowError(wording.ROW_FUTURE_DATE.format(field=label, value=shown))
    if at < EARLIEST:
        raise RowError(wording.ROW_OLD_DATE.format(field=label, value=shown))
    return at.astimezone(UTC)


def read_images(cell: Any) -> tuple[str, ...]:
    """Return the addresses in a cell, whatever separates them; at most twenty."""
    text = " ".join(map(str, cell)) if isinstance(cell, list) else plain(cell)
    return tuple(address[:500] for address in _ADDRESS.findall(text)[:20])


def find_platform(written: str) -> str | None:
    """Return the platform that a code or a usual name stands for."""
    lowered = written.strip().lower()
    if lowered in wording.PLATFORMS:
        return lowered
    for code, name in wording.PLATFORMS.items():
        if name in written:
            return code
    return next((code for name, code in _OTHER_NAMES.items() if name in lowered), None)


def _time_of(cell: Any) -> datetime | None:
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=CHINA)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=CHINA)
    text = plain(cell)
    if text.replace(".", "", 1).isdigit():
        return _time_of_number(text)
    match = _PARTS.fullmatch(_ZONE.sub("", text).strip())
    return None if match is None else _built(match.groups(), text)


def _time_of_number(text: str) -> datetime | None:
    """Read 20261120123000, seconds or milliseconds since 1970, and a spreadsheet's day number."""
    packed = _PACKED.fullmatch(text)
    if packed and packed[1][:2] in ("19", "20"):
        return _built(packed.groups(), "")
    number = float(text)
    try:
        if 10**9 <= number < 10**10:
            return datetime.fromtimestamp(number, UTC)
        if 10**12 <= number < 10**13:
            return datetime.fromtimestamp(number / 1000, UTC)
        if 36_000 <= number < 80_000:
            return _EXCEL_EPOCH + timedelta(days=number)
    except (OverflowError, OSError):
        return None
    return None


def _built(parts: tuple[str | None, ...], text: str) -> datetime | None:
    numbers = [int(part or 0) for part in parts]
    try:
        year, month, day, hour, minute, second = numbers
        at = datetime(year, month, day, hour, minute, second, tzinfo=CHINA)
    except ValueError:
        return None
    zone = _ZONE.search(text)
    if zone and ":" in text:
        shift = zone[1].replace("Z", "+0000").replace(":", "")
        return datetime.strptime(f"{at:%Y%m%d%H%M%S}{shift}", "%Y%m%d%H%M%S%z")
    return at
