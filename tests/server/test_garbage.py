"""Garbage is looked for in calm moments, and after ten minutes in any."""

import gc
import weakref

import pytest
from aiohttp.test_utils import TestClient

from server.desk_office import DESK
from server.garbage import LONGEST_SECONDS, Collector
from server.politeness import BUSY_PER_SECOND


class Knot:
    """Garbage that only a search finds: it holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector(client: TestClient) -> Collector:
    """The collector of a running server."""
    assert client.app is not None
    return Collector(client.app)


async def test_a_calm_desk_is_searched(collector: Collector) -> None:
    lost = weakref.ref(Knot())
    assert await collector.look()
    assert lost() is None


async def test_a_busy_desk_is_searched_when_it_was_left_alone_for_long(
    collector: Collector, client: TestClient
) -> None:
    assert client.app is not None
    client.app[DESK].intake.flow.per_second = lambda: BUSY_PER_SECOND + 1  # type: ignore[method-assign]
    gc.disable()
    try:
        lost = weakref.ref(Knot())
        assert not await collector.look()
        assert lost() is not None
        collector._looked_at -= LONGEST_SECONDS
        assert await collector.look()
        assert lost() is None
    finally:
        gc.enable()
