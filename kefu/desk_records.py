"""What `kefu desk` does: opens the database, asks the desk, lays the answer out."""

import asyncio
import csv
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from desk import export, overview
from desk.canned_files import Brought, bring_in, read_prepared
from desk.office import Office
from desk.opening import ShopHours
from desk.policy import read_desk_policy
from shop.days import CHINA
from sla.policies import read_policies
from storage import audit
from storage.engine import Database
from storage.migrate import upgrade
from storage.sealed import use_keyring
from storage.settings import StorageSettings

Json = dict[str, Any]
Result = TypeVar("Result")


class NoSuchCustomerError(LookupError):
    """The shop knows no customer with this id or telephone number."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def read_status() -> Json:
    """Return what `desk.overview.read_status` tells."""
    return _ask(overview.read_status)


def status_lines(found: Json) -> list[str]:
    """Lay a status out for people."""
    counts = found["conversations"]
    hours = f"closed until {found['opens_at']}" if found["opens_at"] else "open"
    lines = [
        f"desk      {hours}",
        f"waiting   {counts['waiting']}",
        f"bot       {counts['with_bot']}",
        f"agents    {counts['with_agents']}",
        f"promises  {counts['promises_due']} due",
        "",
    ]
    for agent in found["agents"]:
        here = agent["status"] if agent["present"] else f"gone since {agent['last_sign_at']}"
        work = f"{agent['load']}/{agent['capacity']}"
        lines.append(f"{agent['login']:<16}{work:<8}{here:<40}{agent['name']}".rstrip())
    return lines if found["agents"] else [*lines, "nobody was ever at the desk"]


def read_queue() -> list[Json]:
    """Return what `desk.overview.read_queue` tells."""
    return _ask(overview.read_queue)


def queue_line(one: Json) -> str:
    """Lay one waiting customer out for people."""
    waited = timedelta(seconds=one["waited_seconds"])
    return (
        f"{one['place']:>3}  {waited!s:>16}  {one['reason'] or '-':<18}"
        f"{one['tier'] or '-':<9}{one['conversation']}  {one['customer']}"
    )


def bring_in_replies(file: Path) -> Brought:
    """Take a CSV of prepared answers in; raises BadRepliesError."""
    prepared = read_prepared(file)
    return _ask(lambda session, office: bring_in(session, prepared, now=office.clock()))


@dataclass(frozen=True)
class Asked:
    """What an export was asked for; days are of China."""

    customer: str | None
    conversation: str | None
    first: datetime | None
    last: datetime | None
    with_notes: bool


def write_export(out: Path, asked: Asked, *, as_csv: bool) -> int:
    """Write the file and return how many conversations it holds; raises NoSuchCustomerError."""

    async def work(session: AsyncSession, office: Office) -> int:
        wanted = export.Wanted(
            customer=await _customer(session, asked.customer),
            conversation=asked.conversation,
            since=_start(asked.first),
            until=_start(asked.last + timedelta(days=1)) if asked.last else None,
            with_notes=asked.with_notes,
        )
        with _opened(out) as stream:
            count = await _write(session, wanted, stream, as_csv=as_csv)
        await _audit(session, wanted, count, now=office.clock())
        return count

    return _ask(work)


async def _write(
    session: AsyncSession, wanted: export.Wanted, stream: TextIO, *, as_csv: bool
) -> int:
    rows = csv.DictWriter(stream, export.COLUMNS, lineterminator="\n") if as_csv else None
    if rows is not None:
        rows.writeheader()
    count = 0
    async for one in export.conversations(session, wanted):
        count += 1
        if rows is not None:
            rows.writerows(_harmless(each) for each in export.flat(one))
        else:
            stream.write(json.dumps(one, ensure_ascii=False) + "\n")
    return count


def _harmless(record: Json) -> Json:
    """A spreadsheet runs a cell that begins with = + - @ as a formula; ' keeps it text."""
    starts = ("=", "+", "-", "@", "\t", "\r")
    return {
        key: f"'{value}" if isinstance(value, str) and value.startswith(starts) else value
        for key, value in record.items()
    }


async def _customer(session: AsyncSession, known_by: str | None) -> str | None:
    if known_by is None:
        return None
    found = await export.find_customer_id(session, known_by)
    if found is None:
        raise NoSuchCustomerError
    return found


async def _audit(
    session: AsyncSession, wanted: export.Wanted, count: int, *, now: datetime
) -> None:
    await audit.record(
        session,
        actor="command line",
        action="desk.exported",
        object_type="customer" if wanted.customer else "desk",
        object_id=wanted.customer or wanted.conversation or "all",
        at=now,
        detail={"conversations": count, "notes": wanted.with_notes},
    )


def _start(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=CHINA).astimezone(UTC) if day else None


@contextmanager
def _opened(out: Path) -> Iterator[TextIO]:
    if str(out) == "-":
        yield sys.stdout
        return
    with out.open("w", encoding="utf-8", newline="") as stream:
        out.chmod(0o600)
        yield stream


def _ask(work: Callable[[AsyncSession, Office], Awaitable[Result]]) -> Result:
    """Run `work` in one transaction over this installation's database."""

    async def in_transaction() -> Result:
        settings = StorageSettings()
        use_keyring(settings.keyring())
        upgrade(settings.database)
        policy, clocks = read_desk_policy(), read_policies()
        database = Database(settings.database)
        office = Office(database, policy, ShopHours(clocks, policy.opening.calendar), clocks=clocks)
        try:
            async with database.write() as session:
                return await work(session, office)
        finally:
            await database.close()

    return asyncio.run(in_transaction())
