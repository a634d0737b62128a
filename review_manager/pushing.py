"""Lands the reviews that programs push, under the rules of every import."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from review_manager.intake.analysts import Analysts
from review_manager.intake.columns import Field
from review_manager.intake.landing import JudgedReview, Landed, land
from review_manager.intake.reading import RowError, RowReader
from review_manager.judging import judge
from storage.engine import Database

_OWN_NAMES = {field: str(field) for field in Field}


@dataclass(frozen=True)
class Pushed:
    """What became of pushed reviews; `refused` are pairs of place (from 0) and reason."""

    landed: Landed
    refused: list[tuple[int, str]]


async def land_pushed(
    database: Database,
    rows: Sequence[Mapping[str, Any]],
    *,
    platform: str,
    actor: str,
    now: datetime,
) -> Pushed:
    """Land rows whose keys are the names of intake/columns.Field; each is taken or refused."""
    reader = RowReader(_OWN_NAMES, platform, (), now)
    reads, refused = [], []
    for place, row in enumerate(rows):
        try:
            reads.append(reader.read(row, line=place))
        except RowError as error:
            refused.append((place, str(error)))
    said = [(read.text, read.stars) for read in reads]
    said += [(read.follow_up, None) for read in reads if read.follow_up]
    with Analysts(many=False) as analysts:
        analyses = iter(await analysts.analyse(said))
    firsts = [judge(next(analyses), stars=read.stars) for read in reads]
    laters = [
        judge(next(analyses), stars=None, later=True) if read.follow_up else None for read in reads
    ]
    batch = [JudgedReview(*one) for one in zip(reads, firsts, laters, strict=True)]
    async with database.write() as session:
        landed = await land(session, batch, import_id=None, actor=actor, now=now)
    return Pushed(landed, sorted([*refused, *landed.rejects]))
