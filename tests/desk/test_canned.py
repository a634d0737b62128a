"""Prepared answers: whose they are, how they are found, what fills them."""

from datetime import UTC, datetime

import pytest

from compliance import Outcome, check
from desk.canned import (
    NotYourReplyError,
    UnknownVariableError,
    Writer,
    fill,
    find_replies,
    may_write,
    write_reply,
)
from desk.canned_files import bring_in, read_prepared
from desk.handoff_card import _courteous
from desk.tables import DbCannedReply
from storage.engine import Database

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LIN = Writer("lin")
LEAD = Writer("wu", may_share=True)


def _written(title: str, text: str = "好的。", *, by: Writer, shared: bool) -> DbCannedReply:
    return write_reply(None, title=title, group="常用", text=text, shared=shared, by=by, now=NOW)


async def _add(database: Database, *rows: DbCannedReply) -> None:
    async with database.write() as session:
        session.add_all(rows)


async def _titles(database: Database, query: str, *, reader: str = "lin") -> list[str]:
    async with database.read() as session:
        return [row.title for row in await find_replies(session, query, reader=reader)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tk", ["退款时间"]),
        ("tuikuan", ["退款时间"]),
        ("退款", ["退款时间", "安抚"]),  # title before text
        ("TK SJ", ["退款时间"]),
        ("af", ["安抚"]),
        ("z", []),
    ],
)
async def test_found_by_words_pinyin_and_initials(
    database: Database, query: str, found: list[str]
) -> None:
    await _add(
        database,
        _written("退款时间", by=LEAD, shared=True),
        _written("安抚", "退款的事让您久等了。", by=LEAD, shared=True),
    )
    assert await _titles(database, query) == found


async def test_ones_own_come_first_and_a_colleagues_never(database: Database) -> None:
    await _add(
        database,
        _written("催件", "大家的。", by=LEAD, shared=True),
        _written("催件", "我的。", by=LIN, shared=False),
        _written("催件", "别人的。", by=Writer("zhou"), shared=False),
    )
    for query in ("", "cj"):
        async with database.read() as session:
            rows = await find_replies(session, query, reader="lin")
        assert [row.text for row in rows] == ["我的。", "大家的。"]


async def test_all_of_them_come_by_the_pinyin_of_group_and_title(database: Database) -> None:
    for title, group in (("质检", "退换"), ("催件", "物流"), ("安抚", "退换"), ("欢迎", "开场")):
        row = write_reply(
            None, title=title, group=group, text="好。", shared=True, by=LEAD, now=NOW
        )
        await _add(database, row)
    assert await _titles(database, "") == ["欢迎", "安抚", "质检", "催件"]


@pytest.mark.parametrize(
    ("writer", "own", "shared"),
    [(LIN, True, False), (Writer("zhou"), False, False), (LEAD, False, True)],
)
def test_who_may_write_what(writer: Writer, own: bool, shared: bool) -> None:
    assert may_write(_written("催件", by=LIN, shared=False), writer) is own
    assert may_write(_written("催件", by=LEAD, shared=True), writer) is shared


def test_an_agent_shares_nothing_and_changes_nothing_shared() -> None:
    with pytest.raises(NotYourReplyError):
        _written("催件", by=LIN, shared=True)
    everybodys = _written("催件", by=LEAD, shared=True)
    with pytest.raises(NotYourReplyError):
        write_reply(everybodys, title="催件", group="我", text="改", shared=False, by=LIN, now=NOW)
    assert everybodys.text == "好的。"


def test_only_what_the_desk_can_fill_is_a_variable() -> None:
    with pytest.raises(UnknownVariableError) as caught:
        _written("证件", "请发{{身份证}}和{{订单号}}", by=LIN, shared=False)
    assert caught.value.names == ("身份证",)
    text, missing = fill("{{ 客服姓名 }}为您查{{订单号}}", {"客服姓名": "小林", "订单号": None})
    assert (text, missing) == ("小林为您查{{订单号}}", ["订单号"])


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("王芳", "王先生/女士"),
        ("欧阳娜", "欧阳先生/女士"),
        ("东方", "东先生/女士"),  # a two-character name has a one-character family
        ("", None),
        (None, None),
    ],
)
def test_a_customer_is_addressed_without_her_given_name(
    name: str | None, called: str | None
) -> None:
    assert _courteous(name) == called


def test_what_the_demo_brings_may_be_said() -> None:
    prepared = read_prepared()
    assert len({each.title for each in prepared}) == len(prepared) >= 12
    for each in prepared:
        filled, _missing = fill(each.text, {"客服姓名": "小林", "快递公司": "中通"})
        assert check(filled, channel="chat").outcome is Outcome.OK, each.title


async def test_bringing_in_again_changes_instead_of_doubling(database: Database) -> None:
    prepared = read_prepared()
    for added, changed in ((len(prepared), 0), (0, len(prepared))):
        async with database.write() as session:
            brought = await bring_in(session, prepared, now=NOW)
        assert (brought.added, brought.changed) == (added, changed)
    assert len(await _titles(database, "")) == len(prepared)
