"""What the landing of one batch works with."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass
class Work:
    """One batch in one transaction; `notes` collects what a person should know of a record."""

    session: AsyncSession
    now: datetime
    notes: list[str] = field(default_factory=list)
    against: list[tuple[str, str]] = field(default_factory=list)
