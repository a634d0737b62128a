"""The reports of the dashboard as JSON: figures, what stands open, and the cases behind each."""

from dataclasses import fields
from datetime import date
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, model_validator

from reports.asking import Desk
from reports.cases_report import ChatChoice, Choice, chat_cases, clock_cases
from reports.chat_report import chats_report
from reports.clock_report import clock_report, clocks_report, values_report
from reports.period import BadPeriodError, Period, period_of
from reports.promises_report import promise_cases, promises_report
from reports.standing_report import backlog_report, rescue_report, risk_report
from reports.tally import Filters
from server.access import Permission, staff_only
from server.problems import Problem
from server.reports_desk import REPORTS
from server.requests import read_query

Json = dict[str, Any]
KEY = r"^[a-z0-9_]{1,60}/[a-z_]{1,24}$"
VALUE = Field(default=None, max_length=60)
SECONDS = Field(default=None, ge=-(10**9), le=10**9)


class ReportQuery(BaseModel):
    """The period (dates of China) and the filters that every report shares."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: date | None = Field(default=None, alias="from", ge=date(2000, 1, 1))
    last: date | None = Field(default=None, alias="to", le=date(2100, 12, 31))
    agent: str | None = VALUE
    platform: str | None = VALUE
    category: str | None = VALUE
    sku: str | None = VALUE
    aspect: str | None = VALUE
    reason: str | None = VALUE

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, given: Any) -> Any:
        return {name: value for name, value in given.items() if value != ""}

    @property
    def filters(self) -> Filters:
        """The filters alone."""
        return Filters(self.agent, self.platform, self.category, self.sku, self.aspect, self.reason)


class ClockQuery(ReportQuery):
    """One clock under one policy."""

    key: str = Field(pattern=KEY)


class RiskQuery(BaseModel):
    """How far ahead to look."""

    model_config = ConfigDict(extra="forbid")

    hours: float = Field(default=4, gt=0, le=168)


class CasesQuery(ReportQuery):
    """Which cases a figure counted."""

    key: str | None = Field(default=None, pattern=KEY)
    state: str | None = Field(
        default=None,
        pattern="^(met|late|missed|closed_unanswered|open|waiting|failed|decided|risk)$",
    )
    slot: int | None = Field(default=None, ge=0, le=167)
    wait_from: float | None = Field(default=None, ge=0)
    wait_to: float | None = Field(default=None, ge=0)
    left_from: float | None = SECONDS
    left_to: float | None = SECONDS
    age_from: float | None = SECONDS
    age_to: float | None = SECONDS
    kind: str | None = Field(default=None, pattern="^(conversation|review)$")
    always: bool = False
    today: bool = False
    page: int = Field(default=0, ge=0, le=100_000)


class ChatsQuery(ReportQuery):
    """Which chats a figure counted."""

    outcome: str | None = Field(
        default=None, pattern="^(running|confirmed|assumed|came_back|left_line|human)$"
    )
    by: str | None = Field(default=None, pattern="^(bot|human|solved|ended)$")
    score: int | None = Field(default=None, ge=1, le=5)
    rating: str | None = Field(default=None, pattern="^(asked|given|satisfied)$")
    slot: int | None = Field(default=None, ge=0, le=167)
    page: int = Field(default=0, ge=0, le=100_000)


class PromisesQuery(ReportQuery):
    """Which promises a figure counted."""

    state: str = Field(default="all", pattern="^(all|kept|broken|open|withdrawn|decided)$")
    page: int = Field(default=0, ge=0, le=100_000)


def add_routes(app: web.Application) -> None:
    """Add the reports."""
    app.router.add_get("/api/reports/clocks", clocks)
    app.router.add_get("/api/reports/clock", clock)
    app.router.add_get("/api/reports/values", values)
    app.router.add_get("/api/reports/chats", chats)
    app.router.add_get("/api/reports/promises", promises)
    app.router.add_get("/api/reports/backlog", backlog)
    app.router.add_get("/api/reports/risk", risk)
    app.router.add_get("/api/reports/rescue", rescue)
    app.router.add_get("/api/reports/cases", cases)
    app.router.add_get("/api/reports/chat-cases", chats_behind)
    app.router.add_get("/api/reports/promise-cases", promises_behind)


@staff_only(Permission.READ_REPORTS)
async def clocks(request: web.Request) -> web.Response:
    """Return attainment and waits of every clock, beside the period before."""
    query = read_query(request, ReportQuery)
    async with request.app[REPORTS].desk() as desk:
        period = period_in(query, desk)
        return answer(desk, period, await clocks_report(desk, period, query.filters))


@staff_only(Permission.READ_REPORTS)
async def clock(request: web.Request) -> web.Response:
    """Return one clock in depth."""
    query = read_query(request, ClockQuery)
    async with request.app[REPORTS].desk() as desk:
        period = period_in(query, desk)
        try:
            report = await clock_report(desk, period, query.filters, key=query.key)
        except ValueError:
            raise Problem(404, "没有这个时限") from None
        return answer(desk, period, report)


@staff_only(Permission.READ_REPORTS)
async def values(request: web.Request) -> web.Response:
    """Return every value of every dimension in the period, for the filters to offer."""
    query = read_query(request, ReportQuery)
    async with request.app[REPORTS].desk() as desk:
        period = period_in(query, desk)
        return answer(desk, period, await values_report(desk, period))


@staff_only(Permission.READ_REPORTS)
async def chats(request: web.Request) -> web.Response:
    """Return who answered the chats, and how content customers were."""
    query = read_query(request, ReportQuery)
    async with request.app[REPORTS].desk() as desk:
        period = period_in(query, desk)
        return answer(desk, period, await chats_report(desk, period, query.filters))


@staff_only(Permission.READ_REPORTS)
async def promises(request: web.Request) -> web.Response:
    """Return the promises made in the period and what became of them."""
    query = read_query(request, ReportQuery)
    async with request.app[REPORTS].desk() as desk:
        period = period_in(query, desk)
        return answer(desk, period, await promises_report(desk, period))


@staff_only(Permission.READ_REPORTS)
async def backlog(request: web.Request) -> web.Response:
    """Return what is open by time left and by age."""
    async with request.app[REPORTS].desk() as desk:
        return answer(desk, None, await backlog_report(desk))


@staff_only(Permission.READ_REPORTS)
async def risk(request: web.Request) -> web.Response:
    """Return what breaches in the next hours, in order."""
    query = read_query(request, RiskQuery)
    async with request.app[REPORTS].desk() as desk:
        return answer(desk, None, await risk_report(desk, hours=query.hours))


@staff_only(Permission.READ_REPORTS)
async def rescue(request: web.Request) -> web.Response:
    """Return what to answer now to stay above each goal today."""
    async with request.app[REPORTS].desk() as desk:
        return answer(desk, None, await rescue_report(desk))


@staff_only(Permission.READ_REPORTS)
async def cases(request: web.Request) -> web.Response:
    """Return the clocks behind a figure; `always` leaves the period out, `today` is today's."""
    query = read_query(request, CasesQuery)
    asked = query.model_dump(include={one.name for one in fields(Choice)} - {"ids"})
    choice = Choice(**asked)
    async with request.app[REPORTS].desk() as desk:
        period = None if query.always else period_in(query, desk)
        if query.today:
            period = period_of(None, None, now=desk.now, days=1)
        found = await clock_cases(desk, period, query.filters, choice, page=query.page)
        return answer(desk, period, found)


