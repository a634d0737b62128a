"""What keeps the product from starting is said in one line, and nothing is left half-started."""

import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from kefu import up

ROOT = Path(__file__).parents[2]


def _kefu_up(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kefu", "up"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _only_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_a_port_in_use_is_named_with_a_way_out(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        line = _only_line(_kefu_up(KEFU_PORT=str(port), KEFU_VAR_DIR=str(tmp_path)))
    assert f"port {port} on 127.0.0.1 is in use" in line
    assert f"KEFU_PORT={port + 1} make run" in line


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = _only_line(_kefu_up(KEFU_VAR_DIR=str(tmp_path / "file" / "var")))
    assert f"cannot write to {tmp_path / 'file' / 'var'}" in line


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    line = _only_line(_kefu_up(KEFU_PORT="eighty", KEFU_VAR_DIR=str(tmp_path)))
    assert "KEFU_PORT='eighty': Input should be a valid integer" in line


def test_a_full_disk_is_told_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(up, "FREE_BYTES_NEEDED", 2**62)
    with pytest.raises(up.CannotStartError, match="MB free: free at least"):
        up._check_disk(tmp_path)


@pytest.fixture
async def rasa() -> AsyncIterator[TestServer]:
    """A bot as Rasa answers with a model and without: words for some, nothing for others."""

    async def answer(request: web.Request) -> web.Response:
        words = [{"recipient_id": "warm-up", "text": "您好"}]
        return web.json_response(words if request.path == "/whole" else [])

    app = web.Application()
    app.router.add_post("/{which}", answer)
    async with TestServer(app) as server:
        yield server


async def test_a_bot_that_answers_nothing_has_not_started(rasa: TestServer) -> None:
    async with ClientSession() as client:
        assert await up._answers_a_greeting(client, str(rasa.make_url("/whole")))
        assert not await up._answers_a_greeting(client, str(rasa.make_url("/broken")))
    async with ClientSession() as client:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            port = nobody.getsockname()[1]
            assert not await up._answers_a_greeting(client, f"http://127.0.0.1:{port}/")


def test_the_silent_bots_error_names_the_mend() -> None:
    error = str(up.BotSilentError(Path("var/log/bot.log")))
    assert "remove bot/models" in error
    assert "var/log/bot.log" in error


def test_a_damaged_database_ends_any_command_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "kefu.db").write_bytes(b"no database at all" * 100)
    done = subprocess.run(
        [sys.executable, "-m", "kefu", "desk", "queue"],
        cwd=ROOT,
        env={**os.environ, "KEFU_VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    line = _only_line(done)
    assert f"{tmp_path / 'kefu.db'} cannot be used" in line
