"""The two bots of `kefu bench bot`: real processes on free loopback ports, with one seeded shop."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout

from bench.desk_server import free_port, migrate
from kefu.bot_environment import QUIET
from kefu.bot_model import BOT, ROOT, rasa_command
from kefu.bot_programs import actions_program, bot_program
from kefu.supervisor import DidNotStartError, Program, Supervisor
from shop.seed import seed_demo_shop
from storage.engine import Database
from storage.sealed import use_keyring
from storage.settings import StorageSettings

READY_SECONDS = 600.0
WEBHOOK = "/webhooks/rest/webhook"


@dataclass(frozen=True)
class RunningBot:
    """A bot that answers: where, and its processes."""

    name: str
    url: str
    actions_url: str
    bot_pid: int
    actions_pid: int

    @property
    def cpu_seconds(self) -> float:
        """Processor time that the Rasa process and the one of its actions have used (Linux)."""
        return _cpu_seconds(self.bot_pid) + _cpu_seconds(self.actions_pid)

    @property
    def memory_mb(self) -> float:
        """The resident memory of the Rasa process (Linux)."""
        return _memory_mb(self.bot_pid)

    @property
    def actions_memory_mb(self) -> float:
        """The resident memory of the process that serves the actions (Linux)."""
        return _memory_mb(self.actions_pid)


@contextlib.asynccontextmanager
async def running_bots(folder: Path, kefu: Path, stock: Path) -> AsyncIterator[list[RunningBot]]:
    """Start both bots in `folder`, wait until both answer, and stop everything at the end."""
    await _seed(folder)
    supervisor = Supervisor(lambda line: print(line, file=sys.stderr, flush=True))
    shop = {"KEFU_VAR_DIR": str(folder), "KEFU_DATABASE_URL": ""}
    bots = []
    try:
        for name, make, model in (("kefu", _kefu, kefu), ("stock", _stock, stock)):
            port, actions_port = free_port(), free_port()
            programs = make(folder, model, port, actions_port)
            for program in programs:
                named = replace(program, environment={**program.environment, **shop})
                await supervisor.start(named)
            running = RunningBot(
                name,
                f"http://127.0.0.1:{port}",
                f"http://127.0.0.1:{actions_port}",
                *(supervisor.pid(program.name) for program in programs),
            )
            await _answers(running, supervisor, programs)
            bots.append(running)
        yield bots
    finally:
        await supervisor.stop()


async def _seed(folder: Path) -> None:
    """Make the demo shop whose orders the actions of both bots read."""
    settings = StorageSettings(_env_file=None, var_dir=folder, database_url="")
    use_keyring(settings.keyring())
    await asyncio.to_thread(migrate, settings.database)
    database = Database(settings.database)
    async with database.write() as session:
        await seed_demo_shop(session, now=datetime.now(UTC))
    await database.close()


def _kefu(folder: Path, model: Path, port: int, actions_port: int) -> list[Program]:
    """Both processes exactly as `kefu up` starts them."""
    bot = bot_program(folder, model, port=port, actions_port=actions_port)
    return [bot, actions_program(folder, port=actions_port)]


def _stock(folder: Path, model: Path, port: int, actions_port: int) -> list[Program]:
    """Rasa as its documentation starts it, with the SDK's own action server."""
    endpoints, credentials = folder / "stock-endpoints.yml", folder / "stock-credentials.yml"
    url = f"http://127.0.0.1:{actions_port}/webhook"
    endpoints.write_text(f'action_endpoint:\n  url: "{url}"\n', encoding="utf-8")
    credentials.write_text("rest:\n", encoding="utf-8")
    words = ["run", "--interface", "127.0.0.1", "--port", str(port), "--model", str(model)]
    words += ["--endpoints", str(endpoints), "--credentials", str(credentials)]
    loopback = {**QUIET, "SANIC_HOST": "127.0.0.1"}
    actions = [sys.executable, "-m", "bench.stock_actions", str(actions_port)]
    return [
        Program("stock-bot", rasa_command(*words), BOT, folder / "stock-bot.log", loopback),
        Program("stock-actions", actions, ROOT, folder / "stock-actions.log", loopback),
    ]


async def _answers(bot: RunningBot, supervisor: Supervisor, programs: list[Program]) -> None:
    """Wait until the actions are served and the bot has answered with one of them."""
    deadline = time.monotonic() + READY_SECONDS
    async with ClientSession(timeout=ClientTimeout(total=30)) as http:
        while time.monotonic() < deadline:
            for program in programs:
                if supervisor.ended(program.name):
                    raise DidNotStartError(program, "ended while starting")
            with contextlib.suppress(ClientError, OSError, TimeoutError):
                async with http.get(f"{bot.actions_url}/health"):
                    pass
                if await say(http, bot, "warm-up", "/affirm"):
                    return
            await asyncio.sleep(1)
    raise DidNotStartError(programs[0], f"did not answer within {READY_SECONDS:.0f} s")


async def say(
    http: ClientSession, bot: RunningBot, sender: str, text: str, *, customer: str = ""
) -> list[dict[str, object]]:
    """Send one line as the desk does and return the reply objects."""
    metadata = {"conversation": sender, "customer_id": customer or None, "channel": "widget"}
    body = {"sender": sender, "message": text, "metadata": metadata}
    async with http.post(f"{bot.url}{WEBHOOK}", json=body) as response:
        replies: list[dict[str, object]] = await response.json()
        return replies


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise RuntimeError("no VmRSS")
