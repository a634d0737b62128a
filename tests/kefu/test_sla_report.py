"""`kefu sla report` and `kefu sla rebuild` over a database of their own."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kefu.sla import app
from review_manager.tables import DbReview, DbReviewEvent
from storage.engine import Database

NOW = datetime.now(UTC)


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run a command of `kefu sla` against a fresh database."""
    monkeypatch.setenv("KEFU_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("KEFU_VAR_DIR", str(tmp_path))
    return lambda *words: CliRunner().invoke(app, list(words))


@pytest.fixture
async def one_late_review(sqlite_database: Database) -> None:
    """A bad review answered after 30 hours."""
    since = NOW - timedelta(hours=40)
    async with sqlite_database.write() as session:
        session.add(
            DbReview(
                id="r1", platform="jd", content_key="r1", content_hash="r1", text="碎了",
                posted_at=since, received_at=since, state="published", bad_since=since,
                due_at=since + timedelta(hours=24), replied_at=since + timedelta(hours=30),
            )
        )  # fmt: skip
        await session.flush()
        at = since + timedelta(hours=30)
        session.add(DbReviewEvent(review_id="r1", at=at, type="reply_published", actor="staff:s"))


def test_an_empty_shop_has_no_figures(run) -> None:
    answer = run("report", "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["clocks"] == []
    assert "没有数据" in run("report").stdout


async def test_a_late_reply_shows(run, one_late_review) -> None:
    import asyncio

    answer = await asyncio.to_thread(run, "report", "--json")
    (clock,) = json.loads(answer.stdout)["clocks"]
    assert (clock["key"], clock["now"]["late"]) == ("house_review_reply/review_reply", 1)
    table = await asyncio.to_thread(run, "report", "--platform", "jd")
    assert "差评 24 小时内回复：0.0%（n=1" in table.stdout
    assert "1 天 6 小时" in table.stdout
    other = await asyncio.to_thread(run, "report", "--platform", "pdd")
    assert "没有数据" in other.stdout
    again = await asyncio.to_thread(run, "rebuild")
    assert "1 cases computed" in again.stdout


@pytest.mark.parametrize("words", [("--from", "2026-11-20", "--to", "2026-11-01"), ("--from", "x")])
def test_an_impossible_period_is_wrong_usage(run, words) -> None:
    assert run("report", *words).exit_code == 2
