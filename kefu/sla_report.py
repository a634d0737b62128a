"""What `kefu sla report` and `kefu sla rebuild` do: open the database, ask, lay out the answer."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from reports.alarm_rules import read_alarm_policy
from reports.asking import Desk
from reports.catching_up import catch_up, rebuild
from reports.clock_report import clocks_report
from reports.measuring import Rules
from reports.people import read_names
from reports.period import period_of
from reports.tally import Filters
from reports.wording import NO_DATA, span_text
from sla.policies import read_policies
from storage.engine import Database
from storage.sealed import use_keyring
from storage.settings import StorageSettings

Json = dict[str, Any]


def run_report(first: date | None, last: date | None, *, platform: str | None) -> Json:
    """Return the clocks report of a period; raises BadPeriodError."""
    return asyncio.run(_report(first, last, platform))


def run_rebuild(tell: Callable[[int], None]) -> int:
    """Compute everything anew; returns how many cases there are."""
    return asyncio.run(_rebuild(tell))


def table(found: Json) -> str:
    """Lay a clocks report out for people."""
    lines = [f"{found['from']} – {found['to']}"]
    for clock in found["clocks"]:
        now, before = clock["now"], clock["before"]
        lines.append(
            f"{clock['title']}：{_share(now)}；中位 {span_text(now['p50'])}，"
            f"90 分位 {span_text(now['p90'])}；上期 {_share(before)}"
        )
    return "\n".join(lines if found["clocks"] else [*lines, NO_DATA])


def _share(figure: Json) -> str:
    if figure["share"] is None:
        return NO_DATA
    return f"{figure['share']:.1%}（n={figure['n']}，95% {figure['low']:.1%}–{figure['high']:.1%}）"


async def _report(first: date | None, last: date | None, platform: str | None) -> Json:
    database, rules = _open()
    try:
        now = datetime.now(UTC)
        period = period_of(first, last, now=now)
        await catch_up(database, rules, now=now)
        async with database.read() as session:
            names = await read_names(session)
            desk = Desk(session, rules.policies, now, names)
            report = await clocks_report(desk, period, Filters(platform=platform))
        days = period.dates
        return {"from": days[0].isoformat(), "to": days[-1].isoformat(), **report}
    finally:
        await database.close()


async def _rebuild(tell: Callable[[int], None]) -> int:
    database, rules = _open()
    try:
        return await rebuild(database, rules, now=datetime.now(UTC), tell=tell)
    finally:
        await database.close()


def _open() -> tuple[Database, Rules]:
    settings = StorageSettings()
    use_keyring(settings.keyring())
    return Database(settings.database), Rules(read_policies(), read_alarm_policy())
