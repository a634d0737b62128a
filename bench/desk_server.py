"""A real server process for measurements: its own database, its own port, killed without mercy."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import ClientError, ClientSession

from server.sessions import start_session
from server.tables import DbLoginSession
from storage.engine import Database
from storage.migrate import upgrade
from storage.staff import DbStaff, Role

START_SECONDS = 60
CALM_CPU = 0.15  # seconds of processor time in a second
CALM_SECONDS = 3


@dataclass
class ServerProcess:
    """`python -m server` in a process group of its own."""

    folder: Path
    database_url: str
    port: int
    settings: Mapping[str, str] = field(default_factory=dict)
    _process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start and wait until it answers."""
        environment = {
            **os.environ,
            "KEFU_VAR_DIR": str(self.folder),
            "KEFU_DATABASE_URL": self.database_url,
            "KEFU_PORT": str(self.port),
            **self.settings,
        }
        log = (self.folder / "server.log").open("ab")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server", env=environment, stdout=log, stderr=log
        )
        log.close()
        async with ClientSession() as http, asyncio.timeout(START_SECONDS):
            while self._process.returncode is None:
                try:
                    async with http.get(f"{self.url}/login"):
                        return
                except (ClientError, OSError):
                    await asyncio.sleep(0.05)
        log_text = (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"the server ended at once:\n{log_text[-2000:]}")

    async def calm(self, *, seconds: float = 90) -> None:
        """Wait until the process has nothing left to do of its start (or the time is up)."""
        quiet = 0
        before = cpu_seconds(self.pid)
        for _ in range(int(seconds)):
            await asyncio.sleep(1)
            now = cpu_seconds(self.pid)
            quiet = quiet + 1 if now - before < CALM_CPU else 0
            before = now
            if quiet >= CALM_SECONDS:
                return

    async def kill(self) -> None:
        """End it as a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to end."""
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(how)
            await self._process.wait()


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def migrate(database_url: str) -> None:
    """Make the schema."""
    upgrade(database_url)


async def hire(database: Database, names: list[str]) -> list[tuple[DbStaff, str, str]]:
    """Add agents and log each in; returns (staff, cookie, csrf token)."""
    hired = []
    now = datetime.now(UTC)
    for name in names:
        async with database.write() as session:
            staff = DbStaff(
                login=name, name=name, role=Role.AGENT, password_hash="-", created_at=now
            )
            session.add(staff)
            await session.flush()
            token = await start_session(session, staff, now=now, lasts=timedelta(hours=4))
            rows = [row async for row in await session.stream_scalars(_of(staff.id))]
        hired.append((staff, token, rows[0].csrf_token))
    return hired


def _of(staff_id: str):  # type: ignore[no-untyped-def]
    from sqlalchemy import select

    return select(DbLoginSession).where(DbLoginSession.staff_id == staff_id)
