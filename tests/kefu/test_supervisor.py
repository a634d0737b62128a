"""The supervisor: logs kept, the dead started again, nobody left behind."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kefu.supervisor import Program, Supervisor, log_tail


def _program(folder: Path, script: str, name: str = "child") -> Program:
    return Program(name, [sys.executable, "-c", script], folder, folder / f"{name}.log")


def _alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


async def _until(condition: object, seconds: float = 8.0) -> None:
    assert callable(condition)
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)


async def test_output_goes_to_the_log_and_the_log_before_is_kept(tmp_path: Path) -> None:
    (tmp_path / "child.log").write_text("yesterday")
    supervisor = Supervisor(lambda _line: None)
    program = _program(tmp_path, "print('你好')")
    await supervisor.start(program)
    await _until(lambda: supervisor.ended("child"))
    await supervisor.stop()
    assert log_tail(program.log) == "  你好"
    assert (tmp_path / "child.log.1").read_text() == "yesterday"


async def test_a_program_that_dies_is_started_again(tmp_path: Path) -> None:
    told: list[str] = []
    supervisor = Supervisor(told.append)
    script = "import pathlib, os; pathlib.Path('runs').open('a').write('x'); os._exit(3)"
    program = _program(tmp_path, script)
    await supervisor.start(program)
    supervisor.keep_alive(program)
    await _until(lambda: (tmp_path / "runs").exists() and len((tmp_path / "runs").read_text()) > 1)
    await supervisor.stop()
    assert "child ended (exit code 3); starting it again in 0.5 s" in told[0]


@pytest.mark.parametrize("stubborn", [False, True])
async def test_stop_ends_a_process_and_its_children(
    tmp_path: Path, stubborn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kefu.supervisor.STOP_SECONDS", 1.0)
    ignore = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " if stubborn else ""
    inner = f"{ignore}import os, time; print(os.getpid(), flush=True); time.sleep(99)"
    script = f"{ignore}import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    supervisor = Supervisor(lambda _line: None)
    program = _program(tmp_path, script)
    await supervisor.start(program)
    await _until(lambda: program.log.read_text().strip().isdigit())
    grandchild = int(program.log.read_text())
    await supervisor.stop()
    await _until(lambda: not _alive(grandchild))


async def test_children_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    script = f"""
import asyncio, sys
from pathlib import Path
from kefu.supervisor import Program, Supervisor
folder = Path({str(tmp_path)!r})
child = Program("child", [sys.executable, "-c",
    "import os, time; print(os.getpid(), flush=True); time.sleep(99)"], folder, folder / "c.log")
async def main():
    await Supervisor(print).start(child)
    await asyncio.sleep(99)
asyncio.run(main())
"""
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[2])
    log = tmp_path / "c.log"
    await _until(lambda: log.exists() and log.read_text().strip().isdigit())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    await _until(lambda: not _alive(int(log.read_text())))
