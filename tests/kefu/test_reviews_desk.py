"""`kefu reviews` on a shop's machine: from a file to a published reply; killed and gone on."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from click.testing import Result
from typer.testing import CliRunner

from kefu.reviews import app

ROOT = Path(__file__).parents[2]
HEADER = "评论ID,订单ID,商品ID,评分,评论内容,评论时间\n"

Kefu = Callable[..., Result]


@pytest.fixture
def environment(tmp_path: Path, migrated_sqlite: Path) -> dict[str, str]:
    """The settings of a shop of its own."""
    import shutil

    shutil.copyfile(migrated_sqlite, tmp_path / "kefu.db")
    return os.environ | {"KEFU_VAR_DIR": str(tmp_path), "KEFU_DATABASE_URL": ""}


@pytest.fixture
def kefu(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Kefu:
    """Run one command in this process and give what it printed."""
    for name in ("KEFU_VAR_DIR", "KEFU_DATABASE_URL"):
        monkeypatch.setenv(name, environment[name])

    def run(*arguments: str) -> Result:
        done = CliRunner().invoke(app, list(arguments))
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


def table(tmp_path: Path, rows: str, name: str = "r.csv") -> Path:
    path = tmp_path / name
    path.write_text(HEADER + rows, encoding="gb18030")
    return path


def test_from_a_file_to_an_export(kefu: Kefu, tmp_path: Path) -> None:
    at = f"{datetime.now(UTC) + timedelta(hours=7):%Y-%m-%d %H:%M}"
    rows = f"77,,CUP,1,杯盖漏水太差劲了,{at}\n78,,CUP,5,很好用很喜欢,{at}\n79,,CUP,7,x,{at}\n"
    done = kefu("import", str(table(tmp_path, rows)), "--json")
    assert done.exit_code == 0, done.stderr
    record = json.loads(done.stdout)
    assert (record["added"], record["bad"], record["rejected"]) == (2, 1, 1)
    rejects = Path(record["rejects_file"]).read_text(encoding="utf-8-sig")
    assert rejects.splitlines()[1].startswith("4,")
    again = json.loads(kefu("import", str(tmp_path / "r.csv"), "--json").stdout)
    assert (again["added"], again["known"]) == (0, 2)
    (row,) = [json.loads(line) for line in kefu("list", "--json").stdout.splitlines()]
    assert row["review_id"] == "77"
    refused = kefu("approve", row["id"], "--text", "改成五星好评返您50元")
    assert (refused.exit_code, "不能发布" in refused.stderr) == (1, True)
    approved = kefu("approve", row["id"])
    assert (approved.exit_code, len(approved.stdout.strip()) > 40) == (0, True)
    assert kefu("approve", row["id"]).exit_code == 1
    out = tmp_path / "replies.csv"
    assert kefu("export", str(out)).exit_code == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert next(iter(csv.DictReader(file)))["回复内容"] == approved.stdout.strip()
    assert kefu("published", row["id"]).exit_code == 0
    assert kefu("published", row["id"]).exit_code == 1
    pack = tmp_path / "evidence.zip"
    assert kefu("evidence", row["id"], str(pack)).exit_code == 0
    assert json.loads(kefu("verify", str(pack)).stdout)["review"] == row["id"]
    pack.write_bytes(pack.read_bytes()[:-40])
    assert kefu("verify", str(pack)).exit_code == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空的"),
        (b"\x89PNG\r\n\x1a\n\0\0", "CSV"),
        ("订单号,金额\n1,2\n".encode(), "订单号、金额"),
        (b"id,review\n1,\xff\xff\n", "编码"),
    ],
)
def test_a_file_that_is_none_gets_a_clear_answer(
    kefu: Kefu, tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    done = kefu("import", str(path))
    assert (done.exit_code, told in done.stderr) == (1, True)


def test_wrong_usage_is_told_apart(kefu: Kefu, tmp_path: Path) -> None:
    path = table(tmp_path, "1,,C,1,x,2026-11-20\n")
    assert kefu("import", str(path), "--column", "stars").exit_code == 2
    assert kefu("import", str(path), "--platform", "ebay").exit_code == 1
    assert kefu("import", str(tmp_path / "nowhere.csv")).exit_code == 1
    assert kefu("list", "--view", "x").exit_code == 2


def test_keys_are_made_and_ended(kefu: Kefu) -> None:
    key = kefu("key", "erp").stdout.strip()
    assert key.startswith("kp_")
    assert kefu("key", "erp", "--revoke").exit_code == 0
    assert kefu("key", "erp", "--revoke").exit_code == 1


def test_an_import_killed_hard_goes_on_and_adds_each_row_once(
    kefu: Kefu, environment: dict[str, str], tmp_path: Path
) -> None:
    """kill -9 in the middle of a file of 6,000 rows; the second run ends it."""
    import sqlite3

    rows = "".join(f"{n},,CUP,5,很好用 {n},2026-11-20 09:00\n" for n in range(6000))
    path = table(tmp_path, rows)
    running = subprocess.Popen(
        [sys.executable, "-m", "kefu", "reviews", "import", str(path), "--json"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        database = sqlite3.connect(tmp_path / "kefu.db")
        for _ in range(600):
            (landed,) = database.execute("SELECT count(*) FROM review").fetchone()
            if landed >= 1000 or running.poll() is not None:
                break
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGKILL)
    finally:
        running.wait()
    # The killed run looks alive for half a minute; the test does not wait that long.
    database.execute("UPDATE review_import SET touched_at = '2026-01-01 00:00:00'")
    database.commit()
    done = json.loads(kefu("import", str(path), "--json").stdout)
    (count,) = database.execute("SELECT count(*) FROM review").fetchone()
    database.close()
    assert (done["rows"], done["added"], count) == (6000, 6000, 6000)


class Receiver(BaseHTTPRequestHandler):
    """Answers a POST with the status that its path names, and keeps what came."""

    got: ClassVar[list[dict[str, object]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(json.loads(body))
        self.send_response(int(self.path[1:]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[str]:
    Receiver.got.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_endpoint_is_tried(kefu: Kefu, receiver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_PUSH_SECRET", "a secret of the shop")
    monkeypatch.setenv("KEFU_PUSH_REPLIES_URL", f"{receiver}/204")
    done = kefu("ping")
    assert (done.exit_code, done.stdout) == (0, "replies: taken\n")
    monkeypatch.setenv("KEFU_PUSH_INVITATIONS_URL", f"{receiver}/404")
    done = kefu("ping")
    assert done.exit_code == 1
    assert done.stdout == "replies: taken\ninvitations: refused HTTP 404\n"
    assert [told["type"] for told in Receiver.got] == ["ping"] * 3


@pytest.mark.parametrize(
    ("url", "secret", "said"),
    [("", "", "neither"), ("http://127.0.0.1:9/x", "", "KEFU_PUSH_SECRET")],
)
def test_an_endpoint_that_cannot_be_tried_says_why(
    kefu: Kefu, monkeypatch: pytest.MonkeyPatch, url: str, secret: str, said: str
) -> None:
    monkeypatch.setenv("KEFU_PUSH_SECRET", secret)
    monkeypatch.setenv("KEFU_PUSH_REPLIES_URL", url)
    monkeypatch.setenv("KEFU_PUSH_INVITATIONS_URL", "")
    done = kefu("ping")
    assert done.exit_code == 2
    assert said in done.stderr
