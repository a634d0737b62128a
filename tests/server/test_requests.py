"""Bad requests get one shape of answer that says what to change."""

import pytest
from aiohttp.test_utils import TestClient


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"login": 7, "password": "x"}', 422),
    ],
)
async def test_a_bad_body_is_a_problem(client: TestClient, body: bytes, status: int) -> None:
    answer = await client.post("/api/login", data=body)
    problem = await answer.json()
    assert answer.status == problem["status"] == status
    assert answer.content_type == "application/problem+json"
    assert problem["detail"]


async def test_faulty_fields_are_named(client: TestClient) -> None:
    problem = await (await client.post("/api/login", json={"login": "x"})).json()
    assert [error["field"] for error in problem["errors"]] == ["password"]
    assert "password" in problem["detail"]


@pytest.mark.parametrize(("method", "status"), [("GET", 405), ("POST", 404)])
async def test_routing_errors_have_the_same_shape(
    client: TestClient, method: str, status: int
) -> None:
    path = "/api/login" if status == 405 else "/api/nowhere"
    answer = await client.request(method, path)
    assert answer.status == status
    assert (await answer.json())["status"] == status


async def test_health_tells_the_parts_apart(client: TestClient) -> None:
    answer = await client.get("/readyz")
    assert answer.status == 200
    assert await answer.json() == {"database": True, "bot": False}
