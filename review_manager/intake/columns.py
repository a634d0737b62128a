"""Which column holds what: guessed from header names, corrected by people, kept as a profile."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field as Checked

from policies.files import Strict, read_policy
from review_manager import wording
from review_manager.intake.files import FileError

COLUMNS_FILE = Path(__file__).parents[2] / "data" / "reviews" / "columns.yml"
_ENOUGH_HEADERS = 3
_CLEAR = 3
_TALKS, _TALKS_A_LITTLE = 8.0, 4.0
_CHINESE = re.compile("[\u4e00-\u9fff]")
_NOISE = re.compile(r"[\s_\-（）()\[\]【】:：*\"'=]+")


class Field(StrEnum):
    """What a column can hold."""

    TEXT = "text"
    STARS = "stars"
    REVIEW_ID = "review_id"
    PLATFORM = "platform"
    POSTED_AT = "posted_at"
    ORDER_NUMBER = "order_number"
    SKU = "sku"
    PRODUCT_NAME = "product_name"
    NICKNAME = "nickname"
    IMAGES = "images"
    FOLLOW_UP = "follow_up"
    FOLLOW_UP_AT = "follow_up_at"
    FIRST_REVIEW_ID = "first_review_id"
    REPLY = "reply"
    REPLIED_AT = "replied_at"


class Profile(Strict):
    """A layout of columns as it was seen somewhere, or as the shop saved it."""

    name: str
    platform: str
    seen_in: str
    columns: Mapping[str, Field]


class ColumnsFile(Strict):
    """data/reviews/columns.yml."""

    valid_from: date
    source: str
    synonyms: Mapping[Field, tuple[str, ...]]
    private: tuple[str, ...]
    profiles: tuple[Profile, ...] = Checked(min_length=1)


@dataclass(frozen=True)
class ColumnMap:
    """Which header holds which field; `profile` is the layout it was recognised as, if any."""

    fields: dict[Field, str]
    platform: str | None = None
    profile: Profile | None = None

    def as_record(self) -> dict[str, str]:
        """Return header names by field, as they are stored."""
        return {str(field): header for field, header in self.fields.items()}


@dataclass(frozen=True)
class Columns:
    """The known names of columns and the layouts, the shop's own first."""

    by_name: Mapping[str, Field]
    private: frozenset[str]
    profiles: tuple[Profile, ...]

    def known(self, headers: Iterable[str]) -> int:
        """Count the headers whose name is known."""
        return sum(plain_header(header) in self.by_name for header in headers)

    def is_private(self, header: str) -> bool:
        """Whether a column of this name holds personal data that is not to be stored.

        A name that says more than a known one (买家手机, 收件人电话) is meant as well: it ends with
        it, or begins with one long enough to mean nothing else (收货人信息, but not 手机型号).
        """
        name = plain_header(header)
        if name in self.private or name in self.by_name:
            return name in self.private
        return any(
            name.endswith(known) or (len(known) >= _CLEAR and name.startswith(known))
            for known in self.private
        )

    def guess(self, headers: Sequence[str], samples: Sequence[Mapping[str, Any]] = ()) -> ColumnMap:
        """Guess the mapping: a layout whose columns are all there, else name by name."""
        profile = self._find_profile(headers)
        fields: dict[Field, str] = {}
        names = {plain_header(header): header for header in headers}
        if profile:
            for header, field in profile.columns.items():
                if plain_header(header) in names:
                    fields[field] = names[plain_header(header)]
        for field, header in self._by_synonym(headers):
            if field not in fields and header not in fields.values():
                fields[field] = header
        if Field.TEXT not in fields:
            taken = {*fields.values(), *filter(self.is_private, headers)}
            talkative = _find_text_column(headers, samples, taken=taken)
            if talkative:
                fields[Field.TEXT] = talkative
        return ColumnMap(fields, profile.platform if profile else None, profile)

    def _by_synonym(self, headers: Sequence[str]) -> Iterable[tuple[Field, str]]:
        """Yield fields with their header, the better synonym (earlier in the file) first."""
        places = {name: place for place, name in enumerate(self.by_name)}
        found = [header for header in headers if plain_header(header) in self.by_name]
        found.sort(key=lambda header: places[plain_header(header)])
        return [(self.by_name[plain_header(header)], header) for header in found]

    def _find_profile(self, headers: Sequence[str]) -> Profile | None:
        names = {plain_header(header) for header in headers}

        def share(profile: Profile) -> float:
            hits = sum(plain_header(header) in names for header in profile.columns)
            return hits / len(profile.columns) if hits >= _ENOUGH_HEADERS else 0.0

        best = max(self.profiles, key=share, default=None)
        return best if best and share(best) == 1.0 else None


def plain_header(header: str) -> str:
    """Return a header without case, spaces and brackets, for comparing."""
    return _NOISE.sub("", str(header)).lower()


@cache
def load_columns(file: Path = COLUMNS_FILE) -> Columns:
    """Read the shipped names and layouts; raises PolicyError naming file and key."""
    return _columns(read_policy(file, ColumnsFile), ())


def with_profiles(columns: Columns, own: Sequence[Profile]) -> Columns:
    """Put the shop's own layouts before the shipped ones."""
    return Columns(columns.by_name, columns.private, (*own, *columns.profiles))


def check_mapping(fields: Mapping[str, str], headers: Sequence[str]) -> dict[Field, str]:
    """Check a mapping chosen by a person; raises FileError for unknown names or no text."""
    checked: dict[Field, str] = {}
    for name, header in fields.items():
        if name not in set(Field):
            known = "、".join(Field)
            raise FileError(wording.UNKNOWN_FIELD.format(field=name, fields=known))
        if header not in headers:
            found = "、".join(headers)
            raise FileError(wording.UNKNOWN_COLUMN.format(column=header, columns=found))
        checked[Field(name)] = header
    if Field.TEXT not in checked:
        raise FileError(wording.NO_TEXT_COLUMN.format(columns="、".join(headers)))
    return checked


def _columns(content: ColumnsFile, own: tuple[Profile, ...]) -> Columns:
    names = {
        plain_header(name): field for field, known in content.synonyms.items() for name in known
    }
    private = frozenset(plain_header(name) for name in content.private)
    return Columns(names, private, (*own, *content.profiles))


def _find_text_column(
    headers: Sequence[str], samples: Sequence[Mapping[str, Any]], *, taken: set[str]
) -> str | None:
    """Return the column that talks most: on average eight Chinese characters, or twice the next's.

    In the latter case four do: reviews of a few words stand beside names that are shorter still.
    """

    def talk(header: str) -> float:
        cells = [str(row.get(header) or "") for row in samples]
        return sum(len(_CHINESE.findall(cell)) for cell in cells) / max(1, len(cells))

    free = sorted((header for header in headers if header not in taken), key=talk, reverse=True)
    most, next_most = [*map(talk, free), 0.0, 0.0][:2]
    stands_out = most >= _TALKS_A_LITTLE and most >= 2 * next_most
    return free[0] if most >= _TALKS or stands_out else None
