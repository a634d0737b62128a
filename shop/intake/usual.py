"""The usual names of columns, states and carriers in shops' own tables (data/records/usual.yml)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from policies.files import Strict, read_policy

USUAL_FILE = Path(__file__).parents[2] / "data" / "records" / "usual.yml"
_NOISE = re.compile(r"[\s_\-（）()\[\]【】:：，,、*\"'=]+")
_YUAN = re.compile(r"[（(\[【]?(?:元|人民币|¥|￥|rmb|cny)[）)\]】]?$", re.IGNORECASE)
_FEN = re.compile(r"(?:fen|分)$")


class UsualFile(Strict):
    """The content of data/records/usual.yml: headings by kind and field, words by code."""

    valid_from: date
    source: str
    headings: Mapping[str, Mapping[str, tuple[str, ...]]]
    words: Mapping[str, Mapping[str, tuple[str | int | bool, ...]]]
    carriers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class UsualNames:
    """What stands behind a name: a field (by kind and plain heading), a code, a carrier."""

    fields: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, Mapping[str, str]]
    carriers: Mapping[str, str]

    def code_of(self, group: str, written: str) -> str | None:
        """Return the code that a word of a group stands for, None if it is no usual one."""
        return self.codes[group].get(plain_name(written))

    def carrier_of(self, written: str) -> str:
        """Return the one name of a carrier; one that is not listed keeps its own."""
        return self.carriers.get(plain_name(written), written)


@cache
def usual_names(path: Path = USUAL_FILE) -> UsualNames:
    """Return the names in `path`, read once; raises PolicyError naming file and key."""
    content = read_policy(path, UsualFile)
    fields = {
        kind: _backwards(by_field, plain_heading) for kind, by_field in content.headings.items()
    }
    codes = {group: _backwards(by_code, plain_name) for group, by_code in content.words.items()}
    return UsualNames(fields, codes, _backwards(content.carriers, plain_name))


def plain_name(written: str) -> str:
    """Return a word without case, spaces and brackets, for comparing."""
    return _NOISE.sub("", written).lower()


def plain_heading(heading: str) -> str:
    """Return a heading for comparing, without the unit behind it: 实付金额(元), paid_fen."""
    return _FEN.sub("", plain_name(_YUAN.sub("", heading.strip())))


def is_in_fen(heading: str) -> bool:
    """Whether a column of money says by its heading that it counts fen, not yuan."""
    return _FEN.search(plain_name(heading)) is not None


def _backwards(
    names: Mapping[str, tuple[str | int | bool, ...]], plain: Callable[[str], str]
) -> dict[str, str]:
    """Return the code for each name, the code itself among them; of two codes the first wins."""
    found: dict[str, str] = {}
    for code, written in names.items():
        for name in (*written, code):
            found.setdefault(plain(str(name)), code)
    return found
