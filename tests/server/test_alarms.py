"""Alarms over HTTP: each role sees what concerns it; nothing comes without a log-in."""

import base64
import io
from datetime import UTC, datetime, timedelta

import pytest
from python_calamine import CalamineWorkbook

from reports.tables import DbAlarm
from server.keys import DATABASE
from storage.staff import Role

NOW = datetime.now(UTC)


async def ring(client, kind, case_kind="conversation", *, hours=1, overtaken=False):
    async with client.app[DATABASE].write() as session:
        session.add(
            DbAlarm(
                case_id=f"case-{kind}-{case_kind}",
                clock_id=f"clock-{kind}-{case_kind}-{hours}",
                kind=kind,
                case_kind=case_kind,
                policy="house_human_first",
                clock="handoff_response",
                title="",
                planned_at=NOW - timedelta(hours=hours),
                due_at=NOW,
                raised_at=NOW - timedelta(hours=hours),
                overtaken=overtaken,
            )
        )


async def steps(client, **query):
    response = await client.get("/api/alarms", params=query)
    assert response.status == 200, await response.text()
    return [(one["step"], one["kind"]) for one in (await response.json())["alarms"]]


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.AGENT, [("breach", "conversation"), ("warn_50", "conversation")]),
        (Role.OPERATOR, [("breach", "review")]),
        (
            Role.LEAD,
            [("breach", "conversation"), ("breach", "review"), ("escalate_lead", "conversation")],
        ),
        (
            Role.MANAGER,
            [
                ("breach", "conversation"),
                ("breach", "review"),
                ("escalate_lead", "conversation"),
                ("escalate_manager", "conversation"),
            ],
        ),
    ],
)
async def test_each_role_sees_its_own(client, log_in, role, seen) -> None:
    for kind in ("warn_50", "breach", "escalate_lead", "escalate_manager"):
        await ring(client, kind)
    await ring(client, "breach", "review")
    await ring(client, "breach", hours=30)
    await ring(client, "warn_90", overtaken=True)
    await log_in(role)
    assert sorted(await steps(client)) == seen


async def test_only_the_new_ones_on_demand(client, log_in) -> None:
    await ring(client, "breach", hours=2)
    await log_in(Role.AGENT)
    later = (NOW - timedelta(hours=1)).isoformat()
    assert await steps(client, after=later) == []
    assert len(await steps(client, after=(NOW - timedelta(hours=3)).isoformat())) == 1
    assert (await client.get("/api/alarms?after=2026-01-01T00:00:00")).status == 422


async def test_without_a_log_in_there_is_nothing(client) -> None:
    assert (await client.get("/api/alarms")).status == 401


async def test_a_table_becomes_a_workbook_without_formulas(client, log_in) -> None:
    headers = await log_in(Role.MANAGER)
    rows = [["=1+1", "93.4%", "1,204"], ["@cmd", "没有数据", "-3.5"]]
    table = {"title": "达成率: a/b", "head": ["", "占比", "n"], "rows": rows}
    response = await client.post("/api/reports/xlsx", json=table, headers=headers)
    content = base64.b64decode((await response.json())["content"])
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    assert sheet.to_python() == [
        ["", "占比", "n"],
        ["=1+1", 0.934, 1204.0],
        ["@cmd", "没有数据", -3.5],
    ]


async def test_a_workbook_needs_the_token_and_a_table(client, log_in) -> None:
    headers = await log_in(Role.MANAGER)
    table = {"title": "x", "head": [], "rows": []}
    assert (await client.post("/api/reports/xlsx", json=table)).status == 403
    wrong = await client.post("/api/reports/xlsx", json={"title": "x"}, headers=headers)
    assert wrong.status == 422
    assert (await client.post("/api/reports/xlsx", json=table, headers=headers)).status == 200
