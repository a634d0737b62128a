"""What the landing of one batch works with."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, kw_only=True)
class Note:
    """What a person should know: where an order's source and we disagreed; `about` is for audit."""

    order_id: str
    text: str
    about: str


@dataclass
class Work:
    """One batch in one transaction; `notes` are those of the record that is being taken."""

    session: AsyncSession
    now: datetime
    notes: list[Note] = field(default_factory=list)
