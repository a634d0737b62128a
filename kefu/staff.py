"""`kefu staff`: the people who may log in."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from storage.staff import DbStaff, Role

app = typer.Typer(help="The people who may log in.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="The name to log in with.")]


class NoSuchPersonError(LookupError):
    """Nobody has this log-in name; `kefu staff list` shows who there is."""


class LoginTakenError(ValueError):
    """Somebody has this log-in name already; choose another."""


@app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="The name that customers see.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.AGENT,
) -> None:
    """Add a person and print their first password, which is shown only now.

    Example: kefu staff add xiaoli --name 小李 --role agent
    """
    password = secrets.token_urlsafe(9)
    _run(lambda session: _add(session, login, name, role, password))
    typer.echo(f"{login} / {password}")


@app.command("list")
def list_people(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List everybody, with role and whether they are disabled.

    Example: kefu staff list --json
    """
    for person in _run(_everybody):
        line = json.dumps(person, ensure_ascii=False)
        state = " (disabled)" if person["disabled"] else ""
        typer.echo(
            line if as_json else f"{person['login']:<16}{person['role']:<10}{person['name']}{state}"
        )


@app.command()
def password(login: Login) -> None:
    """Give a person a new password, print it, and end their sessions.

    Example: kefu staff password xiaoli
    """
    fresh = secrets.token_urlsafe(9)
    _run(lambda session: _set_password(session, login, fresh))
    typer.echo(f"{login} / {fresh}")


@app.command()
def disable(login: Login) -> None:
    """Lock a person out at once; their past work stays under their name.

    Example: kefu staff disable xiaoli
    """
    _run(lambda session: _disable(session, login))
    typer.echo(f"{login} is locked out")


def _run(work: Callable[[Any], Awaitable[Any]]) -> Any:
    async def in_transaction() -> Any:
        from storage.engine import Database
        from storage.migrate import upgrade
        from storage.settings import StorageSettings

        settings = StorageSettings()
        upgrade(settings.database)
        database = Database(settings.database)
        try:
            async with database.write() as session:
                return await work(session)
        finally:
            await database.close()

    try:
        return asyncio.run(in_transaction())
    except (NoSuchPersonError, LoginTakenError) as error:
        typer.secho(f"✗ {type(error).__doc__}", fg="red", err=True)
        raise typer.Exit(1) from None


async def _add(session: Any, login: str, name: str, role: Role, password: str) -> None:
    from server.passwords import hash_password

    if await _find(session, login) is not None:
        raise LoginTakenError
    person = DbStaff(
        login=login,
        name=name,
        role=role,
        password_hash=hash_password(password),
        created_at=datetime.now(UTC),
    )
    session.add(person)
    await session.flush()
    await _audit(session, "staff.added", person)


async def _everybody(session: Any) -> list[dict[str, Any]]:
    from sqlalchemy import select

    people = await session.scalars(select(DbStaff).order_by(DbStaff.login))
    return [
        {
            "login": person.login,
            "name": person.name,
            "role": person.role,
            "disabled": person.disabled_at is not None,
        }
        for person in people
    ]


async def _set_password(session: Any, login: str, fresh: str) -> None:
    from server.passwords import hash_password

    person = await _get(session, login)
    person.password_hash = hash_password(fresh)
    await _end_sessions(session, person)
    await _audit(session, "staff.password_reset", person)


async def _disable(session: Any, login: str) -> None:
    person = await _get(session, login)
    person.disabled_at = datetime.now(UTC)
    await _end_sessions(session, person)
    await _audit(session, "staff.disabled", person)


async def _find(session: Any, login: str) -> DbStaff | None:
    from sqlalchemy import select

    found: DbStaff | None = await session.scalar(select(DbStaff).where(DbStaff.login == login))
    return found


async def _get(session: Any, login: str) -> DbStaff:
    person = await _find(session, login)
    if person is None:
        raise NoSuchPersonError
    return person


async def _end_sessions(session: Any, person: DbStaff) -> None:
    from sqlalchemy import delete

    from server.tables import DbLoginSession

    await session.execute(delete(DbLoginSession).where(DbLoginSession.staff_id == person.id))


async def _audit(session: Any, action: str, person: DbStaff) -> None:
    from storage import audit

    await audit.record(
        session,
        actor="command line",
        action=action,
        object_type="staff",
        object_id=person.id,
        at=datetime.now(UTC),
    )
