"""Customers of the demo shop who write in on its first day, so that the desk has work to show.

They come through the same door as everybody: the widget's line, the bot, the handoff.
"""

import asyncio
import csv
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

from server.settings import Settings
from shop.identity import sign_ticket
from storage.tables import new_id

VISITORS = Path(__file__).parents[1] / "data" / "shop" / "visitors.csv"
ANSWER_SECONDS = 30.0
HELLO = {"type": "hello", "token": None, "conversation": None, "after": 0, "page": ""}


def read_visitors() -> list[tuple[str, list[str]]]:
    """Return who writes in, by customer id, and what each says, line by line."""
    with VISITORS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        (customer, [row["text"] for row in said])
        for customer, said in groupby(rows, key=lambda row: row["customer_id"])
    ]


async def write_in(settings: Settings) -> int:
    """Let the visitors say their lines, one after the other; return how many they were.

    Raises:
        aiohttp.ClientError: the server is not there.
        TypeError: it hung up.
        TimeoutError: nobody answered a line for half a minute.
    """
    visitors = read_visitors()
    async with ClientSession() as client:
        for customer, lines in visitors:
            ticket = sign_ticket(customer, settings.ticket_secret(), now=datetime.now(UTC))
            async with client.ws_connect(f"{settings.url}/ws/customer", origin=settings.url) as ws:
                await ws.send_json({**HELLO, "identity": ticket})
                for text in lines:
                    await asyncio.wait_for(_say(ws, text), ANSWER_SECONDS)
    return len(visitors)


async def _say(ws: ClientWebSocketResponse, text: str) -> None:
    """Say a line and wait until the bot has answered, or the desk in its place."""
    await ws.send_json({"type": "message", "client_id": new_id(), "kind": "text", "text": text})
    frame: dict[str, Any] = {}
    while frame.get("type") != "message" or frame["message"]["sender"] == "customer":
        frame = await ws.receive_json()