@staff_only(Permission.READ_REPORTS)
async def chats_behind(request: web.Request) -> web.Response:
    """Return the chats behind a figure."""
    query = read_query(request, ChatsQuery)
    choice = ChatChoice(query.outcome, query.by, query.score, query.rating, query.slot)
    async with request.app[REPORTS].desk() as desk:
        period = period_in(query, desk)
        found = await chat_cases(desk, period, query.filters, choice, page=query.page)
        return answer(desk, period, found)


@staff_only(Permission.READ_REPORTS)
async def promises_behind(request: web.Request) -> web.Response:
    """Return the promises behind a figure."""
    query = read_query(request, PromisesQuery)
    async with request.app[REPORTS].desk() as desk:
        period = period_in(query, desk)
        found = await promise_cases(desk, period, query.state, page=query.page)
        return answer(desk, period, found)


def period_in(query: ReportQuery, desk: Desk) -> Period:
    """Return the period asked for, by default the last seven days; raises Problem 422."""
    try:
        return period_of(query.first, query.last, now=desk.now)
    except BadPeriodError:
        raise Problem(422, "时间段要先开始后结束，最长 400 天") from None


def answer(desk: Desk, period: Period | None, report: Json) -> web.Response:
    """Return a report with its period and the moment at which it was true."""
    about: Json = {"at": desk.now.isoformat()}
    if period is not None:
        about["from"], about["to"] = (
            period.dates[0].isoformat(),
            period.dates[-1].isoformat(),
        )
        about["before_from"] = period.before.dates[0].isoformat()
        about["before_to"] = period.before.dates[-1].isoformat()
    return web.json_response({**about, **report})
