"""How far an import is, and how a person lets one stand still."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.tables import DbReviewImport


class ImportState(StrEnum):
    """How far an import is; `paused` and `failed` go on where they stopped when begun again."""

    UPLOADED = "uploaded"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"


class PausedError(RuntimeError):
    """A person has paused this import; what was committed stays."""


class NotRunningError(RuntimeError):
    """There is nothing to pause: the import is over, or stands still already."""


async def pause_import(session: AsyncSession, import_id: str, *, now: datetime) -> DbReviewImport:
    """Let an import stop before its next batch, whichever process runs it.

    Raises NotRunningError. Begun again, it goes on from there.
    """
    found = await session.get(DbReviewImport, import_id, with_for_update=True)
    if found is None or found.state != ImportState.RUNNING:
        raise NotRunningError(import_id)
    found.state, found.touched_at = ImportState.PAUSED, now
    return found
