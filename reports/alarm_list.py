"""The alarms as pages show them: the newest first, for those whom each step concerns."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from reports import wording
from reports.alarm_rules import Step
from reports.measuring import WAITING
from reports.standing_report import case_href, case_title
from reports.tables import DbAlarm, DbClock
from storage.staff import Role

SHOWN_FOR = timedelta(hours=24)
MOST = 100
_ALL = (Role.AGENT, Role.OPERATOR, Role.LEAD, Role.MANAGER, Role.ADMIN)
_FOR: dict[Step, Sequence[Role]] = {
    Step.WARN_50: (Role.AGENT, Role.OPERATOR),
    Step.WARN_75: _ALL,
    Step.WARN_90: _ALL,
    Step.BREACH: _ALL,
    Step.ESCALATE_LEAD: (Role.LEAD, Role.MANAGER, Role.ADMIN),
    Step.ESCALATE_MANAGER: (Role.MANAGER, Role.ADMIN),
}
_KINDS = {Role.OPERATOR: ("review",), Role.AGENT: ("conversation",)}


async def list_alarms(
    session: AsyncSession, *, role: Role, after: datetime | None, now: datetime
) -> list[dict[str, Any]]:
    """Return the alarms of the last day raised later than `after`, the newest first.

    Agents see those of chats, operators those of reviews, leads and managers both. `done` says
    that the case was answered since.
    """
    steps = [step.value for step, roles in _FOR.items() if role in roles]
    query = (
        select(DbAlarm, DbClock.state)
        .outerjoin(DbClock, DbClock.id == DbAlarm.clock_id)
        .where(DbAlarm.raised_at > max(after or now - SHOWN_FOR, now - SHOWN_FOR))
        .where(DbAlarm.kind.in_(steps), DbAlarm.overtaken.is_(False))
        .order_by(DbAlarm.raised_at.desc(), DbAlarm.id)
        .limit(MOST)
    )
    if role in _KINDS:
        query = query.where(DbAlarm.case_kind.in_(_KINDS[role]))
    return [_view(alarm, state) for alarm, state in await session.execute(query)]


def _view(alarm: DbAlarm, state: str | None) -> dict[str, Any]:
    return {
        "id": alarm.id,
        "step": alarm.kind,
        "text": wording.STEPS[Step(alarm.kind)],
        "case": alarm.case_id,
        "kind": alarm.case_kind,
        "title": alarm.title or case_title(alarm.case_kind, alarm.case_id),
        "href": case_href(alarm.case_kind, alarm.case_id),
        "key": f"{alarm.policy}/{alarm.clock}",
        "due_at": alarm.due_at.isoformat(),
        "raised_at": alarm.raised_at.isoformat(),
        "done": state != WAITING,
    }
