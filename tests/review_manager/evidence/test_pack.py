"""The archive holds what it says, and every change to it is found."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from stock import only, put, read, stock

from review_manager.evidence.chain import FIRST
from review_manager.evidence.pack import BrokenPackError, make_pack, take_snapshot, verify_pack
from review_manager.tables import DbReviewSnapshot
from storage.audit import DbAuditEvent
from storage.engine import Database

Change = Callable[[dict[str, bytes]], None]


async def packed(database: Database, now: datetime) -> tuple[bytes, str]:
    async with database.write() as session:
        await stock(session, now)
        number = "860000000000000001"
        await put(session, read(now, sku="CUP", order_number=number), now=now)
        review = await only(session)
        await take_snapshot(session, review, now=now)
        await put(session, read(now, sku="CUP", order_number=number, text="改口：还漏"), now=now)
        return await make_pack(session, review.id, actor="test", now=now + timedelta(hours=1))


def changed(pack: bytes, change: Change) -> io.BytesIO:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    change(content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, raw in content.items():
            archive.writestr(name, raw)
    return out


async def test_a_pack_is_whole_and_its_head_is_in_the_audit_log(
    database: Database, now: datetime
) -> None:
    pack, head = await packed(database, now)
    found = verify_pack(io.BytesIO(pack))
    assert (found["head"], found["snapshots"]) == (head, 2)
    async with database.read() as session:
        detail = await session.scalar(select(DbAuditEvent.detail))
    assert detail == {"head": head}


async def test_a_stranger_can_check_it_without_the_product(
    sqlite_database: Database, now: datetime
) -> None:
    """The recipe of README.txt, word for word."""
    pack, head = await packed(sqlite_database, now)
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        for name, expected in manifest["files"].items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == expected
        previous = FIRST
        for line in archive.read("snapshots.jsonl").decode().splitlines():
            link = json.loads(line)
            parts = [link["number"], link["at"], link["content"], previous]
            text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
            assert link["previous_hash"] == previous
            assert hashlib.sha256(text.encode()).hexdigest() == link["hash"]
            previous = link["hash"]
        appeal = archive.read("appeal.txt").decode()
    assert previous == manifest["head"] == head
    assert "证据不足" in appeal
    assert "不建议申诉" in appeal


async def test_no_name_phone_or_address_is_in_the_pack(
    sqlite_database: Database, now: datetime
) -> None:
    pack, _ = await packed(sqlite_database, now)
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "王芳" not in everything


def _in(name: str, old: bytes, new: bytes) -> Change:
    def change(content: dict[str, bytes]) -> None:
        assert old in content[name]
        content[name] = content[name].replace(old, new)

    return change


def _recount(content: dict[str, bytes]) -> None:
    manifest = json.loads(content["manifest.json"])
    manifest["files"] = {
        name: hashlib.sha256(content[name]).hexdigest() for name in manifest["files"]
    }
    content["manifest.json"] = json.dumps(manifest).encode()


def _text_with_new_sums(content: dict[str, bytes]) -> None:
    _in("snapshots.jsonl", "漏水".encode(), "很好".encode())(content)
    _recount(content)


def _first_link_gone(content: dict[str, bytes]) -> None:
    content["snapshots.jsonl"] = content["snapshots.jsonl"].split(b"\n", 1)[1]
    _recount(content)


def _last_link_gone(content: dict[str, bytes]) -> None:
    content["snapshots.jsonl"] = content["snapshots.jsonl"].split(b"\n", 1)[0] + b"\n"
    _recount(content)


@pytest.mark.parametrize(
    "change",
    [
        _in("snapshots.jsonl", "漏水".encode(), "很好".encode()),
        _in("appeal.txt", "证据不足".encode(), "证据确凿".encode()),
        _in("timeline.json", b"customer", b"somebody"),
        _text_with_new_sums,
        _first_link_gone,
        _last_link_gone,
        lambda content: content.pop("signals.json"),
        lambda content: content.update({"more.txt": b"x"}),
        lambda content: content.update({"manifest.json": b"{}"}),
        lambda content: content.update({"manifest.json": b"[]"}),
        lambda content: content.update({"snapshots.jsonl": b"nonsense"}),
    ],
)
async def test_every_change_is_found(
    sqlite_database: Database, now: datetime, change: Change
) -> None:
    pack, _ = await packed(sqlite_database, now)
    with pytest.raises(BrokenPackError):
        verify_pack(changed(pack, change))


def test_what_is_no_archive_says_so() -> None:
    with pytest.raises(BrokenPackError, match="ZIP"):
        verify_pack(io.BytesIO(b"no archive"))


async def test_a_snapshot_is_only_added_when_something_changed(
    database: Database, now: datetime
) -> None:
    async with database.write() as session:
        await put(session, read(now), now=now)
        review = await only(session)
        first = await take_snapshot(session, review, now=now)
        second = await take_snapshot(session, review, now=now + timedelta(hours=1))
        assert first.id == second.id
        review.text = "改了"
        third: Any = await take_snapshot(session, review, now=now + timedelta(hours=2))
        assert (third.number, third.previous_hash) == (2, first.hash)
    async with database.read() as session:
        assert len((await session.scalars(select(DbReviewSnapshot.id))).all()) == 2
