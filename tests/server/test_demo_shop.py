"""The demo shop's data and tickets, and that they exist in a demo only."""

from datetime import UTC, datetime

import pytest
from aiohttp.test_utils import TestClient, TestServer

from server.app import create_app
from server.keys import DATABASE
from server.settings import Settings
from shop.identity import read_ticket
from shop.seed import seed_demo_shop


async def _seed(client: TestClient) -> None:
    async with client.app[DATABASE].write() as session:
        await seed_demo_shop(session, now=datetime.now(UTC))


async def test_the_page_gets_products_and_people(client: TestClient) -> None:
    await _seed(client)
    shop = await (await client.get("/api/shop/demo")).json()
    assert len(shop["products"]) >= 80
    names = {customer["name"] for customer in shop["customers"]}
    assert {"王芳", "李强", "张敏"} <= names


async def test_a_demo_ticket_vouches_for_its_customer(
    client: TestClient, settings: Settings
) -> None:
    answer = await (await client.get("/api/shop/demo/ticket?customer=C0001")).json()
    ticket = read_ticket(answer["identity"], settings.ticket_secret(), now=datetime.now(UTC))
    assert ticket.customer_id == "C0001"


async def test_there_is_no_ticket_for_other_customers(client: TestClient) -> None:
    assert (await client.get("/api/shop/demo/ticket?customer=C0042")).status == 404


@pytest.mark.parametrize("path", ["/api/shop/demo", "/api/shop/demo/ticket?customer=C0001"])
async def test_outside_a_demo_there_is_nothing(settings: Settings, path: str) -> None:
    app = create_app(settings.model_copy(update={"demo": False}))
    async with TestClient(TestServer(app)) as client:
        assert (await client.get(path)).status == 404
