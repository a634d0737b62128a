"""`kefu up`: prepares the database and the bot, starts the whole product, and waits for Ctrl-C."""

import asyncio
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from kefu.bot_model import BotModelError, ensure_model
from kefu.bot_programs import actions_program, bot_program
from kefu.supervisor import DidNotStartError, Program, Supervisor

ROOT = Path(__file__).parents[1]
FREE_BYTES_NEEDED = 500 * 1024**2
READY_SECONDS = 120.0
POLL_SECONDS = 0.2

app = typer.Typer(help="Start the whole product.", invoke_without_command=True)


class CannotStartError(RuntimeError):
    """The product cannot start; the message is one line that says how to mend it."""


class BotSilentError(CannotStartError):
    """The bot runs but answers nothing: most likely its model is broken."""

    def __init__(self, log: Path) -> None:
        super().__init__(
            "the bot answers nothing, most likely its model is broken: remove bot/models and start "
            f"again, which trains a new one (the bot's own words are in {log})"
        )


@app.callback()
def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="Fill an empty database with the demo shop.")
    ] = False,
    visitors: Annotated[
        bool, typer.Option(help="Let some demo customers write in at the demo's first start.")
    ] = True,
) -> None:
    """Start the bot, its actions and the web program, and stop them all on Ctrl-C.

    Example: kefu up --demo
    """
    try:
        asyncio.run(_up(demo=demo, visitors=visitors))
    except (CannotStartError, DidNotStartError, BotModelError, OSError) as error:
        typer.secho(f"✗ {error}", fg="red", err=True)
        raise typer.Exit(1) from None


async def _up(*, demo: bool, visitors: bool) -> None:
    from pydantic import ValidationError

    from kefu.demo import prepare_database, print_welcome
    from server.settings import Settings

    try:
        settings = Settings()
    except ValidationError as error:
        raise CannotStartError(
            f"a setting is wrong (see .env.example): {_settings(error)}"
        ) from None
    _check_disk(settings.var_dir)
    _check_port(settings.host, settings.port)
    with _step("training the bot (kept until its inputs change)"):
        model = ensure_model(_tell)
    with _step("bringing the database up to date"):
        prepared = await prepare_database(settings, demo=demo)
    ports = {"actions": _free_port(), "bot": _free_port()}
    programs = _programs(settings.var_dir.resolve() / "log", model, ports, demo=demo)
    supervisor = Supervisor(_tell)
    stopped = _stop_signal()
    async with AsyncExitStack() as stopping:
        stopping.push_async_callback(supervisor.stop)
        with _step("starting the bot, its actions and the web program"):
            for program in programs:
                await supervisor.start(program)
            await _all_ready(supervisor, programs, ports, settings.url, stopped)
        for program in programs:
            supervisor.keep_alive(program)
        if not stopped.is_set():
            print_welcome(settings.url, prepared.logins)
            if prepared.fresh and visitors:
                visit = asyncio.create_task(_let_visitors_in(settings))
                stopping.callback(visit.cancel)
        await stopped.wait()
        _tell("stopping …")
    _tell("everything is stopped")


async def _let_visitors_in(settings: Any) -> None:
    from aiohttp import ClientError

    from kefu.demo_visitors import write_in

    try:
        _tell(f"{await write_in(settings)} demo customers wrote in: see the console")
    except (ClientError, TimeoutError, TypeError) as error:
        _tell(f"the demo customers who write in gave up ({error}); all else works")


def _settings(error: Any) -> str:
    """Return each wrong setting of a ValidationError under its own name, with what is wrong."""
    return "; ".join(
        f"KEFU_{'_'.join(map(str, wrong['loc'])).upper()}={wrong['input']!r}: {wrong['msg']}"
        for wrong in error.errors()
    )


def _check_disk(var_dir: Path) -> None:
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(var_dir).free
    except OSError as error:
        raise CannotStartError(f"cannot write to {var_dir}: {error.strerror}") from None
    if free < FREE_BYTES_NEEDED:
        raise CannotStartError(
            f"the disk of {var_dir} has {free / 1024**2:.0f} MB free: free at least "
            f"{FREE_BYTES_NEEDED / 1024**2:.0f} MB, or set KEFU_VAR_DIR to another disk"
        )


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise CannotStartError(
                f"port {port} on {host} is in use: stop the program that holds it, or choose "
                f"another one with KEFU_PORT={port + 1} make run"
            ) from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _programs(log: Path, model: Path, ports: dict[str, int], *, demo: bool) -> list[Program]:
    actions = actions_program(log, port=ports["actions"])
    bot = bot_program(log, model, port=ports["bot"], actions_port=ports["actions"])
    server = Program(
        name="server",
        command=[sys.executable, "-m", "server"],
        folder=ROOT,
        log=log / "server.log",
        environment={
            "KEFU_BOT_PORT": str(ports["bot"]),
            "KEFU_DEMO": "1" if demo else os.environ.get("KEFU_DEMO", "0"),
        },
    )
    return [server, actions, bot]


async def _all_ready(
    supervisor: Supervisor,
    programs: list[Program],
    ports: dict[str, int],
    url: str,
    stopped: asyncio.Event,
) -> None:
    from aiohttp import ClientError, ClientSession, ClientTimeout

    addresses = {
        "server": f"{url}/healthz",
        "actions": f"http://127.0.0.1:{ports['actions']}/health",
        "bot": f"http://127.0.0.1:{ports['bot']}/webhooks/rest/",
    }
    async with ClientSession(timeout=ClientTimeout(total=2)) as client:

        async def answers(program: Program) -> bool:
            try:
                async with client.get(addresses[program.name]) as response:
                    return bool(response.status == 200)
            except (ClientError, TimeoutError):
                return False

        for program in programs:
            await _ready(supervisor, program, answers, stopped)
        if not stopped.is_set() and not await _answers_a_greeting(
            client, f"{addresses['bot']}webhook"
        ):
            raise BotSilentError(programs[-1].log)


async def _answers_a_greeting(client: Any, url: str) -> bool:
    """Let the bot answer one line now: the first reading loads what the later ones share.

    A Rasa that could not load its model runs all the same, and answers nothing.
    """
    from aiohttp import ClientError, ClientTimeout

    greeting = {"sender": "warm-up", "message": "你好"}
    words: list[Any] = []
    with suppress(ClientError, TimeoutError, ValueError):
        async with client.post(url, json=greeting, timeout=ClientTimeout(READY_SECONDS)) as said:
            words = await said.json()
    return bool(words)


async def _ready(
    supervisor: Supervisor,
    program: Program,
    answers: Callable[[Program], Awaitable[bool]],
    stopped: asyncio.Event,
) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not stopped.is_set():
        if await answers(program):
            _tell(f"  {program.name} answers")
            return
        if supervisor.ended(program.name):
            raise DidNotStartError(program, "ended while starting")
        if time.monotonic() > deadline:
            raise DidNotStartError(program, f"did not answer within {READY_SECONDS:.0f} s")
        await asyncio.sleep(POLL_SECONDS)


def _stop_signal() -> asyncio.Event:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    return stopped


@contextmanager
def _step(name: str) -> Iterator[None]:
    _tell(f"• {name} …")
    started = time.monotonic()
    yield
    _tell(f"  done in {time.monotonic() - started:.1f} s")


def _tell(line: str) -> None:
    typer.echo(line)
    sys.stdout.flush()
