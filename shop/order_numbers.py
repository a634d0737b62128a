"""Reads order numbers in the forms in which people paste them.

Two spellings are the same order if their `canonical` forms are equal; what is stored may keep the
platform's own spelling.
"""

import re
import unicodedata
from collections.abc import Iterator

SHORTEST, LONGEST = 8, 32

# Groups joined by dashes, dots, underscores or slashes, as platforms write them.
_CANDIDATE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{0,4}\d(?:[\-._/]?[A-Za-z0-9])*(?![A-Za-z0-9])")
# Groups that people make with spaces are short; a long one beside a space is a number by itself.
_SPACED = re.compile(r"(?<![A-Za-z0-9.\-])\d{2,6}(?: \d{1,6}){1,7}(?![A-Za-z0-9.\-])")
_JOINERS = re.compile(r"[\s\-._/#]+")
_LABEL = re.compile(
    r"^\W*(?:我的)?(?:淘宝|天猫|京东|拼多多|抖音|抖店|快手)?(?:订单编号|订单号码|订单号|订单|单号|编号|"
    r"order\s*(?:no|number|id)?|no)\W*(?:是|为)?\W*",
    re.IGNORECASE,
)
_NOT_ORDERS = (
    re.compile(r"(?:86)?1[3-9]\d{9}"),  # a mobile number
    re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"),  # a date
)
_LOOSE_TAIL = re.compile(r"(?<!\d)(?:1[3-9]\d{5})?(\d{4})(?!\d)")
_LACKS = re.compile(
    r"(?:没有?|找不到|不知道|不记得|忘了?|没记|查不到|看不到).{0,4}(?:订单|单)?号|^没有?(?:[了啊呀呢吧]|订单)?$|"
    r"(?:订单|单)号.{0,4}(?:在哪|哪里|哪儿|怎么|咋|没|忘|不知道|不记得|找不到|是什么|是啥)|"
    r"(?:手机号?|电话|名字|姓名).{0,3}(?:可以|行|能|查)"
)
_TAIL = re.compile(r"(?:尾号|后四位|末四位|最后四位)\D{0,3}(\d{4})(?!\d)")


def canonical(pasted: str) -> str:
    """Return the one spelling of a pasted order number: upper-case letters and digits only.

    Full-width characters, spaces, dashes, invisible characters and a label before it (订单号：)
    do not count. Text that is no single number gives an empty string.
    """
    kept = _JOINERS.sub(
        "", _LABEL.sub("", plain(pasted)).strip("。，,;；:：!！?？()（）[]【】\"'“”")
    )
    is_number = kept.isascii() and kept.isalnum() and any(c.isdigit() for c in kept)
    return kept.upper() if is_number and len(kept) <= LONGEST else ""


def find_order_numbers(text: str) -> list[str]:
    """Return the canonical order numbers in a sentence, in order, each once.

    Mobile numbers, dates and numbers too short or too long are left out, and so is a masked one:
    half a number is no number.
    """
    return list(dict.fromkeys(_candidates(plain(text))))


def lacks_order_number(text: str) -> bool:
    """Say whether somebody has no order number, or does not know where it stands."""
    return _LACKS.search(plain(text).strip()) is not None


def find_tail(text: str) -> str | None:
    """Return the last four digits that somebody names (尾号1234), None if nobody does."""
    match = _TAIL.search(plain(text))
    return match[1] if match else None


def find_loose_tail(text: str, number: str) -> str | None:
    """Return four digits that stand by themselves beside an order number, or the end of a phone."""
    rest = plain(text)
    for found in re.findall(r"[A-Za-z]{0,4}\d(?:[\-._/]?[A-Za-z0-9])*", rest):
        if canonical(found) == number:
            rest = rest.replace(found, " ", 1)
    match = _LOOSE_TAIL.search(rest)
    return match[1] if match else None


def plain(text: str) -> str:
    """Return text in half-width characters, without marks, controls and invisible characters."""
    folded = unicodedata.normalize("NFKC", text).replace("－", "-").replace("—", "-")
    hidden = {"Cf", "Mn", "Me", "Cc"}
    return "".join(c for c in folded if c.isspace() or unicodedata.category(c) not in hidden)


def _candidates(text: str) -> Iterator[str]:
    joined = _SPACED.sub(lambda match: match[0].replace(" ", ""), text)
    for match in _CANDIDATE.finditer(joined):
        before, after = joined[: match.start()][-1:], joined[match.end() :][:1]
        if "*" in (before, after):
            continue
        number = canonical(match[0])
        digits = sum(c.isdigit() for c in number)
        if digits >= SHORTEST and len(number) <= LONGEST and not _is_something_else(number):
            yield number


def _is_something_else(number: str) -> bool:
    return any(pattern.fullmatch(number) for pattern in _NOT_ORDERS)
