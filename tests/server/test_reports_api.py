"""The reports over HTTP: who may read them, what they say of an empty shop, bad questions."""

import pytest

from storage.staff import Role

REPORTS = (
    "clocks", "chats", "promises", "backlog", "risk", "rescue", "cases", "chat-cases",
    "promise-cases", "roster",
)  # fmt: skip


@pytest.mark.parametrize("report", REPORTS)
async def test_an_empty_shop_has_no_figures_but_an_answer(client, log_in, report) -> None:
    await log_in(Role.MANAGER)
    response = await client.get(f"/api/reports/{report}")
    assert response.status == 200, await response.text()
    body = await response.json()
    assert body["at"]
    if report == "clocks":
        assert body["clocks"] == []
    if report == "chats":
        assert body["bot"]["closed_by_bot"]["share"] is None
        assert body["satisfaction"]["mean"] is None
        assert len(body["days"]) == 7
    if report == "promises":
        assert body["now"]["kept"]["share"] is None
    if report in ("cases", "chat-cases", "promise-cases"):
        assert (body["total"], body["cases"]) == (0, [])


@pytest.mark.parametrize("role", [Role.AGENT, Role.OPERATOR])
async def test_only_leads_and_managers_read_reports(client, log_in, role) -> None:
    await log_in(role)
    response = await client.get("/api/reports/clocks")
    assert response.status == 403


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-11-20&to=2026-11-01",
        "from=2024-01-01&to=2026-11-01",
        "from=yesterday",
        "unknown=1",
        "page=-1",
    ],
)
async def test_an_impossible_question_is_refused_with_a_reason(client, log_in, query) -> None:
    await log_in(Role.MANAGER)
    response = await client.get(f"/api/reports/cases?{query}")
    assert response.status == 422
    assert (await response.json())["detail"]


async def test_a_clock_nobody_knows_is_not_found(client, log_in) -> None:
    await log_in(Role.MANAGER)
    response = await client.get("/api/reports/clock?key=house_review_reply/no_such_clock")
    assert response.status == 404


async def test_a_clock_that_never_ran_has_no_figures(client, log_in) -> None:
    await log_in(Role.MANAGER)
    response = await client.get("/api/reports/clock?key=house_review_reply/review_reply")
    body = await response.json()
    assert response.status == 200
    assert body["now"] is None
    assert body["target_seconds"] == 86400
