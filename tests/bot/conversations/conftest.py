"""The real bot: Rasa with the shipped model, the actions beside it, and a seeded shop."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kefu.bot_environment import QUIET
from kefu.bot_model import BOT, ensure_model, rasa_command
from shop.seed import seed_demo_shop
from storage.engine import Database
from storage.migrate import upgrade
from storage.sealed import use_keyring
from storage.settings import StorageSettings

ROOT = Path(__file__).parents[3]
READY_SECONDS = 400


@dataclass(frozen=True)
class RunningBot:
    """The bot's REST channel."""

    port: int

    def say(self, sender: str, text: str, customer: str | None = None) -> list[dict[str, Any]]:
        """Send a line as the desk's relay does and return the reply objects."""
        metadata = {"conversation": sender, "customer_id": customer, "channel": "widget"}
        body = json.dumps({"sender": sender, "message": text, "metadata": metadata}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/webhooks/rest/webhook",
            data=body,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            replies: list[dict[str, Any]] = json.load(answer)
        return replies

    def text(self, sender: str, text: str, customer: str | None = None) -> str:
        """Send a line and return all words of the answer."""
        return "\n".join(r["text"] for r in self.say(sender, text, customer) if "text" in r)


@pytest.fixture(scope="session")
def running_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """One bot for all tests of the session; trained first if its inputs changed."""
    folder = tmp_path_factory.mktemp("bot")
    _seed(folder)
    port = _free_port()
    settings = {"KEFU_VAR_DIR": str(folder), "KEFU_DATABASE_URL": ""}
    settings["KEFU_ACTIONS_PORT"] = str(port)
    with (
        _process([sys.executable, "-m", "actions"], ROOT, settings, folder / "actions.log"),
        _rasa_calling(f"http://127.0.0.1:{port}/webhook", folder / "bot.log") as bot,
    ):
        _wait(f"http://127.0.0.1:{port}/health")
        yield bot


@pytest.fixture(scope="session")
def rasa_calling() -> Callable[[str, Path], AbstractContextManager[RunningBot]]:
    """What runs the bot with other actions: their URL and a log file go in."""
    return _rasa_calling


@contextmanager
def _rasa_calling(actions_url: str, log: Path) -> Iterator[RunningBot]:
    """Run Rasa with the shipped model (trained first if its inputs changed) and these actions."""
    model = ensure_model(lambda _line: None)
    port = _free_port()
    words = ["run", "--interface", "127.0.0.1", "--port", str(port), "--model", str(model)]
    words += ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    with _process(rasa_command(*words), BOT, {"KEFU_ACTIONS_URL": actions_url}, log):
        _wait(f"http://127.0.0.1:{port}/webhooks/rest/")
        yield RunningBot(port)


@contextmanager
def _process(
    command: list[str], folder: Path, settings: dict[str, str], log: Path
) -> Iterator[None]:
    environment = {**os.environ, **QUIET, **settings}
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


def _seed(folder: Path) -> None:
    storage = StorageSettings(_env_file=None, var_dir=folder)
    use_keyring(storage.keyring())
    upgrade(storage.database)

    async def seed() -> None:
        database = Database(storage.database)
        async with database.write() as session:
            await seed_demo_shop(session, now=datetime.now(UTC))
        await database.close()

    asyncio.run(seed())


def _wait(url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise TimeoutError(url)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
