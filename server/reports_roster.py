"""The roster over HTTP: who is planned when, hour by hour, and changing it."""

from datetime import date, timedelta
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from reports.days import date_of, day_of
from reports.roster import BadShiftError, plan_shifts, read_plan
from reports.roster_report import roster_report
from server.access import Permission, staff_only
from server.guard import PERSON
from server.keys import DATABASE
from server.problems import Problem
from server.reports_api import ReportQuery, answer, period_in
from server.reports_deep import ROSTER
from server.reports_desk import REPORTS
from server.requests import read_body, read_query
from storage.staff import DbStaff

Wall = Annotated[str, Field(pattern=r"^[0-2][0-9]:[0-5][0-9]$")]
Frames = Annotated[list[tuple[Wall, Wall]], Field(max_length=6)]
EARLIEST = timedelta(days=400)


class ShiftsBody(BaseModel):
    """One agent's weekly shifts from a day on."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    agent: str = Field(min_length=1, max_length=36)
    first: date = Field(alias="from")
    shifts: dict[Annotated[str, Field(pattern="^(mon|tue|wed|thu|fri|sat|sun)$")], Frames]
    off: list[date] = Field(default=[], max_length=100)


def add_routes(app: web.Application) -> None:
    """Add the roster."""
    app.router.add_get("/api/reports/roster", roster)
    app.router.add_put("/api/reports/roster", plan)


@staff_only(Permission.READ_REPORTS)
async def roster(request: web.Request) -> web.Response:
    """Return everybody's shifts, and for each hour of the week who is planned and who is needed."""
    query = read_query(request, ReportQuery)
    async with request.app[REPORTS].desk() as desk:
        period = period_in(query, desk)
        found: dict[str, Any] = await roster_report(
            desk, period, await read_plan(desk.session, request.app[ROSTER])
        )
        return answer(desk, period, found)


@staff_only(Permission.PLAN_SHIFTS)
async def plan(request: web.Request) -> web.Response:
    """Write one agent's shifts; raises Problem 404 or 422."""
    body = await read_body(request, ShiftsBody)
    now = request.app[REPORTS].clock()
    if body.first < date_of(day_of(now)) - EARLIEST:
        raise Problem(422, "开始日期太早了，最多回填 400 天")
    async with request.app[DATABASE].write() as session:
        if await session.scalar(select(DbStaff.id).where(DbStaff.id == body.agent)) is None:
            raise Problem(404, "没有这位客服")
        try:
            await plan_shifts(
                session,
                body.agent,
                body.shifts,
                first_day=body.first,
                off=body.off,
                actor=f"staff:{request[PERSON].id}",
                now=now,
            )
        except BadShiftError as error:
            raise Problem(422, f"排班有误：{error}") from None
    return web.json_response({"ok": True})
