"""The reports that read case by case: causes of lateness, the simulation, and a table as XLSX."""

import base64
from datetime import time

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, Json

from reports.anatomy_report import Asked, anatomy_cases, anatomy_report
from reports.period import Period
from reports.roster import BadShiftError, Roster, read_roster, read_shifts
from reports.spreadsheet import write_xlsx
from reports.what_if import Change
from reports.what_if_report import what_if_report
from server.access import Permission, staff_only
from server.desk_office import DESK
from server.problems import Problem
from server.reports_api import ClockQuery, answer, period_in
from server.reports_desk import REPORTS
from server.requests import read_body, read_query
from sla.anatomy import Cause

ROSTER = web.AppKey("roster", Roster)
Cell = str
Shifts = dict[str, list[tuple[str, str]]]


class WhatIfQuery(ClockQuery):
    """What is different; without a word nothing is."""

    target: float | None = Field(default=None, gt=0, le=366 * 86400)
    capacity: int | None = Field(default=None, ge=1, le=50)
    load: float = Field(default=1, gt=0, le=10)
    bot_keeps: float = Field(default=0, ge=0, le=1)
    extra: int = Field(default=0, ge=0, le=50)
    extra_from: time = time(9)
    extra_to: time = time(18)
    people: str = Field(default="recorded", pattern="^(recorded|planned)$")
    draft: Json[dict[str, Shifts]] | None = None


class CauseQuery(ClockQuery):
    """The clocks behind one cause of lateness."""

    cause: Cause
    page: int = Field(default=0, ge=0, le=100_000)


class Table(BaseModel):
    """A chart's table as it stands on the page."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=200)
    head: list[Cell] = Field(max_length=200)
    rows: list[list[Cell]] = Field(max_length=10_000)


def add_routes(app: web.Application) -> None:
    """Add the deep reports."""
    app[ROSTER] = read_roster()
    app.router.add_get("/api/reports/anatomy", anatomy)
    app.router.add_get("/api/reports/cause-cases", causes_behind)
    app.router.add_get("/api/reports/what-if", what_if)
    app.router.add_post("/api/reports/xlsx", xlsx)


@staff_only(Permission.READ_REPORTS)
async def anatomy(request: web.Request) -> web.Response:
    """Return the late time of one clock by cause, with the worst cases of each."""
    query = read_query(request, ClockQuery)
    async with request.app[REPORTS].desk() as desk:
        period = period_in(query, desk)
        report = await anatomy_report(desk, _asked(request, query, period))
        return answer(desk, period, report)


@staff_only(Permission.READ_REPORTS)
async def causes_behind(request: web.Request) -> web.Response:
    """Return the clocks to whose lateness a cause added."""
    query = read_query(request, CauseQuery)
    async with request.app[REPORTS].desk() as desk:
        period = period_in(query, desk)
        asked = _asked(request, query, period)
        found = await anatomy_cases(desk, asked, query.cause, page=query.page)
        return answer(desk, period, found)


def _asked(request: web.Request, query: ClockQuery, period: Period) -> Asked:
    return Asked(
        period,
        query.filters,
        query.key,
        request.app[REPORTS].rules,
        request.app[DESK].office.policy,
        request.app[ROSTER],
    )


@staff_only(Permission.READ_REPORTS)
async def what_if(request: web.Request) -> web.Response:
    """Return a simulation beside what was."""
    query = read_query(request, WhatIfQuery)
    try:
        draft = {agent: read_shifts(shifts) for agent, shifts in (query.draft or {}).items()}
    except BadShiftError as error:
        raise Problem(422, f"排班有误：{error}") from None
    change = Change(
        query.capacity,
        query.load,
        query.bot_keeps,
        query.extra,
        query.extra_from,
        query.extra_to,
    )
    async with request.app[REPORTS].desk() as desk:
        period = period_in(query, desk)
        try:
            report = await what_if_report(
                desk,
                period,
                key=query.key,
                change=change,
                target=query.target,
                desk_policy=request.app[DESK].office.policy,
                roster=request.app[ROSTER],
                by_plan=query.people == "planned",
                draft=draft,
            )
        except ValueError:
            raise Problem(404, "没有这个时限") from None
        return answer(desk, period, report)


@staff_only(Permission.READ_REPORTS)
async def xlsx(request: web.Request) -> web.Response:
    """Return a table as a workbook, base64 in JSON."""
    table = await read_body(request, Table)
    content = write_xlsx(table.title, table.head, table.rows)
    return web.json_response({"content": base64.b64encode(content).decode()})
