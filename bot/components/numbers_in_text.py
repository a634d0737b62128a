"""Order numbers, parcel numbers and phones in whatever form customers write them."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple


class Found(NamedTuple):
    """A number in a line: what it is, its value, where it stands."""

    entity: str
    value: str
    start: int
    end: int


# Times and amounts also look like long numbers; they are blotted out first.
_NO_NUMBER = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]*\d{1,2}:\d{2}(?::\d{2})?)?"
    r"|\d{1,2}:\d{2}(?::\d{2})?|[¥￥]\s*\d+(?:\.\d+)?|\d+\.\d+|\d+\s*(?:元|块|kg|ml|mm|cm|斤)"
)
_TAIL = re.compile(r"(?:尾号|尾数|后四位|末四位|最后四位|后4位|末4位)\D{0,4}(\d{4})(?![\d-])")
_TAIL_AFTER = re.compile(r"(?<![\d\- ])(\d{4})\D{0,3}(?:尾号|结尾)(?!\D{0,4}\d)")
# Four digits by themselves: beside an order number they can only be the phone's.
_ALONE = re.compile(r"(?:^|(?<=[\s,/、;-]))(\d{4})(?=$|[\s,。、;!])")
_PHONE = re.compile(r"(?<![\dA-Za-z])(?:\+?86[ -]?)?(1[3-9]\d(?:[ -]?\d{4}){2})(?!\d)")
_NUMBER = re.compile(r"(?<![\dA-Za-z])[A-Za-z]{0,6}-?\d(?:[ \-_]{0,2}\d){3,63}(?![\dA-Za-z])")
_GROUP = re.compile(r"\S+")
_RUN = re.compile(r"[^\s\-_]+")
_ORDER_BEFORE = re.compile(r"(?:订单|单)(?:编号|号码|号)?\s*(?:是|为)?\s*[::#]?\s*$")
_PARCEL_BEFORE = re.compile(
    r"(?:运单|快递单|物流单|快递|物流|面单)(?:编号|号码|号|单号)?\s*(?:是|为)?\s*[::]?\s*$"
)
_PHONE_BEFORE = re.compile(r"(?:手机|电话|号码)(?:号码|号)?\s*(?:是|为)?\s*[::]?\s*$")
_CARRIER = re.compile(r"^(?:SF|YT|YTO|ZTO|STO|YD|JT|JD[VX]?|JDVB|EMS|DB|DPK|HT)\d", re.IGNORECASE)

# Without a word that says so, fewer digits than this are no order number.
_UNNAMED_DIGITS, _NAMED_DIGITS = 9, 4
# As many digits are a whole order number: four more behind a gap are the phone's tail.
_WHOLE_DIGITS, _TAIL_DIGITS = 10, 4


def find_numbers(text: str) -> list[Found]:
    """Return the numbers of the line in reading order, separators and width folded away.

    11 digits that begin like a mobile are a phone unless the customer calls them an order number;
    four digits after 尾号 or 后四位, or alone beside an order number, are the phone's tail.
    """
    plain = _narrow(text)
    clear = _blot(plain)
    found = list(_phones(clear))
    for hit in found:
        clear = clear[: hit.start] + " " * (hit.end - hit.start - 1) + "。" + clear[hit.end :]
    found.extend(_orders(clear))
    if {hit.entity for hit in found} == {"order_number"}:
        found.extend(_tails_alone(clear, found))
    return sorted(found, key=lambda hit: hit.start)


def _phones(text: str) -> Iterator[Found]:
    for pattern in (_TAIL, _TAIL_AFTER):
        for match in pattern.finditer(text):
            yield Found("phone", match[1], match.start(1), match.end(1))
    for match in _PHONE.finditer(text):
        if not _ORDER_BEFORE.search(text[: match.start()]):
            yield Found("phone", re.sub(r"\D", "", match[1]), match.start(), match.end())


def _tails_alone(text: str, orders: list[Found]) -> list[Found]:
    taken = {place for hit in orders for place in range(hit.start, hit.end)}
    alone = [match for match in _ALONE.finditer(text) if match.start(1) not in taken]
    return [Found("phone", match[1], match.start(1), match.end(1)) for match in alone[:1]]


def _orders(text: str) -> Iterator[Found]:
    for start, end in _spans(text):
        value = re.sub(r"[\s\-_]", "", text[start:end]).upper()
        before = text[:start]
        digits = sum(character.isdigit() for character in value)
        if _PARCEL_BEFORE.search(before) or _CARRIER.match(value):
            if digits >= _UNNAMED_DIGITS:
                yield Found("tracking_number", value, start, end)
        elif _PHONE_BEFORE.search(before):
            continue
        elif digits >= (_NAMED_DIGITS if _ORDER_BEFORE.search(before) else _UNNAMED_DIGITS):
            yield Found("order_number", value, start, end)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a number stands; long numbers side by side are two, short groups are one."""
    for match in _NUMBER.finditer(text):
        runs = list(_RUN.finditer(text, match.start(), match.end()))
        if len(runs) == 2 and len(runs[0][0]) >= _WHOLE_DIGITS and len(runs[1][0]) == _TAIL_DIGITS:
            yield runs[0].span()
            continue
        groups = list(_GROUP.finditer(text, match.start(), match.end()))
        if sum(len(group[0]) >= _UNNAMED_DIGITS for group in groups) > 1:
            yield from (group.span() for group in groups)
        else:
            yield match.span()


def _narrow(text: str) -> str:
    """Fold full-width letters and digits one by one, so that positions stay true."""
    folded = (unicodedata.normalize("NFKC", character) for character in text)
    return "".join(new if len(new) == 1 else old for new, old in zip(folded, text, strict=True))


def _blot(text: str) -> str:
    return _NO_NUMBER.sub(lambda match: "。" * len(match[0]), text)
