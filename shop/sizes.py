"""Which size fits, read from a product's own size chart; never a guess beyond what it says."""

import re
from dataclasses import dataclass

from shop.order_numbers import plain

JIN_PER_KG = 2
_HEIGHT = re.compile(
    r"(?<!\d)(1[0-9]{2})\s*(?:cm|厘米|公分|的?个子|身高|高)?(?!\d)|1米([0-9]{1,2})", re.I
)
_KG = re.compile(r"(?<!\d)(\d{2,3}(?:\.\d)?)\s*(?:kg|公斤|千克)", re.I)
_JIN = re.compile(r"(?<!\d)(\d{2,3}(?:\.\d)?)\s*斤")
_WEIGHT_WORD = re.compile(r"体重\s*(\d{2,3})(?!\d)")
_FOOT = re.compile(
    r"脚长\s*(\d{2}(?:\.\d)?)\s*(?:cm|厘米)|(?<!\d)(2[0-9]{2})\s*(?:mm|毫米)?(?!\d)", re.I
)
_RANGE = r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)"


@dataclass(frozen=True)
class Body:
    """What a customer said of the body: cm, kg, and mm of the foot; None = not said."""

    height_cm: float | None = None
    weight_kg: float | None = None
    foot_mm: float | None = None


@dataclass(frozen=True)
class Fit:
    """The sizes of the chart whose ranges hold the body; several where the ranges overlap."""

    sizes: tuple[str, ...]


def read_body(text: str) -> Body:
    """Return what the text says of height (cm), weight (公斤 or 斤) and foot length."""
    said = plain(text)
    return Body(height_cm=_height(said), weight_kg=_weight(said), foot_mm=_foot(said))


def recommend(size_chart: str, body: Body) -> Fit | None:
    """Return the fitting sizes; None if the chart does not say by what is known of the body."""
    rows = [row.strip() for row in re.split(r" / |[；;，]", size_chart)]
    rows = [row for row in rows if row]
    if body.foot_mm is not None:
        return _by_foot(rows, body.foot_mm)
    judged = [(row.split()[0], _holds(row, body)) for row in rows if " " in row]
    known = [(size, holds) for size, holds in judged if holds is not None]
    if not known:
        return None
    return Fit(tuple(size for size, holds in known if holds))


def _holds(row: str, body: Body) -> bool | None:
    """Say whether the row's ranges hold the body; None if it has no range of what is known."""
    ranges = ((r"cm", body.height_cm, 100), (r"kg", body.weight_kg, 0))
    answers = []
    for unit, value, least in ranges:
        match = re.search(rf"{_RANGE}{unit}", row)
        if value is None or match is None or float(match[1]) < least:
            continue
        answers.append(float(match[1]) <= value <= float(match[2]))
    return all(answers) if answers else None


def _by_foot(rows: list[str], foot_mm: float) -> Fit | None:
    sizes: list[str] = []
    told = False
    for row in rows:
        match = re.search(r"(\d{3})(?:-(\d{3}))?mm选(\d+(?:-\d+)?)", row)
        if match:
            told = True
            low = float(match[1])
            high = float(match[2] or match[1])
            # A foot between two rows takes the next longer shoe.
            if low - 5 < foot_mm <= high:
                sizes.append(match[3])
    return Fit(tuple(sizes)) if told else None


def _height(said: str) -> float | None:
    match = _HEIGHT.search(said)
    if match is None or said[: match.start()].endswith("体重"):
        return None
    if match[2]:
        return 100 + float(match[2].ljust(2, "0"))
    whole = match[0]
    # A bare number is a height only where no 斤 or kg follows it.
    after = said[match.end() : match.end() + 2].strip()
    if whole == match[1] and re.match(r"斤|kg|公斤|元|块", after):
        return None
    return float(match[1])


def _weight(said: str) -> float | None:
    kg = _KG.search(said)
    if kg:
        return float(kg[1])
    jin = _JIN.search(said)
    if jin:
        return float(jin[1]) / JIN_PER_KG
    word = _WEIGHT_WORD.search(said)
    if word is None:
        return None
    value = float(word[1])
    return value / JIN_PER_KG if value >= 90 else value


def _foot(said: str) -> float | None:
    if "脚" not in said:
        return None
    match = _FOOT.search(said)
    if match is None:
        return None
    return float(match[1]) * 10 if match[1] else float(match[2])
