"""A pool's processes do not outlive a parent that was killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PARENT = """
import sys, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from os import getpid
from review_manager.orphans import end_with_parent

if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, get_context("spawn"), end_with_parent)
    print(pool.submit(getpid).result(), flush=True)
    time.sleep(60)
"""


STREAM = """
import multiprocessing, sys, time
from review_manager.analysis.stream import analyse_stream

if __name__ == "__main__":
    answers = analyse_stream([("很好", None)] * 60_000, fast=True, processes=2)
    next(answers)
    print(multiprocessing.active_children()[0].pid, flush=True)
    time.sleep(60)
"""


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"  # a zombie waits for whoever adopted it, and holds nothing


@pytest.mark.parametrize("program", [PARENT, STREAM], ids=["pool", "stream"])
def test_a_killed_parent_takes_its_workers_with_it(program: str, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(program)
    paths = os.pathsep.join((str(Path.cwd()), os.environ.get("PYTHONPATH", "")))
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": paths},
    )
    assert parent.stdout is not None
    with parent.stdout as told:
        worker = int(told.readline())
    assert is_alive(worker)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until = time.monotonic() + 30
    while is_alive(worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_alive(worker)


def test_outside_a_pool_nothing_is_watched() -> None:
    from review_manager.orphans import end_with_parent

    end_with_parent()
