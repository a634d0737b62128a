"""Makes and ends the keys of the shop's programs, from the command line."""

from datetime import UTC, datetime

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from kefu.review_desk import in_database
from storage.program_keys import NoSuchProgramKeyError, create_key, revoke_keys

ACTOR = "cli"


def answer(name: str, *, scope: str, revoke: bool) -> None:
    """Print a new key for `scope`, or end the keys of this name; exits with 1 if there is none."""
    if not revoke:
        typer.echo(new_key(name, scope=scope))
        return
    try:
        typer.echo(f"{end_keys(name, scope=scope)} ended")
    except NoSuchProgramKeyError as error:
        typer.echo(f"no key {name} in use", err=True)
        raise typer.Exit(1) from error


def new_key(name: str, *, scope: str) -> str:
    """Make a key for a program and return it."""

    async def work(session: AsyncSession) -> str:
        return await create_key(session, name, scope=scope, actor=ACTOR, now=datetime.now(UTC))

    return in_database(work)


def end_keys(name: str, *, scope: str) -> int:
    """End the keys of this name; raises NoSuchProgramKeyError."""

    async def work(session: AsyncSession) -> int:
        return await revoke_keys(session, name, scope=scope, actor=ACTOR, now=datetime.now(UTC))

    return in_database(work)
