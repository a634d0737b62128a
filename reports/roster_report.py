"""The roster beside the need: everybody's shifts, and hour by hour who is planned and who asked."""

from collections.abc import Set
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select

from reports.asking import Desk
from reports.columns import CHATS
from reports.days import day_of, start_of
from reports.period import Period
from reports.reading import read_columns
from reports.roster import Plan
from reports.tables import DbRoster
from storage.staff import DbStaff, Role

Json = dict[str, Any]
SLOTS = 168
_HOUR = timedelta(hours=1)


async def roster_report(desk: Desk, period: Period, plan: Plan) -> Json:
    """Return agents with their shifts now, and two lists over the 168 hours of the week.

    `planned` is how many agents are planned this week in the middle of each hour, `handoffs` how
    many customers asked for a human in the period, on average for such an hour.
    """
    people = select(DbStaff.id, DbStaff.name, DbStaff.login)
    people = people.where(DbStaff.role.in_((Role.AGENT, Role.LEAD)), DbStaff.disabled_at.is_(None))
    written: dict[str, DbRoster] = {}
    stored = select(DbRoster).where(DbRoster.first_day <= day_of(desk.now))
    for entry in await desk.session.scalars(stored.order_by(DbRoster.first_day)):
        written[entry.agent_id] = entry
    agents = [
        _agent(row, written.get(row.id), plan)
        for row in await desk.session.execute(people.order_by(DbStaff.login))
    ]
    return {
        "agents": agents,
        "planned": _planned(plan, desk.now, {agent["id"] for agent in agents}),
        "handoffs": await _handoffs(desk, period),
    }


def _agent(row: Any, entry: DbRoster | None, plan: Plan) -> Json:
    return {
        "id": row.id,
        "name": row.name,
        "login": row.login,
        "is_planned": row.id in plan.versions,
        "from": start_of(entry.first_day).date().isoformat() if entry else None,
        "shifts": entry.shifts if entry else {},
        "off": entry.off if entry else [],
    }


def _planned(plan: Plan, now: datetime, people: Set[str]) -> list[int]:
    """Count who of these people is planned half past each hour of this week."""
    today = day_of(now)
    monday = start_of(today - start_of(today).weekday())
    counts = [0] * SLOTS
    for agent in plan.versions.keys() & people:
        for start, end in plan.spans(agent, since=monday, until=monday + SLOTS * _HOUR):
            for slot in range(SLOTS):
                counts[slot] += start <= monday + slot * _HOUR + _HOUR / 2 < end
    return counts


async def _handoffs(desk: Desk, period: Period) -> list[float]:
    chats = await read_columns(
        desk.session, CHATS, first=period.first, last=period.last, words=("reason",)
    )
    slots = chats.numbers["slot"][chats.words["reason"] >= 0].astype("i8")
    counts = np.bincount(slots, minlength=SLOTS)
    weeks = [0] * 7
    for day in range(period.first, min(period.last, day_of(desk.now)) + 1):
        weeks[start_of(day).weekday()] += 1
    return [round(int(n) / max(weeks[slot // 24], 1), 2) for slot, n in enumerate(counts)]
