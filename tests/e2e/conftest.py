"""The whole product, started as a newcomer starts it, and a real Chromium to look at it with."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
START_SECONDS = 600  # the first start trains the bot
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]


@dataclass(frozen=True)
class Product:
    """A running product: where it answers, where its data lies, who may log in."""

    url: str
    var_dir: Path
    passwords: dict[str, str]

    def kefu(self, *words: str) -> str:
        """Run the command line on this product's data; return what it printed."""
        environment = {**os.environ, "KEFU_VAR_DIR": str(self.var_dir)}
        command = [str(Path(sys.executable).parent / "kefu"), *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """`kefu up --demo` on a free port with its own data and an empty desk; ended by Ctrl-C."""
    var_dir = tmp_path_factory.mktemp("product")
    port = _free_port()
    output = var_dir / "up.log"
    environment = {
        **os.environ,
        "KEFU_VAR_DIR": str(var_dir),
        "KEFU_PORT": str(port),
        "KEFU_BOT_TIMEOUT_SECONDS": "30",  # other tests keep this machine busy meanwhile
    }
    with output.open("w") as log:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "kefu"), "up", "--demo", "--no-visitors"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_running(process, output)
        passwords = json.loads((var_dir / "secrets" / "demo_logins.json").read_text())
        yield Product(f"http://127.0.0.1:{port}", var_dir, passwords)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0, output.read_text()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium of the system where there is one, else the one Playwright downloaded."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture
def new_window(chromium: Browser) -> Iterator[object]:
    """A function that opens a window of its own (own cookies, own storage) at an address."""
    contexts = []

    def open_window(url: str) -> Page:
        context = chromium.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(url)
        return page

    yield open_window
    for context in contexts:
        context.close()


def _wait_until_running(process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "kefu is running" not in output.read_text():
        assert process.poll() is None, output.read_text()
        assert time.monotonic() < deadline, output.read_text()
        time.sleep(0.5)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
