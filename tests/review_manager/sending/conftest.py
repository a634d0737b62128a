"""The shop's endpoint on a real port."""

import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from review_manager.sending import Endpoint

sys.path.insert(0, str(Path(__file__).parent))

from shop_endpoint import SECRET, Shop


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """The endpoint, on a port of its own."""
    shop = Shop()
    app = web.Application()
    app.router.add_post("/replies", shop.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    shop.url = f"http://127.0.0.1:{runner.addresses[0][1]}/replies"
    yield shop
    await runner.cleanup()


@pytest.fixture
def endpoint(shop: Shop) -> Endpoint:
    """The shop's endpoint as the product knows it; impatient, so that a hang costs little."""
    return Endpoint(shop.url, SECRET, timedelta(seconds=0.5))
