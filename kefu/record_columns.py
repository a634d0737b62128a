"""Which column of a shop's own table holds what: guessed from the headings, corrected by people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from review_manager.intake.columns import Columns, Field
from review_manager.intake.files import FileError
from shop.intake import wording
from shop.intake.codes import Kind
from shop.intake.reasons import label
from shop.intake.usual import plain_heading, usual_names

NEEDED = {
    Kind.PRODUCT: ("sku",),
    Kind.CUSTOMER: ("customer_id",),
    Kind.ORDER: ("number",),
    Kind.PARCEL: ("carrier", "waybill"),
    Kind.AFTER_SALE: ("number",),
}


@dataclass(frozen=True)
class Layout:
    """What a table holds, and the heading of each field."""

    kind: Kind
    headings: Mapping[str, str]

    def told(self) -> str:
        """Return the layout as a person checks it."""
        pairs = (f"{label(field, self.kind)}←{heading}" for field, heading in self.headings.items())
        return f"{wording.KINDS[self.kind]}：{'，'.join(pairs)}"


def header_names() -> Columns:
    """Return every usual heading, for finding the header row of a table."""
    # The row reader only asks whether it knows a name; which field it means is decided here.
    fields = usual_names().fields
    known = {name: Field.TEXT for by_name in fields.values() for name in by_name}
    return Columns(known, frozenset(), ())


def find_layout(
    headers: Sequence[str], *, kind: Kind | None, corrected: Mapping[str, str]
) -> Layout:
    """Return what the table holds; `corrected` headings by field win over the guess.

    Raises FileError where a correction names nothing, or the table tells no kind.
    """
    for heading in corrected.values():
        if heading not in headers:
            found = "、".join(headers)
            raise FileError(wording.NO_SUCH_HEADING.format(heading=heading, headings=found))
    guesses = [_guess(each, headers, corrected) for each in (Kind if kind is None else [kind])]
    whole = [
        guess for guess in guesses if all(name in guess.headings for name in NEEDED[guess.kind])
    ]
    if not whole:
        raise FileError(_why_none(guesses, headers))
    layout = max(whole, key=lambda guess: (len(guess.headings), list(Kind).index(guess.kind)))
    _check_fields(layout, corrected)
    return layout


def _guess(kind: Kind, headers: Sequence[str], corrected: Mapping[str, str]) -> Layout:
    known = usual_names().fields[kind]
    plain: dict[str, str] = {}
    for header in headers:
        plain.setdefault(plain_heading(header), header)
    found = {field: heading for field, heading in corrected.items() if field in set(known.values())}
    for name, field in known.items():
        if name in plain and field not in found and plain[name] not in found.values():
            found[field] = plain[name]
    return Layout(kind, found)


def _check_fields(layout: Layout, corrected: Mapping[str, str]) -> None:
    fields = dict.fromkeys(usual_names().fields[layout.kind].values())
    for field in corrected:
        if field not in fields:
            raise FileError(wording.NO_SUCH_FIELD.format(field=field, fields="、".join(fields)))


def _why_none(guesses: Sequence[Layout], headers: Sequence[str]) -> str:
    found = "、".join(headers)
    if len(guesses) > 1:
        return wording.NO_KIND_OF_TABLE.format(headings=found)
    (guess,) = guesses
    lacking = "、".join(
        label(name, guess.kind) for name in NEEDED[guess.kind] if name not in guess.headings
    )
    return wording.NO_KEY_COLUMN.format(
        kind=wording.KINDS[guess.kind], fields=lacking, headings=found
    )
