"""What a first start prepares: the schema, the demo shop, and people who can log in."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from desk.canned_files import bring_in, read_prepared
from reports.alarm_rules import read_alarm_policy
from reports.catching_up import catch_up
from reports.demo_history import seed_demo_history
from reports.measuring import Rules
from review_manager.demo import seed_demo_reviews
from server.passwords import hash_password
from server.settings import Settings
from shop.seed import seed_demo_shop
from sla.policies import read_policies
from storage.engine import Database
from storage.migrate import upgrade
from storage.private_files import write_private
from storage.sealed import use_keyring
from storage.staff import DbStaff, Role

PEOPLE = (
    ("xiaolin", "小林", Role.AGENT, "console"),
    ("xiaozhou", "小周", Role.AGENT, "console"),
    ("yunying", "运营小陈", Role.OPERATOR, "reviews"),
    ("zuzhang", "组长老吴", Role.LEAD, "console"),
    ("jingli", "经理赵姐", Role.MANAGER, "dashboard"),
    ("admin", "管理员", Role.ADMIN, "dashboard"),
)


@dataclass(frozen=True)
class DemoLogin:
    """One demo account: its password was drawn at random on this machine."""

    login: str
    password: str
    role: Role
    page: str


@dataclass(frozen=True)
class Prepared:
    """What a start found: the demo's log-ins, and whether it has filled the database just now."""

    logins: list[DemoLogin]
    fresh: bool


async def prepare_database(settings: Settings, *, demo: bool) -> Prepared:
    """Migrate, and with `demo` fill an empty database with the demo shop."""
    use_keyring(settings.keyring())
    upgrade(settings.database)
    if not demo:
        return Prepared([], fresh=False)
    database = Database(settings.database)
    try:
        async with database.write() as session:
            fresh = await seed_demo_shop(session, now=datetime.now(UTC))
            await seed_demo_reviews(session, now=datetime.now(UTC))
            logins = _demo_logins(settings.secrets_dir / "demo_logins.json")
            if fresh:
                _add_people(session, logins)
                await bring_in(session, read_prepared(), now=datetime.now(UTC))
                await session.flush()
                await seed_demo_history(session, now=datetime.now(UTC))
        rules = Rules(read_policies(), read_alarm_policy())
        await catch_up(database, rules, now=datetime.now(UTC))
    finally:
        await database.close()
    return Prepared(logins, fresh)


def print_welcome(url: str, logins: list[DemoLogin]) -> None:
    """Print where to go and how to log in."""
    typer.secho(f"\nkefu is running at {url}", fg="green", bold=True)
    typer.echo(f"  customer   {url}/shop")
    for login in logins:
        page = f"{url}/{login.page}"
        typer.echo(f"  {login.role:<10} {page:<38} {login.login} / {login.password}")
    typer.echo("Ctrl-C stops everything.\n")


def _demo_logins(path: Path) -> list[DemoLogin]:
    if not path.exists():
        passwords = {login: secrets.token_urlsafe(9) for login, *_ in PEOPLE}
        write_private(path, json.dumps(passwords))
    passwords = json.loads(path.read_text())
    return [DemoLogin(login, passwords[login], role, page) for login, _, role, page in PEOPLE]


def _add_people(session: AsyncSession, logins: list[DemoLogin]) -> None:
    names = {login: name for login, name, *_ in PEOPLE}
    for login in logins:
        session.add(
            DbStaff(
                login=login.login,
                name=names[login.login],
                role=login.role,
                password_hash=hash_password(login.password),
                created_at=datetime.now(UTC),
            )
        )
