"""Customers and agents talk while the server is killed and connections are cut; then we count.

Every acknowledged message must be there exactly once, in order, on both sides: in the database, in
each customer's window and in the window of every agent who followed the conversation.
"""

import asyncio
import contextlib
import itertools
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from aiohttp import ClientSession, CookieJar
from sqlalchemy import select

from bench.chat_clients import Agent, Customer
from bench.cutting_proxy import CuttingProxy
from bench.desk_server import ServerProcess, free_port, hire, migrate
from desk.tables import DbMessage
from storage.engine import Database
from storage.sealed import Keyring, use_keyring

Frame = dict[str, Any]


@dataclass(frozen=True)
class Findings:
    """What went wrong (nothing should) and how much was tried."""

    acknowledged: int
    answered: int
    lost: int
    doubled: int
    misordered: int
    missing_in_a_window: int
    kills: int
    cuts: int
    reconnects: int

    def as_record(self) -> dict[str, Any]:
        """Return it as one JSON object."""
        return {**asdict(self), "clean": self.is_clean}

    @property
    def is_clean(self) -> bool:
        """Say whether every promise held."""
        return not (self.lost or self.doubled or self.misordered or self.missing_in_a_window)


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
) -> Findings:
    """Let everybody talk through `kills` kills, until all is said; returns what was found."""
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
        for _staff, cookie, csrf in hired:
            http = await stack.enter_async_context(ClientSession(cookie_jar=CookieJar(unsafe=True)))
            http.cookie_jar.update_cookies({"kefu": cookie})
            staff.append(Agent(http, url, random.Random(dice.random()), csrf=csrf))
            running.append(asyncio.create_task(staff[-1].run("/ws/agent")))
        for _ in range(customers):
            http = await stack.enter_async_context(ClientSession())
            people.append(Customer(http, url, random.Random(dice.random())))
            running.append(asyncio.create_task(people[-1].run("/ws/customer")))
        killing = _kill_again_and_again(server, dice, kills, kill_every)
        # Together, so that a server that does not start again ends the run instead of hanging it.
        await asyncio.gather(killing, *(_talk(each, messages, dice) for each in people))
        proxy.life_seconds = 3600.0  # a quiet network at the end, so that all can catch up
        await _settle(database, people, staff)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    findings = await _count(database, people, staff, kills=kills, cuts=proxy.cuts)
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
    database: Database, people: Sequence[Customer], staff: Sequence[Agent], *, seconds: float = 60
) -> None:
    """Wait until every customer has seen everything there is and every text is answered."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not await _is_settled(database, people):  # noqa: ASYNC110 - asks a database
                await asyncio.sleep(0.5)
    await asyncio.sleep(1.0)


async def _is_settled(database: Database, people: Sequence[Customer]) -> bool:
    for customer in people:
        stored = await _stored(database, customer.conversation or "")
        visible = [row for row in stored if not row.internal]
        texts = [row for row in stored if row.sender == "customer" and row.kind == "text"]
        answers = [row for row in stored if row.sender == "agent"]
        if len(answers) < len(texts) or customer.cursor < visible[-1].seq:
            return False
    return True


async def _stored(database: Database, conversation: str) -> Sequence[DbMessage]:
    query = (
        select(DbMessage).where(DbMessage.conversation_id == conversation).order_by(DbMessage.seq)
    )
    async with database.read() as session:
        return (await session.scalars(query)).all()


async def _count(
    database: Database,
    people: Sequence[Customer],
    staff: Sequence[Agent],
    *,
    kills: int,
    cuts: int,
) -> Findings:
    totals: Counter[str] = Counter()
    for customer in people:
        stored = await _stored(database, customer.conversation or "")
        by_client = Counter(row.client_id for row in stored if row.client_id)
        totals["lost"] += sum(by_client[key] == 0 for key in customer.acknowledged)
        totals["doubled"] += sum(count > 1 for count in by_client.values())
        totals["misordered"] += _wrong_numbers(stored, customer)
        visible = [row.seq for row in stored if not row.internal]
        totals["missing"] += _differs(customer.shown, visible)
        totals["answers"] += sum(row.sender == "agent" and not row.internal for row in stored)
        texts = sum(row.sender == "customer" and row.kind == "text" for row in stored)
        distinct = {row.client_id for row in stored if row.sender == "agent"}
        totals["lost"] += max(texts - len(distinct), 0)
        for agent in staff:
            totals["missing"] += _has_gap(agent.shown.get(customer.conversation or "", []))
            totals["lost"] += _lost_answers(stored, agent)
    return Findings(
        acknowledged=sum(len(customer.acknowledged) for customer in people),
        answered=totals["answers"],
        lost=totals["lost"],
        doubled=totals["doubled"],
        misordered=totals["misordered"],
        missing_in_a_window=totals["missing"],
        kills=kills,
        cuts=cuts,
        reconnects=sum(each.connections - 1 for each in [*people, *staff]),
    )


def _wrong_numbers(stored: Sequence[DbMessage], customer: Customer) -> int:
    numbers = [row.seq for row in stored]
    wrong = sum(later != earlier + 1 for earlier, later in itertools.pairwise(numbers))
    by_client = {row.client_id: row.seq for row in stored}
    wrong += sum(by_client.get(key) != seq for key, seq in customer.acknowledged.items())
    said = [row.text for row in stored if row.sender == "customer" and row.kind == "text"]
    return wrong + (said != sorted(said, key=lambda text: int(text[1:-1])))


def _lost_answers(stored: Sequence[DbMessage], agent: Agent) -> int:
    """Count answers that were confirmed to this agent but stand elsewhere or nowhere."""
    by_client = {row.client_id: row.seq for row in stored if row.client_id}
    here = stored[0].conversation_id[-12:]
    return sum(
        by_client.get(ref) != seq
        for ref, seq in agent.answered.items()
        if ref.startswith(f"answer-{here}-")
    )


def _has_gap(shown: Sequence[Frame]) -> bool:
    """Say whether an agent, who sees notes too, missed a number between her first and last."""
    seqs = [message["seq"] for message in shown]
    return bool(seqs) and seqs != list(range(seqs[0], seqs[-1] + 1))


def _differs(shown: Sequence[Frame], visible: Sequence[int]) -> int:
    """Say whether a window showed anything twice, out of order, or not at all."""
    return [message["seq"] for message in shown] != list(visible)
