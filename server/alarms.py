"""Alarms inside the web program: rounds that sweep and tell them, and the list for pages."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, web
from pydantic import AwareDatetime, BaseModel, ConfigDict

from desk.policy import DeskPolicy
from reports.alarm_list import list_alarms
from reports.asking import Desk
from reports.attendance import note_attendance
from reports.morning import is_time, put_out_morning
from reports.notifying import deliver
from reports.people import read_names
from reports.sweep import CASES_AT_ONCE, sweep
from reports.vendors import Letter, Robot, Vendor
from server.access import staff_only
from server.guard import PERSON
from server.reports_desk import REPORTS, Reports
from server.requests import read_query
from server.settings import Settings

log = structlog.get_logger(__name__)
POST_SECONDS = 10


class AlarmsQuery(BaseModel):
    """Only alarms raised later than this."""

    model_config = ConfigDict(extra="forbid")

    after: AwareDatetime | None = None


def add_routes(app: web.Application) -> None:
    """Add the list of alarms."""
    app.router.add_get("/api/alarms", alarms)


@staff_only()
async def alarms(request: web.Request) -> web.Response:
    """Return the alarms of the last day that concern the role of who asks."""
    query = read_query(request, AlarmsQuery)
    reports = request.app[REPORTS]
    now = reports.clock()
    async with reports.database.read() as session:
        role = request[PERSON].role
        found = await list_alarms(session, role=role, after=query.after, now=now)
    return web.json_response({"at": now.isoformat(), "alarms": found})


def robots(settings: Settings) -> list[Robot]:
    """Return the group robots that the settings name."""
    known = (
        Robot(Vendor.DINGTALK, settings.dingtalk_url, settings.dingtalk_secret),
        Robot(Vendor.FEISHU, settings.feishu_url, settings.feishu_secret),
        Robot(Vendor.WECOM, settings.wecom_url),
    )
    return [robot for robot in known if robot.url]


class AlarmRounds:
    """One walk: who is there, what has come due, what must be told."""

    def __init__(self, reports: Reports, desk_policy: DeskPolicy, settings: Settings) -> None:
        self._reports = reports
        self._desk_policy = desk_policy
        self._robots = robots(settings)
        self._url = settings.url

    async def walk(self) -> None:
        """Do everything once."""
        reports, now = self._reports, self._reports.clock()
        channels = [robot.name for robot in self._robots]
        async with reports.database.write() as session:
            await note_attendance(session, self._desk_policy, now=now)
        await sweep_all(reports, channels, now=now)
        if channels and is_time(now, reports.rules.alarms.webhooks.morning):
            await self._morning(channels, now)
        for robot in self._robots:
            await deliver(
                reports.database, robot, reports.rules.alarms, post, url=self._url, now=now
            )

    async def _morning(self, channels: Sequence[str], now: datetime) -> None:
        reports = self._reports
        async with reports.database.write() as session:
            names = await read_names(session)
            desk = Desk(session, reports.rules.policies, now, names)
            await put_out_morning(desk, channels, url=self._url)


async def sweep_all(reports: Reports, channels: Sequence[str], *, now: datetime) -> int:
    """Sweep until nothing is due; returns how many alarms were raised."""
    raised = 0
    while True:
        async with reports.database.write() as session:
            swept = await sweep(session, reports.rules, now=now, channels=channels)
        raised += swept.alarms
        if swept.cases < CASES_AT_ONCE:
            return raised


async def post(letter: Letter, key: str) -> tuple[int, object]:
    """Post a letter; raises OSError where nobody answers in time."""
    headers = {"Idempotency-Key": key}
    timeout = ClientTimeout(total=POST_SECONDS)
    try:
        async with (
            ClientSession(timeout=timeout) as client,
            client.post(letter.url, json=letter.body, headers=headers) as response,
        ):
            try:
                return response.status, await response.json(content_type=None)
            except ValueError:
                return response.status, None
    except (ClientError, TimeoutError) as error:
        raise OSError(str(error)) from None
