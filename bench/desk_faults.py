"""Customers and agents talk while the server is killed and connections are cut; then we count.

Every acknowledged message must be there exactly once, in order, on both sides: in the database, in
each customer's window and in the window of every agent who followed the conversation.
"""

import asyncio
import contextlib
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from aiohttp import ClientSession, CookieJar
from sqlalchemy import select

from bench.chat_clients import Agent, Customer
from bench.cutting_proxy import CuttingProxy
from bench.desk_server import ServerProcess, free_port, hire, migrate
from bench.fault_findings import Findings, count_talk
from desk.tables import DbMessage
from storage.engine import Database
from storage.sealed import Keyring, use_keyring

# More than the 45 and 60 seconds after which the desk takes a talk from an agent: as long as
# somebody else may still be given it, the run is not over.
PATIENCE_SECONDS = 90.0
PASSES_ON = 0.05  # of the answers come just after the agent gave the talk to a colleague


def run(
    *,
    customers: int,
    agents: int,
    messages: int,
    kills: int,
    seed: int,
    database_url: str | None = None,
) -> dict[str, Any]:
    """Talk in a folder of its own and return what `kefu bench faults --json` prints.

    Without `database_url` (an empty database of your own) it is SQLite in that folder.
    """
    with tempfile.TemporaryDirectory(prefix="kefu-faults-") as name:
        folder = Path(name)
        use_keyring(Keyring.load_or_create(folder / "secrets" / "keyring.json"))
        began = perf_counter()
        talking = talk_through_faults(
            folder,
            database_url or f"sqlite:///{folder}/kefu.db",
            customers=customers,
            agents=agents,
            messages=messages,
            kills=kills,
            seed=seed,
        )
        findings = asyncio.run(talking)
        return findings.as_record() | {"seconds": round(perf_counter() - began, 1), "seed": seed}


async def talk_through_faults(
    folder: Path,
    database_url: str,
    *,
    customers: int,
    agents: int,
    messages: int,
    kills: int,
    seed: int,
    kill_every: tuple[float, float] = (1.0, 3.0),
    passes_on: float = PASSES_ON,
    patience: float = PATIENCE_SECONDS,
) -> Findings:
    """Let everybody talk through `kills` kills, until all is said; returns what was found.

    Meanwhile agents pass talks on (before `passes_on` of their answers), so that answers cross
    with changes of owner.
    """
    dice = random.Random(seed)
    migrate(database_url)
    database = Database(database_url)
    server = ServerProcess(folder, database_url, free_port(), {"KEFU_BOT_PORT": str(free_port())})
    await server.start()
    hired = await hire(database, [f"agent-{number}" for number in range(agents)])
    proxy = CuttingProxy(server.port, random.Random(dice.random()))
    await proxy.start()
    url = f"http://127.0.0.1:{proxy.listening_on}"
    async with contextlib.AsyncExitStack() as stack:
        running: list[asyncio.Task[None]] = []
        people: list[Customer] = []
        staff: list[Agent] = []
        for own, cookie, csrf in hired:
            http = await stack.enter_async_context(ClientSession(cookie_jar=CookieJar(unsafe=True)))
            http.cookie_jar.update_cookies({"kefu": cookie})
            others = [each.id for each, _cookie, _csrf in hired if each.id != own.id]
            agent = Agent(http, url, random.Random(dice.random()), csrf=csrf, colleagues=others)
            agent.passes_on = passes_on
            staff.append(agent)
            running.append(asyncio.create_task(agent.run("/ws/agent")))
        for _ in range(customers):
            http = await stack.enter_async_context(ClientSession())
            people.append(Customer(http, url, random.Random(dice.random())))
            running.append(asyncio.create_task(people[-1].run("/ws/customer")))
        killing = _kill_again_and_again(server, dice, kills, kill_every)
        # Together, so that a server that does not start again ends the run instead of hanging it.
        await asyncio.gather(killing, *(_talk(each, messages, dice) for each in people))
        proxy.life_seconds = 3600.0  # a quiet network at the end, so that all can catch up
        await _settle(database, people, staff, patience)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    findings = await _count(database, people, staff) + Findings(kills=kills, cuts=proxy.cuts)
    await proxy.stop()
    await server.stop()
    await database.close()
    return findings


async def _talk(customer: Customer, messages: int, dice: random.Random) -> None:
    await customer.deliver(type="ask_human")
    for number in range(messages):
        await customer.deliver(type="message", text=f"第{number}句")
        await asyncio.sleep(dice.uniform(0, 0.4))


async def _kill_again_and_again(
    server: ServerProcess, dice: random.Random, kills: int, every: tuple[float, float]
) -> None:
    for _ in range(kills):
        await asyncio.sleep(dice.uniform(*every))
        await server.kill()
        await server.start()


async def _settle(
    database: Database, people: Sequence[Customer], staff: Sequence[Agent], patience: float
) -> None:
    """Wait until everything is answered and seen, or nothing has moved for `patience` seconds."""
    last, moved_at = -1, perf_counter()
    while not await _is_settled(database, people, staff):
        moved = sum(len(each.shown) for each in people)
        moved += sum(len(shown) for each in staff for shown in each.shown.values())
        if moved != last:
            last, moved_at = moved, perf_counter()
        elif perf_counter() - moved_at > patience:
            break
        await asyncio.sleep(0.5)
    await asyncio.sleep(1.0)


async def _is_settled(
    database: Database, people: Sequence[Customer], staff: Sequence[Agent]
) -> bool:
    for customer in people:
        stored = await _stored(database, customer.conversation or "")
        if count_talk(stored, customer, staff).unanswered:
            return False
        if customer.cursor < max(row.seq for row in stored if not row.internal):
            return False
    return True


async def _stored(database: Database, conversation: str) -> Sequence[DbMessage]:
    query = (
        select(DbMessage).where(DbMessage.conversation_id == conversation).order_by(DbMessage.seq)
    )
    async with database.read() as session:
        return (await session.scalars(query)).all()


async def _count(
    database: Database, people: Sequence[Customer], staff: Sequence[Agent]
) -> Findings:
    found = Findings(reconnects=sum(each.connections - 1 for each in [*people, *staff]))
    for customer in people:
        stored = await _stored(database, customer.conversation or "")
        found += count_talk(stored, customer, staff)
    return found
