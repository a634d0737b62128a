"""Makes and ends the keys of programs that send records, from the command line."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kefu.review_desk import in_database
from server.shop_records import SCOPE
from storage.program_keys import create_key, revoke_keys

ACTOR = "cli"


def new_key(name: str) -> str:
    """Make a key for a program and return it."""

    async def work(session: AsyncSession) -> str:
        return await create_key(session, name, scope=SCOPE, actor=ACTOR, now=datetime.now(UTC))

    return in_database(work)


def end_key(name: str) -> int:
    """End the keys of this name; raises NoSuchProgramKeyError."""

    async def work(session: AsyncSession) -> int:
        return await revoke_keys(session, name, scope=SCOPE, actor=ACTOR, now=datetime.now(UTC))

    return in_database(work)
