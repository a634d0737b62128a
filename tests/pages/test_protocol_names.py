"""The chat protocol has the same names in Python and JavaScript; the pages use only those."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from desk import protocol
from desk.agent_frames import AgentFrame
from desk.customer_frames import CustomerFrame

Run = Callable[..., Awaitable[Any]]
PAGES = Path(__file__).parents[2] / "pages"


def _types(union: Any) -> set[str]:
    return {get_args(frame.model_fields["type"].annotation)[0] for frame in get_args(union)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("TO_CUSTOMER", {str(one) for one in protocol.ToCustomer}),
        ("TO_AGENT", {str(one) for one in protocol.ToAgent}),
        ("REFUSALS", {str(one) for one in protocol.RefusalCode}),
        ("FROM_CUSTOMER", _types(CustomerFrame)),
        ("FROM_AGENT", _types(AgentFrame)),
    ],
)
async def test_the_names_are_the_same(run: Run, name: str, expected: set[str]) -> None:
    script = "async (name) => [...(await load('protocol'))[name]]"
    assert set(await run(script, name)) == expected


async def test_the_limits_are_the_same(run: Run) -> None:
    script = (
        "async () => { const p = await load('protocol'); return [p.PROTOCOL, p.LONGEST_TEXT]; }"
    )
    assert await run(script) == [protocol.PROTOCOL, protocol.LONGEST_TEXT]


@pytest.mark.parametrize(
    ("file", "union"),
    [
        ("widget/chat.js", CustomerFrame),
        ("console/desk.js", AgentFrame),
        ("console/commands.js", AgentFrame),
    ],
)
def test_a_page_sends_only_frames_of_the_protocol(file: str, union: Any) -> None:
    source = (PAGES / file).read_text("utf-8")
    sent = re.findall(r"(?:send|write|sendKept)\(\{\s*type: '(\w+)'", source)
    sent += re.findall(r"(?:command|change)\('(\w+)'", source)
    assert sent
    assert set(sent) <= _types(union)
