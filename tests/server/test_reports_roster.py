"""The roster over HTTP: who may change it, what is refused, and that it is read back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.keys import DATABASE
from storage.staff import DbStaff, Role

SHIFTS = {"mon": [["08:00", "12:00"], ["13:00", "17:00"]]}
TODAY = datetime.now(UTC).date()


@pytest.fixture
async def lin(client):
    async with client.app[DATABASE].write() as session:
        row = DbStaff(
            login="lin",
            name="小林",
            role=Role.AGENT,
            password_hash="-",
            created_at=datetime.now(UTC),
        )
        session.add(row)
        await session.flush()
        return row.id


def body(agent, **change):
    return {"agent": agent, "from": TODAY.isoformat(), "shifts": SHIFTS, **change}


async def test_a_plan_is_read_back(client, log_in, lin) -> None:
    headers = await log_in(Role.LEAD)
    written = await client.put("/api/reports/roster", json=body(lin), headers=headers)
    assert written.status == 200, await written.text()
    found = await (await client.get("/api/reports/roster")).json()
    (agent,) = [one for one in found["agents"] if one["id"] == lin]
    assert (agent["shifts"], agent["off"], agent["is_planned"]) == (SHIFTS, [], True)
    assert len(found["planned"]) == len(found["handoffs"]) == 168


@pytest.mark.parametrize("role", [Role.AGENT, Role.OPERATOR])
async def test_others_neither_read_nor_write_it(client, log_in, lin, role) -> None:
    headers = await log_in(role)
    assert (await client.get("/api/reports/roster")).status == 403
    refused = await client.put("/api/reports/roster", json=body(lin), headers=headers)
    assert refused.status == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"shifts": {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}}, 422),
        ({"shifts": {"mon": [["22:00", "06:00"]]}}, 422),
        ({"shifts": {"monday": []}}, 422),
        ({"shifts": {"mon": [["8", "12"]]}}, 422),
        ({"from": (date(2020, 1, 1)).isoformat()}, 422),
        ({"off": ["tomorrow"]}, 422),
        ({"agent": "nobody"}, 404),
        ({"unknown": 1}, 422),
        ({"shifts": {}}, 200),
        ({"off": [(TODAY + timedelta(days=3)).isoformat()]}, 200),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_reason(
    client, log_in, lin, change, status
) -> None:
    headers = await log_in(Role.MANAGER)
    response = await client.put(
        "/api/reports/roster", json={**body(lin), **change}, headers=headers
    )
    assert response.status == status, await response.text()
    if status != 200:
        assert (await response.json())["detail"]


@pytest.mark.parametrize(
    ("draft", "status"),
    [
        ('{"a": {"mon": [["09:00", "18:00"]]}}', 200),
        ('{"a": {}}', 200),
        ('{"a": {"mon": [["18:00", "09:00"]]}}', 422),
        ('{"a": 5}', 422),
        ("no json", 422),
    ],
)
async def test_another_roster_is_tried_out_without_being_kept(
    client, log_in, lin, draft, status
) -> None:
    await log_in(Role.MANAGER)
    query = {"key": "house_human_first/handoff_response", "people": "planned", "draft": draft}
    response = await client.get("/api/reports/what-if", params=query)
    assert response.status == status, await response.text()
    roster = await (await client.get("/api/reports/roster")).json()
    assert not any(agent["shifts"] for agent in roster["agents"])


async def test_a_change_needs_the_token(client, log_in, lin) -> None:
    await log_in(Role.MANAGER)
    assert (await client.put("/api/reports/roster", json=body(lin))).status == 403
