"""Reads the labelled texts that come with the project (data/reviews/clauses.tsv, tales.tsv)."""

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from review_manager.analysis.findings import Aspect
from review_manager.analysis.plain_text import plain

SHIPPED = Path(str(resources.files("data") / "reviews" / "clauses.tsv"))
TALES = SHIPPED.with_name("tales.tsv")
_SIDES = {"+": 1, "-": -1, "=": 0}


class ClauseLabelError(ValueError):
    """A line of the labelled clauses cannot be read."""

    def __init__(self, file: Path, line: int, found: str) -> None:
        super().__init__(f"{file}, line {line}: {found!r} is not 'aspect+' or 'aspect-', tab, text")


@dataclass(frozen=True)
class LabelledClause:
    """A plain clause, the aspects it names, its side (1 praise, -1 complaint, 0), its section."""

    text: str
    aspects: frozenset[Aspect]
    side: int
    section: str


def read_clauses(file: Path = SHIPPED) -> tuple[LabelledClause, ...]:
    """Read every labelled clause; raises ClauseLabelError naming the line."""
    clauses, section = [], ""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#"):
            section = line.removeprefix("#").strip()
        elif line.strip():
            clauses.append(_clause(file, number, line, section))
    return tuple(clauses)


def _clause(file: Path, number: int, line: str, section: str) -> LabelledClause:
    labels, tab, text = line.partition("\t")
    names = labels.split()
    try:
        aspects = frozenset(Aspect(name[:-1]) for name in names if name[:-1] != "none")
        sides = {_SIDES[name[-1]] for name in names}
    except (ValueError, KeyError) as error:
        raise ClauseLabelError(file, number, line) from error
    if not tab or not text.strip() or len(sides) != 1:
        raise ClauseLabelError(file, number, line)
    return LabelledClause(plain(text.strip()), aspects, sides.pop(), section)
