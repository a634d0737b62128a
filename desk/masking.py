"""Hides personal data in chat text from everybody who did not ask for it with a reason."""

import re
from collections.abc import Callable

_EDGE = r"(?<![0-9A-Za-z])"
_END = r"(?![0-9A-Za-z])"
_PHONE = re.compile(rf"{_EDGE}(?:\+?86[- ]?)?(1[3-9]\d)([- ]?)(\d{{4}})\2(\d{{4}}){_END}")
_LANDLINE = re.compile(rf"{_EDGE}(0\d{{2,3}}-?)(\d{{3,4}})(\d{{4}}){_END}")
_IDENTITY = re.compile(rf"{_EDGE}(\d{{6}})(\d{{8}})(\d{{3}}[0-9Xx]){_END}")
_CARD = re.compile(rf"{_EDGE}(?:\d[ -]?){{15,18}}\d{_END}")
_EMAIL = re.compile(r"(?<![\w.+-])([\w+-])[\w.+-]*(@[\w-]+(?:\.[\w-]+)+)", re.ASCII)
# Whatever is hidden holds an @, or ten digits with at most a blank or dash between any two.
_LONG_NUMBER = re.compile(r"\d[\d -]{8,}\d")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def mask(text: str) -> str:
    """Return the text with phone, identity and bank card numbers and e-mail addresses masked."""
    if not _may_hide(text):
        return text
    plain = text.translate(_FULL_WIDTH)
    masked = plain
    for pattern, hide in _RULES:
        masked = pattern.sub(hide, masked)
    return text if masked == plain else masked


def _may_hide(text: str) -> bool:
    return "@" in text or _LONG_NUMBER.search(text) is not None


def mask_phone(phone: str) -> str:
    """Return a phone number with its middle hidden: 138****5678."""
    digits = re.sub(r"\D", "", phone)[-11:]
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else "****"


def mask_name(name: str) -> str:
    """Return a name of which only the first character is shown: 王**."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def _phone(match: re.Match[str]) -> str:
    return f"{match[1]}****{match[4]}"


def _landline(match: re.Match[str]) -> str:
    return f"{match[1]}****{match[3]}"


def _identity(match: re.Match[str]) -> str:
    return f"{match[1]}********{match[3][-4:]}" if _is_identity(match[0]) else match[0]


def _card(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return f"{digits[:4]} **** {digits[-4:]}" if _passes_luhn(digits) else match[0]


def _email(match: re.Match[str]) -> str:
    return f"{match[1]}***{match[2]}"


def _is_identity(number: str) -> bool:
    """Check the last digit as GB 11643-1999 computes it."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[-1].upper()


def _passes_luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 if index % 2 else 1) for index, digit in enumerate(digits[::-1])]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_IDENTITY, _identity),
    (_PHONE, _phone),
    (_CARD, _card),
    (_LANDLINE, _landline),
    (_EMAIL, _email),
)
