"""Says in Chinese what is wrong with a record, field by field."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from shop.intake import wording
from shop.intake.codes import Kind

MOST_REASONS = 5
Told = Callable[[str, Mapping[str, Any], Any], str]


def reasons_of(error: ValidationError, kind: Kind) -> str:
    """Return the reasons of a failed validation as one line, at most five of them."""
    told = dict.fromkeys(_reason(fault, kind) for fault in error.errors(include_url=False))
    return "；".join(list(told)[:MOST_REASONS])


def label(name: str, kind: Kind | None = None) -> str:
    """Return what a person calls a field, in records of `kind` where one is given."""
    own = wording.FIELDS_OF.get(kind or "", {})
    return own.get(name) or wording.FIELDS.get(name, name)


def _reason(fault: Mapping[str, Any], kind: Kind) -> str:
    place = "".join(wording.NTH.format(place=at + 1) for at in fault["loc"] if isinstance(at, int))
    names = [str(at) for at in fault["loc"] if isinstance(at, str)]
    name = names[-1] if names else "kind"
    if fault["type"] == "missing":
        return place + wording.MISSING.format(field=label(name, kind))
    if fault["type"] == "extra_forbidden":
        return place + wording.UNKNOWN_FIELD.format(field=name[:40])
    field = label(name, kind)
    field = wording.PART_OF.format(whole=place, field=field) if place else field
    tell = _TOLD.get(fault["type"])
    if tell is None:
        return wording.WRONG.format(field=field, why=f"：{fault['msg']}")
    return tell(field, fault.get("ctx", {}), fault.get("input"))


def _limit(text: str, name: str) -> Told:
    return lambda field, context, _value: text.format(field=field, limit=context[name])


def _plain(text: str) -> Told:
    return lambda field, _context, _value: text.format(field=field)


def _too_short(field: str, context: Mapping[str, Any], value: Any) -> str:
    return (
        wording.EMPTY.format(field=field)
        if not value
        else wording.WRONG.format(
            field=field, why=wording.TOO_SHORT.format(limit=context["min_length"])
        )
    )


def _code(field: str, context: Mapping[str, Any], value: Any) -> str:
    codes = str(context["expected"]).replace("'", "").replace(" or ", "、").replace(", ", "、")
    return wording.NOT_A_CODE.format(field=field, value=str(value)[:20], codes=codes)


_TOLD: dict[str, Told] = {
    "string_too_long": _limit(wording.TOO_LONG, "max_length"),
    "too_long": _limit(wording.TOO_MANY, "max_length"),
    "string_too_short": _too_short,
    "too_short": _too_short,
    "string_type": _plain(wording.NOT_TEXT),
    "int_type": _plain(wording.NOT_WHOLE),
    "int_from_float": _plain(wording.NOT_WHOLE),
    "greater_than_equal": _limit(wording.TOO_SMALL, "ge"),
    "less_than_equal": _limit(wording.TOO_LARGE, "le"),
    "bool_type": _plain(wording.NOT_FLAG),
    "enum": _code,
    "value_error": lambda field, context, _value: wording.WRONG.format(
        field=field, why=str(context["error"])
    ),
}
