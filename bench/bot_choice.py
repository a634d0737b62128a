"""Which lines both bots answer with a fixed sentence, so that a plain turn is plain for either."""

import asyncio
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, ClientTimeout

from bench.bot_models import fixed_sentences
from bench.bot_servers import RunningBot, say

AT_ONCE = 2


@dataclass(frozen=True)
class Choice:
    """The lines to measure with; `dropped` counts by bot those that it answers in another way.

    A line that both read otherwise is counted with both.
    """

    kept: frozenset[str]
    asked: int
    dropped: dict[str, int]


async def choose(
    bots: Sequence[RunningBot], lines: Iterable[str], tell: Callable[[str], None]
) -> Choice:
    """Say each line to each bot, in a conversation of its own."""
    asked = list(dict.fromkeys(lines))
    tell(f"choosing plain lines: {len(asked)} are said to both bots")
    answered = await asyncio.gather(*(_answered_by_sentence(bot, asked) for bot in bots))
    return Choice(
        kept=frozenset.intersection(*answered),
        asked=len(asked),
        dropped={
            bot.name: len(asked) - len(fixed) for bot, fixed in zip(bots, answered, strict=True)
        },
    )


async def _answered_by_sentence(bot: RunningBot, lines: Sequence[str]) -> frozenset[str]:
    found, left = set(), iter(lines)

    async def ask(http: ClientSession) -> None:
        for line in left:
            if is_fixed(await say(http, bot, uuid.uuid4().hex, line)):
                found.add(line)

    async with ClientSession(timeout=ClientTimeout(total=120)) as http:
        await asyncio.gather(*(ask(http) for _ in range(AT_ONCE)))
    return frozenset(found)


def is_fixed(replies: Sequence[dict[str, Any]]) -> bool:
    """Say whether a bot answered with one of the sentences that no action is needed for."""
    return len(replies) == 1 and replies[0].get("text") in fixed_sentences()
