"""News are told in order and in parts, so that nobody waits for all the others."""

import asyncio
from functools import partial

import pytest

from desk.telling import AT_ONCE, Telling


async def _until(told: list[int], count: int) -> None:
    async with asyncio.timeout(30):
        while len(told) < count:
            await asyncio.sleep(0)


@pytest.mark.parametrize("count", [0, 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE])
async def test_all_are_told_once_and_in_order(count: int) -> None:
    told: list[int] = []
    Telling().soon(partial(told.append, n) for n in range(count))
    await _until(told, count)
    await asyncio.sleep(0)
    assert told == list(range(count))


async def test_others_have_their_turn_between_two_parts() -> None:
    told: list[int] = []
    Telling().soon(partial(told.append, n) for n in range(2 * AT_ONCE))
    assert told == []
    await asyncio.sleep(0)
    assert told == list(range(AT_ONCE))


async def test_what_comes_later_is_told_later() -> None:
    told: list[int] = []
    telling = Telling()
    telling.soon(partial(told.append, n) for n in range(AT_ONCE + 5))
    await asyncio.sleep(0)
    telling.soon([partial(told.append, -1)])
    await _until(told, AT_ONCE + 6)
    assert told == [*range(AT_ONCE + 5), -1]


async def test_a_stop_tells_the_rest_at_once() -> None:
    told: list[int] = []
    telling = Telling()
    telling.soon(partial(told.append, n) for n in range(3 * AT_ONCE))
    telling.all()
    assert told == list(range(3 * AT_ONCE))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(told) == 3 * AT_ONCE


async def test_who_raises_keeps_nobody_else_from_hearing() -> None:
    told: list[int] = []
    raised: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, seen: raised.append(seen))

    def fail() -> None:
        raise RuntimeError

    Telling().soon([fail, partial(told.append, 1), partial(told.append, 2)])
    await _until(told, 2)
    assert told == [1, 2]
    assert len(raised) == 1
