"""A promise to mend opens an item; only numbers prove it; a reply may claim no more."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from stock import ANGRY, GOOD, HAPPY, only, put, read, stock

from review_manager.approval import Answer, approve, save_text
from review_manager.improvements import (
    Change,
    ImprovementState,
    change_improvement,
    list_improvements,
    measure,
    unproved_claims,
)
from review_manager.insights import Period, by_carrier, by_product, by_supplier, by_week
from review_manager.people import Actor, ConflictError
from review_manager.proof import Proof, compare
from review_manager.publishing import publish
from review_manager.tables import DbImprovement, DbReply, DbReview
from storage.engine import Database


@pytest.mark.parametrize(
    ("before", "after", "proof"),
    [
        ((20, 100), (2, 100), Proof.BETTER),
        ((2, 100), (20, 100), Proof.WORSE),
        ((10, 100), (9, 100), Proof.NO_DIFFERENCE),
        ((10, 19), (0, 100), Proof.NOT_ENOUGH),
        ((10, 20), (0, 20), Proof.BETTER),
        ((10, 20), (0, 19), Proof.NOT_ENOUGH),
        ((0, 0), (0, 100), Proof.NOT_ENOUGH),
        ((0, 100), (0, 100), Proof.NO_DIFFERENCE),
    ],
)
def test_what_numbers_prove(before: tuple[int, int], after: tuple[int, int], proof: Proof) -> None:
    assert compare(before, after).proof is proof


def test_the_interval_is_newcombes() -> None:
    """Newcombe 1998, table II, method 10: 56/70 - 48/80 = 0.2 with 0.0524 to 0.3339."""
    result = compare((48, 80), (56, 70))
    assert result.difference == pytest.approx(0.2)
    assert result.interval == pytest.approx((0.0524, 0.3339), abs=5e-5)


@given(n1=st.integers(1, 500), n2=st.integers(1, 500), p1=st.floats(0, 1), p2=st.floats(0, 1))
def test_the_interval_holds_the_difference(n1: int, n2: int, p1: float, p2: float) -> None:
    result = compare((round(n1 * p1), n1), (round(n2 * p2), n2))
    assert result.interval is not None
    assert result.difference is not None
    assert -1 <= result.interval.low <= result.difference + 1e-12
    assert result.difference - 1e-12 <= result.interval.high <= 1


async def publish_one(
    database: Database, now: datetime, name: str, operator: Actor
) -> DbImprovement:
    async with database.write() as session:
        await put(session, read(now, sku="CUP", external_id=name), now=now)
        review = await session.scalar(select(DbReview).where(DbReview.external_id == name))
        assert review is not None
        await approve(
            session,
            review.id,
            revision=1,
            answer=Answer("漏水弄湿了您的包，对不起，24小时内补发。"),
            actor=operator,
            now=now,
        )
        reply = await session.scalar(select(DbReply).where(DbReply.review_id == review.id))
        assert reply is not None
        reply.improvement = {"aspect": "quality", "owner": "质检组", "plan": "出库加测密封圈"}
        await publish(session, review.id, revision=2, actor=operator, now=now)
        return (await list_improvements(session))[0]


async def test_a_published_promise_opens_one_item_and_a_second_joins_it(
    database: Database, now: datetime, operator: Actor
) -> None:
    async with database.write() as session:
        await stock(session, now)
    await publish_one(database, now, "R1", operator)
    item = await publish_one(database, now, "R2", operator)
    assert (item.sku, item.aspect, item.owner, item.promised) == ("CUP", "quality", "质检组", 2)
    assert item.due_at == now + timedelta(days=14)
    async with database.read() as session:
        assert len(await list_improvements(session)) == 1


async def test_a_claim_needs_proof(database: Database, now: datetime, operator: Actor) -> None:
    turn = now - timedelta(days=10)
    async with database.write() as session:
        await stock(session, now)
        for number in range(60):
            at = turn - timedelta(days=1 + number % 20, hours=number)
            is_bad = number % 3 == 0
            told = read(
                now, sku="CUP", external_id=f"B{number}", posted_at=at, stars=1 if is_bad else 5
            )
            await put(session, told, now=now, said=ANGRY if is_bad else HAPPY)
        item = DbImprovement(
            sku="CUP",
            aspect="quality",
            owner="质检组",
            plan="x",
            state="open",
            opened_by="t",
            opened_at=turn,
        )
        session.add(item)
        await session.flush()
        told = read(now, sku="CUP", external_id="now")
        await put(session, told, now=now)
        review = await session.scalar(select(DbReview).where(DbReview.external_id == "now"))
        assert review is not None
        claim = "密封圈的问题已经解决了，不会再出现漏水。"
        found = await unproved_claims(session, review, claim, now=now)
        assert [claim[one["start"] : one["end"]] for one in found] == ["已经解决了", "不会再出现"]
        assert await unproved_claims(session, review, "我们会加测密封圈。", now=now) == []
        done = Change(state=ImprovementState.DONE, effective_at=turn)
        await change_improvement(session, item.id, done, revision=1, actor=operator, now=now)
        assert (await measure(session, item, now=now)).proof is Proof.NOT_ENOUGH
        assert await unproved_claims(session, review, claim, now=now)
        for number in range(60):
            told = read(
                now, sku="CUP", external_id=f"A{number}", text=GOOD, stars=5,
                posted_at=turn + timedelta(hours=1 + number),
            )  # fmt: skip
            await put(session, told, now=now, said=HAPPY)
        result = await measure(session, item, now=now)
        assert (result.before.complaints, result.before.reviews) == (20, 60)
        assert result.proof is Proof.BETTER
        assert await unproved_claims(session, review, claim, now=now) == []


async def test_an_unproved_claim_warns_whoever_edits(
    sqlite_database: Database, now: datetime, operator: Actor
) -> None:
    async with sqlite_database.write() as session:
        await put(session, read(now, sku="CUP"), now=now)
        review = await only(session)
        answer = Answer("漏水对不起，我们已经改进了。")
        reply = await save_text(
            session, review.id, revision=1, answer=answer, actor=operator, now=now
        )
    assert [finding["rule"] for finding in reply.findings] == ["unproved_claim"]
    assert reply.findings[0]["severity"] == "warn"


async def test_two_people_cannot_move_one_item_at_once(
    sqlite_database: Database, now: datetime, operator: Actor
) -> None:
    async with sqlite_database.write() as session:
        await stock(session, now)
    item = await publish_one(sqlite_database, now, "R1", operator)
    start = Change(state=ImprovementState.UNDER_WAY)
    async with sqlite_database.write() as session:
        await change_improvement(session, item.id, start, revision=1, actor=operator, now=now)
    with pytest.raises(ConflictError):
        async with sqlite_database.write() as session:
            await change_improvement(session, item.id, start, revision=1, actor=operator, now=now)


async def test_what_reviews_say_of_products_suppliers_and_carriers(
    database: Database, now: datetime
) -> None:
    number = "860000000000000001"
    async with database.write() as session:
        await stock(session, now)
        await put(session, read(now, sku="CUP", order_number=number), now=now)
        good = read(now, sku="CUP", external_id="R2", stars=5, text=GOOD, order_number=number)
        await put(session, good, now=now, said=HAPPY)
        await put(session, read(now, external_id="R3", posted_at=now - timedelta(days=40)), now=now)
    period = Period(now - timedelta(days=30), now)
    async with database.read() as session:
        (cup,) = await by_product(session, period)
        (supplier,) = await by_supplier(session, period)
        (carrier,) = await by_carrier(session, period)
        (week,) = await by_week(session, period)
    assert (cup.name, cup.reviews, cup.bad, cup.mean_stars) == ("316不锈钢保温杯", 2, 1, 3.0)
    assert (cup.sold, cup.returned, cup.return_rate) == (1, 0, 0.0)
    assert cup.rate("quality").share == 0.5
    assert (supplier.key, supplier.bad) == ("示例杯厂", 1)
    assert (carrier.key, carrier.reviews, carrier.bad) == ("顺丰", 2, 0)
    assert (week["week"], week["reviews"]) == ("2026-11-16", 2)
