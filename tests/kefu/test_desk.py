"""`kefu desk`: who is there, who waits, prepared answers, and copies of conversations."""

import asyncio
import csv
import io
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from desk.canned_files import DEMO_FILE
from desk.tables import DbConversation, DbMessage, DbPresence, DbRating, DbVisitor
from kefu.desk import app
from shop.tables import DbCustomer
from storage.audit import DbAuditEvent
from storage.engine import Database
from storage.migrate import upgrade
from storage.sealed import blind_index, use_keyring
from storage.settings import StorageSettings
from storage.staff import DbStaff, Role

runner = CliRunner()
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database in which there are an agent, a customer and two visitors."""
    folder = tmp_path_factory.mktemp("peopled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEFU_VAR_DIR", str(folder))
        patch.delenv("KEFU_DATABASE_URL", raising=False)
        settings = StorageSettings()
        use_keyring(settings.keyring())
        upgrade(settings.database)
        _add(*_people())
    return folder


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, peopled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(peopled, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("KEFU_VAR_DIR", str(tmp_path))
    monkeypatch.delenv("KEFU_DATABASE_URL", raising=False)
    use_keyring(StorageSettings().keyring())


def _people() -> list[Any]:
    lin = DbStaff(
        id="lin", login="xiaolin", name="小林", role=Role.AGENT, password_hash="-", created_at=NOW
    )
    fang = DbCustomer(
        id="C1", nickname="芳芳", registered_at=NOW, phone_index=blind_index("phone", "13812345678")
    )
    fang.name = "王芳"
    visitors = [
        DbVisitor(id=key, token_hash=key, created_at=NOW, seen_at=NOW) for key in ("v1", "v2")
    ]
    presence = DbPresence(
        staff_id="lin", status="accepting", heartbeat_at=NOW, capacity=5, idle_since=NOW
    )
    return [lin, fang, *visitors, presence]


def _conversation(key: str, visitor: str, owner: str, **facts: Any) -> DbConversation:
    counted = {"revision": 1, "last_seq": 2, "last_customer_seq": 1, "unread": 0, "last_text": "好"}
    return DbConversation(
        id=key, visitor_id=visitor, owner=owner, created_at=NOW, updated_at=NOW, **counted | facts
    )


def _message(conversation: str, seq: int, sender: str, text: str, **facts: Any) -> DbMessage:
    return DbMessage(
        id=f"{conversation}-{seq}",
        conversation_id=conversation,
        seq=seq,
        sender=sender,
        kind="text",
        text=text,
        epoch=1,
        at=NOW + timedelta(seconds=seq),
        **facts,
    )


def _add(*rows: Any) -> None:
    async def add() -> None:
        database = Database(StorageSettings().database)
        async with database.write() as session:
            for row in rows:
                session.add(row)
                await session.flush()
        await database.close()

    asyncio.run(add())


def _beat() -> None:
    async def beat() -> None:
        database = Database(StorageSettings().database)
        async with database.write() as session:
            await session.execute(update(DbPresence).values(heartbeat_at=datetime.now(UTC)))
        await database.close()

    asyncio.run(beat())


def _read(statement: Any) -> list[Any]:
    async def read() -> list[Any]:
        database = Database(StorageSettings().database)
        async with database.read() as session:
            found = list(await session.scalars(statement))
        await database.close()
        return found

    return asyncio.run(read())


def _call(*words: str, code: int = 0) -> str:
    result = runner.invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else result.output


def test_the_status_names_who_is_there_and_how_much_is_where() -> None:
    _beat()
    _add(
        _conversation("c1", "v1", "agent", agent_id="lin", agent_name="小林"),
        _conversation("c2", "v2", "queued", reason="complaint", queued_at=NOW),
    )
    found = json.loads(_call("status", "--json"))
    assert found["conversations"] == {
        "with_bot": 0, "waiting": 1, "with_agents": 1, "promises_due": 0,
    }  # fmt: skip
    (lin,) = found["agents"]
    assert (lin["login"], lin["present"], lin["load"], lin["capacity"]) == ("xiaolin", True, 1, 5)
    assert "waiting   1" in _call("status")


def test_an_agent_whose_page_is_silent_is_gone() -> None:
    async def fall_silent() -> None:
        database = Database(StorageSettings().database)
        async with database.write() as session:
            presence = await session.get_one(DbPresence, "lin")
            presence.heartbeat_at = NOW - timedelta(minutes=2)
        await database.close()

    asyncio.run(fall_silent())
    (lin,) = json.loads(_call("status", "--json"))["agents"]
    assert lin["present"] is False
    assert "gone since" in _call("status")


def test_the_queue_is_in_the_order_in_which_it_is_served() -> None:
    assert _call("queue") == "nobody waits\n"
    assert _call("queue", "--json") == ""
    _add(
        _conversation("c1", "v1", "queued", reason="asked_human", queued_at=NOW),
        _conversation("c2", "v2", "queued", reason="safety", queued_at=NOW),
    )
    waiting = [json.loads(line) for line in _call("queue", "--json").splitlines()]
    assert [(one["place"], one["conversation"]) for one in waiting] == [(1, "c2"), (2, "c1")]
    assert [one["reason"] for one in waiting] == ["safety", "asked_human"]
    assert "c2" in _call("queue").splitlines()[0]


@pytest.fixture
def _talked() -> None:
    """王芳 has talked with 小林; somebody else with the bot."""
    hers = _message("c1", 1, "customer", "电话138****5678，=1+1 退款")
    hers.original = "电话13812345678，=1+1 退款"
    _add(
        _conversation("c1", "v1", "closed", customer_id="C1", agent_name="小林"),
        _conversation("c2", "v2", "bot"),
        hers,
        _message("c1", 2, "agent", "=马上为您退款", author_name="小林"),
        _message("c1", 3, "agent", "老客户", author_name="小林", internal=True),
        _message("c2", 1, "customer", "在吗"),
        DbRating(
            id="r1", conversation_id="c1", state="answered", score=5, asked_at=NOW, answered_at=NOW
        ),
    )


@pytest.mark.usefixtures("_talked")
@pytest.mark.parametrize("known_by", ["C1", "13812345678", "138 1234 5678"])
def test_a_customer_gets_her_own_words_unmasked_and_no_notes(tmp_path: Path, known_by: str) -> None:
    out = tmp_path / "hers.jsonl"
    _call("export", str(out), "--customer", known_by)
    (conversation,) = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert conversation["conversation"] == "c1"
    assert [each["text"] for each in conversation["messages"]] == [
        "电话13812345678，=1+1 退款",
        "=马上为您退款",
    ]
    assert [each["score"] for each in conversation["ratings"]] == [5]
    assert out.stat().st_mode & 0o077 == 0  # nobody else on this machine reads it


@pytest.mark.usefixtures("_talked")
def test_an_export_is_in_the_audit_without_a_word_of_what_was_said() -> None:
    _call("export", "-", "--customer", "C1", "--notes")
    from sqlalchemy import select

    (entry,) = _read(select(DbAuditEvent).where(DbAuditEvent.action == "desk.exported"))
    assert (entry.object_type, entry.object_id) == ("customer", "C1")
    assert entry.detail == {"conversations": 1, "notes": True}


@pytest.mark.usefixtures("_talked")
def test_a_spreadsheet_gets_a_row_a_message_and_no_formula() -> None:
    out = _call("export", "-", "--conversation", "c1", "--format", "csv", "--notes")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["seq"] for row in rows] == ["1", "2", "3"]
    assert rows[1]["text"] == "'=马上为您退款"
    assert rows[2]["internal"] == "True"


@pytest.mark.usefixtures("_talked")
def test_a_day_in_china_holds_what_was_said_in_it() -> None:
    today = (NOW + timedelta(hours=8)).date()
    inside = _call("export", "-", "--from", f"{today}", "--to", f"{today}")
    assert len(inside.splitlines()) == 2
    before = today - timedelta(days=1)
    assert _call("export", "-", "--from", f"{before}", "--to", f"{before}") == ""


def test_nobody_exports_everything_by_accident_or_a_stranger() -> None:
    assert "--customer" in _call("export", "-", code=2)
    assert "no customer" in _call("export", "-", "--customer", "13900000000", code=1)


def test_prepared_answers_are_taken_in_once(tmp_path: Path) -> None:
    count = len(DEMO_FILE.read_text("utf-8").splitlines()) - 1
    assert _call("replies", str(DEMO_FILE)) == f"{count} added, 0 changed\n"
    assert _call("replies", str(DEMO_FILE)) == f"0 added, {count} changed\n"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("title,text\n催件,已催\n", "no column group"),
        ("title,group,text\n催件,物流,\n", "line 2: text must have"),
        ("title,group,text\n催件,物流,{{身份证}}您好\n", "line 2"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, content: str, why: str) -> None:
    file = tmp_path / "replies.csv"
    file.write_text(content, encoding="utf-8")
    assert why in _call("replies", str(file), code=1)
