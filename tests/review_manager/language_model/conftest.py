"""A model server on a real port, and clients of it."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from fake_model import KEY, MODEL, FakeModel, polite, says

from review_manager.language_model import ChatClient, Endpoint, ModelPolicy, load_model_policy

MakeClient = Callable[..., ChatClient]


@pytest.fixture
async def model() -> AsyncIterator[FakeModel]:
    """The server on a real port."""
    fake = FakeModel(moods=[says(polite)])
    app = web.Application()
    app.router.add_post("/v1/chat/completions", fake.answer)
    async with TestServer(app) as server:
        fake.url = str(server.make_url("/v1"))
        yield fake


@pytest.fixture
def policy() -> ModelPolicy:
    """The shipped rules."""
    return load_model_policy()


@pytest.fixture
async def connect(model: FakeModel, policy: ModelPolicy) -> AsyncIterator[MakeClient]:
    """Make clients of the server; rules of the policy can be changed by name."""
    opened: list[ChatClient] = []

    def make(
        *, key: str = KEY, seconds: float = 8, stream: bool = False, url: str = "", **rules: int
    ) -> ChatClient:
        endpoint = Endpoint(
            url or model.url, MODEL, key=key, time_limit=timedelta(seconds=seconds), stream=stream
        )
        opened.append(ChatClient(endpoint, policy.call.model_copy(update=rules)))
        return opened[-1]

    yield make
    for client in opened:
        await client.close()
