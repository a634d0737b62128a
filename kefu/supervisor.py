"""Starts the product's processes, keeps them alive, and stops every one of them at the end."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

STOP_SECONDS = 8.0
CALM_SECONDS = 60.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Program:
    """One process to run: its name, command, folder, extra environment and log file."""

    name: str
    command: Sequence[str]
    folder: Path
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold a key


class DidNotStartError(RuntimeError):
    """A program ended or stayed silent during start-up; the message shows its last log lines."""

    def __init__(self, program: Program, why: str) -> None:
        super().__init__(
            f"{program.name} {why}; the end of {program.log}:\n{log_tail(program.log)}"
        )


class Supervisor:
    """Runs programs until `stop`; one that ends by itself is started again, ever more slowly."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._watchers: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self, program: Program) -> None:
        """Start the program; its output goes to its log, the log before it is kept as `.1`."""
        program.log.parent.mkdir(parents=True, exist_ok=True)
        if program.log.exists():
            program.log.replace(program.log.with_suffix(".log.1"))
        await self._spawn(program)

    def ended(self, name: str) -> bool:
        """Say whether the program is not running (any more)."""
        process = self._running.get(name)
        return process is None or process.returncode is not None

    def pid(self, name: str) -> int:
        """Return the process id of the program; raises KeyError if it was never started."""
        return self._running[name].pid

    def keep_alive(self, program: Program) -> None:
        """From now on start the program again whenever it ends."""
        self._watchers.append(asyncio.create_task(self._watch(program)))

    async def stop(self) -> None:
        """Ask every process to end, and end by force what has not after some seconds."""
        self._stopping = True
        for watcher in self._watchers:
            watcher.cancel()
        processes = [process for process in self._running.values() if process.returncode is None]
        for process in processes:
            _signal_group(process, signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(*(process.wait() for process in processes))
        for process in processes:
            _signal_group(process, signal.SIGKILL)

    async def _spawn(self, program: Program) -> None:
        with program.log.open("ab") as log:
            self._running[program.name] = await asyncio.create_subprocess_exec(
                *program.command,
                cwd=program.folder,
                env={**os.environ, **program.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    async def _watch(self, program: Program) -> None:
        pause = FIRST_PAUSE
        clock = asyncio.get_running_loop().time
        while not self._stopping:
            started = clock()
            code = await self._running[program.name].wait()
            if clock() - started > CALM_SECONDS:
                pause = FIRST_PAUSE
            self._tell(f"{program.name} ended (exit code {code}); starting it again in {pause:g} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            await self._spawn(program)


def log_tail(log: Path, *, lines: int = 12) -> str:
    """Return the last lines of a log file, indented; a hint if there is none."""
    if not log.exists():
        return "  (no log was written)"
    tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join(f"  {line}" for line in tail)


def _signal_group(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _die_with_parent() -> None:
    # Should this supervisor be killed outright, the kernel ends its children too.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
