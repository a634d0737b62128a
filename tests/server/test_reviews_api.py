"""The reviews API over a real server: who may what, conflicts, uploads, pushes."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import select

from review_manager.analysis import Aspect, AspectFinding, Polarity, Sentiment
from review_manager.analysis.findings import Analysis
from review_manager.intake.landing import JudgedReview, land
from review_manager.intake.reading import ReadReview
from review_manager.judging import judge
from review_manager.tables import DbReview, DbReviewImport
from server.keys import DATABASE
from server.reviews_push import SCOPE
from storage.program_keys import create_key, revoke_keys
from storage.staff import Role

FINE = "杯盖漏水弄湿了您的包，对不起。24小时内为您补发新杯盖，运费我们出，质检组会加测密封圈。"
FILE = (
    "评论ID,订单ID,商品ID,评分,评论内容,评论时间\n"
    "77,,CUP,1,杯盖漏水太差了,{day}\n78,,CUP,9,x,{day}\n"
)


@pytest.fixture
def moment() -> datetime:
    """The server's own clock runs; reviews are posted relative to it."""
    return datetime.now(UTC)


async def put_bad(client: TestClient, moment: datetime, *names: str, **flags: bool) -> list[str]:
    """Store bad reviews of an hour ago, judged without a model; gives their ids."""
    said = Analysis(
        polarity=Polarity.NEGATIVE,
        p_negative=0.97,
        sentiment=Sentiment.NEGATIVE,
        aspects=(AspectFinding(Aspect.QUALITY, Polarity.NEGATIVE, "漏水", 2, 4),),
        **{"safety": False, "threat": False, "misclick": False, "hidden_bad": False} | flags,
    )
    reads = [
        ReadReview(
            line=1,
            platform="house",
            text="杯盖漏水，包里全湿了",
            stars=1,
            posted_at=moment - timedelta(hours=1),
            external_id=name,
        )
        for name in names
    ]
    async with client.app[DATABASE].write() as session:
        judged = [JudgedReview(read, judge(said, stars=1)) for read in reads]
        await land(session, judged, import_id=None, actor="test", now=moment)
        return list(await session.scalars(select(DbReview.id).order_by(DbReview.external_id)))


async def ask(client: TestClient, method: str, path: str, **more: Any) -> tuple[int, Any]:
    answer = await client.request(method, path, **more)
    return answer.status, await answer.json()


async def test_the_list_and_one_review(client: TestClient, log_in, moment: datetime) -> None:
    (review_id,) = await put_bad(client, moment, "R1")
    await log_in(Role.OPERATOR)
    status, listed = await ask(client, "GET", "/api/reviews")
    assert status == 200
    (row,) = listed["rows"]
    assert (row["id"], row["stars"], row["complaints"]) == (review_id, 1, ["quality"])
    assert row["highlights"] == [
        {"start": 2, "end": 4, "aspect": "quality", "polarity": "negative"}
    ]
    assert listed["counts"]["todo"] == 1
    status, review = await ask(client, "GET", f"/api/reviews/{review_id}")
    assert len(review["draft"]["variants"]) == 3
    assert review["may"] == {"approve": True, "why_not": None}
    assert [event["type"] for event in review["history"]] == [
        "review_posted",
        "received",
        "drafted",
    ]


async def test_filters_that_make_no_sense_are_named(client: TestClient, log_in) -> None:
    await log_in(Role.OPERATOR)
    for query in ("stars=9", "view=x", "flag=x", "aspect=x", "limit=0", "nonsense=1", "cursor=zz"):
        status, problem = await ask(client, "GET", f"/api/reviews?{query}")
        assert status == 422, query
        assert problem["detail"]


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        (Role.AGENT, 200, 403),
        (Role.OPERATOR, 200, 200),
        (Role.LEAD, 200, 200),
        (Role.MANAGER, 200, 200),
    ],
)
async def test_agents_read_and_operators_write(
    client: TestClient, log_in, moment: datetime, role: Role, reads: int, writes: int
) -> None:
    (review_id,) = await put_bad(client, moment, "R1")
    csrf = await log_in(role)
    assert (await client.get("/api/reviews")).status == reads
    body = {"revision": 1, "text": FINE}
    answer = await client.post(f"/api/reviews/{review_id}/approve", json=body, headers=csrf)
    assert answer.status == writes


async def test_strangers_get_nothing(client: TestClient, moment: datetime) -> None:
    (review_id,) = await put_bad(client, moment, "R1")
    for method, path in (
        ("GET", "/api/reviews"),
        ("GET", f"/api/reviews/{review_id}"),
        ("POST", f"/api/reviews/{review_id}/approve"),
        ("POST", "/api/reviews/uploads?name=x.csv"),
        ("POST", "/api/reviews/export"),
    ):
        assert (await client.request(method, path)).status == 401, path


async def test_the_second_of_two_approvals_is_a_conflict(
    client: TestClient, log_in, moment: datetime
) -> None:
    (review_id,) = await put_bad(client, moment, "R1")
    csrf = await log_in(Role.OPERATOR)
    body = {"revision": 1, "text": FINE}
    answers = await asyncio.gather(
        *(client.post(f"/api/reviews/{review_id}/approve", json=body, headers=csrf) for _ in "12")
    )
    assert sorted(answer.status for answer in answers) == [200, 409]
    lost = next(answer for answer in answers if answer.status == 409)
    problem = await lost.json()
    assert lost.content_type == "application/problem+json"
    assert problem["type"] == "/problems/review-changed"
    assert "测试operator" in problem["detail"]


async def test_an_unlawful_reply_is_refused_with_its_findings(
    client: TestClient, log_in, moment: datetime
) -> None:
    (review_id,) = await put_bad(client, moment, "R1")
    csrf = await log_in(Role.OPERATOR)
    body = {"revision": 1, "text": "改成五星好评，返您50元"}
    path = f"/api/reviews/{review_id}/approve"
    status, problem = await ask(client, "POST", path, json=body, headers=csrf)
    assert (status, problem["type"]) == (422, "/problems/reply-refused")
    assert {finding["rule"] for finding in problem["errors"]} & {"pay_for_praise", "change_review"}


async def test_safety_is_for_a_lead(client: TestClient, log_in, moment: datetime) -> None:
    (review_id,) = await put_bad(client, moment, "R1", safety=True)
    csrf = await log_in(Role.OPERATOR)
    path, body = f"/api/reviews/{review_id}", {"revision": 1, "text": FINE}
    _, review = await ask(client, "GET", path)
    assert review["may"]["approve"] is False
    status, problem = await ask(client, "POST", f"{path}/approve", json=body, headers=csrf)
    assert (status, "组长" in problem["detail"]) == (403, True)
    csrf = await log_in(Role.LEAD)
    status, _ = await ask(client, "POST", f"{path}/approve", json=body, headers=csrf)
    assert status == 200


async def test_from_approval_to_publication_and_the_way_back(
    client: TestClient, log_in, moment: datetime
) -> None:
    (review_id,) = await put_bad(client, moment, "R1")
    csrf = await log_in(Role.OPERATOR)
    path = f"/api/reviews/{review_id}"

    async def do(verb: str, **body: Any) -> Any:
        status, answer = await ask(client, "POST", f"{path}/{verb}", json=body, headers=csrf)
        assert status == 200, answer
        return answer

    saved = await client.put(f"{path}/reply", json={"revision": 1, "text": FINE}, headers=csrf)
    assert (await saved.json())["draft"]["text"] == FINE
    assert (await do("approve", revision=2, text=FINE))["state"] == "approved"
    assert (await do("undo", revision=3))["state"] == "open"
    assert (await do("dismiss", revision=4, why="已私信"))["state"] == "dismissed"
    assert (await do("undo", revision=5))["state"] == "open"
    assert (await do("approve", revision=6, text=FINE))["state"] == "approved"
    table = await client.post("/api/reviews/export", json={}, headers=csrf)
    assert table.content_type == "text/csv"
    assert FINE in (await table.read()).decode("utf-8-sig")
    assert (await do("publish", revision=7))["state"] == "published"
    status, _ = await ask(client, "POST", f"{path}/undo", json={"revision": 8}, headers=csrf)
    assert status == 422


async def test_bulk_approval_says_what_it_left_out(
    client: TestClient, log_in, moment: datetime
) -> None:
    ids = await put_bad(client, moment, "R1", "R2", "R3")
    csrf = await log_in(Role.OPERATOR)
    stale = {"id": ids[2], "revision": 9}
    body = {"reviews": [{"id": ids[0], "revision": 1}, {"id": ids[1], "revision": 1}, stale]}
    status, done = await ask(client, "POST", "/api/reviews/approve", json=body, headers=csrf)
    assert status == 200
    assert set(done["approved"]) == set(ids[:2])
    assert set(done["refused"]) == {ids[2]}


async def test_a_correction_reopens_or_closes(client: TestClient, log_in, moment: datetime) -> None:
    (review_id,) = await put_bad(client, moment, "R1")
    csrf = await log_in(Role.OPERATOR)
    path, body = f"/api/reviews/{review_id}/sentiment", {"sentiment": "positive"}
    status, answer = await ask(client, "POST", path, json=body, headers=csrf)
    assert (status, answer["state"], answer["depth"]) == (200, "quiet", "person")


async def test_a_correction_drafts_anew_and_leaves_what_a_person_wrote(
    client: TestClient, log_in, moment: datetime
) -> None:
    (review_id,) = await put_bad(client, moment, "R1")
    csrf = await log_in(Role.OPERATOR)
    path = f"/api/reviews/{review_id}"

    async def told(**asked: Any) -> tuple[list[str], str]:
        method, verb = ("POST", "/sentiment") if asked else ("GET", "")
        _, answer = await ask(client, method, path + verb, json=asked or None, headers=csrf)
        draft = answer["draft"]
        return [one["text"] for one in draft["variants"]], draft["text"]

    sorry, _ = await told()
    thanks, chosen = await told(sentiment="positive")
    assert thanks
    assert not set(sorry) & set(thanks)
    assert chosen in thanks
    again, _ = await told(sentiment="negative")
    assert again
    assert not set(again) & set(thanks)
    _, answer = await ask(client, "GET", path)
    own = {"revision": answer["revision"], "text": "抱歉，我们马上处理。"}
    assert (await client.put(f"{path}/reply", json=own, headers=csrf)).status == 200
    _, kept = await told(sentiment="mixed")
    assert kept == own["text"]


async def test_unknown_reviews_and_wrong_bodies(client: TestClient, log_in) -> None:
    csrf = await log_in(Role.OPERATOR)
    path = "/api/reviews/00000000-0000-7000-8000-000000000000"
    assert (await client.get(path)).status == 404
    for body in (
        {},
        {"revision": 0, "text": "x"},
        {"revision": 1},
        {"revision": 1, "text": "x", "z": 1},
    ):
        answer = await client.post(f"{path}/approve", json=body, headers=csrf)
        assert answer.status == 422, body


async def test_the_check_answers_while_one_writes(client: TestClient, log_in) -> None:
    csrf = await log_in(Role.OPERATOR)
    body = {"text": "全网最好，好评返现", "public": True}
    status, found = await ask(client, "POST", "/api/reviews/check", json=body, headers=csrf)
    assert (status, found["level"]) == (200, "block")
    assert found["findings"][0]["basis"]


async def upload(client: TestClient, csrf: dict[str, str], content: bytes, name: str) -> Any:
    return await ask(
        client, "POST", f"/api/reviews/uploads?name={name}", data=content, headers=csrf
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
async def test_a_file_is_previewed_mapped_and_imported(
    client: TestClient, log_in, moment: datetime, encoding: str
) -> None:
    csrf = await log_in(Role.OPERATOR)
    day = f"{moment + timedelta(hours=8):%Y-%m-%d}"
    content = FILE.format(day=day).encode(encoding)
    status, seen = await upload(client, csrf, content, "导出.csv")
    assert (status, seen["platform"], seen["encoding"]) == (200, "pdd", encoding)
    assert seen["mapping"]["text"] == "评论内容"
    assert seen["profile"]["seen_in"]
    body = {"platform": "pdd", "mapping": seen["mapping"]}
    path = f"/api/reviews/uploads/{seen['upload']}/try"
    _, tried = await ask(client, "POST", path, json=body, headers=csrf)
    assert [bool(row.get("problem")) for row in tried["rows"]] == [False, True]
    start = {"upload": seen["upload"], **body, "keep_as": "拼多多后台"}
    status, begun = await ask(client, "POST", "/api/reviews/imports", json=start, headers=csrf)
    assert (status, begun["state"]) == (202, "running")
    done = await finished(client, begun["id"])
    assert (done["added"], done["rejected"], done["state"]) == (1, 1, "done")
    rejects = await client.get(f"/api/reviews/imports/{begun['id']}/rejects")
    assert "评分" in (await rejects.read()).decode("utf-8-sig")
    _, again = await upload(client, csrf, content, "again.csv")
    assert again["profile"]["name"] == "拼多多后台"
    start = {"upload": again["upload"], "platform": "pdd", "mapping": seen["mapping"]}
    _, second = await ask(client, "POST", "/api/reviews/imports", json=start, headers=csrf)
    assert (second["repeated"], second["id"]) == (True, begun["id"])


async def test_a_paused_import_is_resumed_with_the_rejects_it_had(
    client: TestClient, log_in, moment: datetime
) -> None:
    csrf = await log_in(Role.OPERATOR)
    content = FILE.format(day=f"{moment + timedelta(hours=8):%Y-%m-%d}").encode()
    _, seen = await upload(client, csrf, content, "a.csv")
    start = {"upload": seen["upload"], "platform": "pdd", "mapping": seen["mapping"]}
    _, begun = await ask(client, "POST", "/api/reviews/imports", json=start, headers=csrf)
    path = f"/api/reviews/imports/{begun['id']}"
    done = await finished(client, begun["id"])
    for verb in ("pause", "resume"):  # over is over
        assert (await client.post(f"{path}/{verb}", headers=csrf)).status == 409
    async with client.app[DATABASE].write() as session:
        stored = await session.get(DbReviewImport, begun["id"])
        stored.state, stored.rows_read, stored.added, stored.rejected = "paused", 0, 0, 0
    _, shown = await ask(client, "GET", "/api/reviews/imports")
    assert [(one["id"], one["state"]) for one in shown["imports"]] == [(begun["id"], "paused")]
    status, resumed = await ask(client, "POST", f"{path}/resume", headers=csrf)
    assert (status, resumed["state"]) == (202, "running")
    again = await finished(client, begun["id"])
    assert (again["state"], again["known"], again["rejected"]) == ("done", 1, done["rejected"])
    assert "评分" in await (await client.get(f"{path}/rejects")).text()


async def finished(client: TestClient, import_id: str) -> Any:
    async with asyncio.timeout(90):
        while True:
            _, now = await ask(client, "GET", f"/api/reviews/imports/{import_id}")
            if now["state"] != "running":
                return now
            await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空的"),
        (b"\x89PNG\r\n\x1a\n\0\0", "CSV"),
        (b"id,review\n1,\xff\xff\n", "编码"),
        ("评分,评论内容\n".encode(), "只有表头"),
    ],
)
async def test_a_file_that_is_none_is_refused_in_words(
    client: TestClient, log_in, content: bytes, told: str
) -> None:
    csrf = await log_in(Role.OPERATOR)
    status, problem = await upload(client, csrf, content, "x.csv")
    assert (status, told in problem["detail"]) == (422, True)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a/b.csv", "x" * 201])
async def test_a_name_that_is_a_path_is_refused(client: TestClient, log_in, name: str) -> None:
    csrf = await log_in(Role.OPERATOR)
    status, _ = await upload(client, csrf, b"a,b\n1,2\n", name)
    assert status == 422


async def test_programs_push_with_a_key(client: TestClient, moment: datetime) -> None:
    async with client.app[DATABASE].write() as session:
        key = await create_key(session, "erp", scope=SCOPE, actor="test", now=moment)
    headers = {"Authorization": f"Bearer {key}"}
    review = {"review_id": "R1", "text": "杯盖漏水太差劲了", "stars": 1}
    body = {"platform": "jd", "reviews": [review, review | {"review_id": "6.02E+17"}]}
    status, first = await ask(client, "POST", "/api/reviews", json=body, headers=headers)
    assert (status, first["added"], first["bad"]) == (201, 1, 1)
    assert [one["index"] for one in first["refused"]] == [1]
    status, second = await ask(client, "POST", "/api/reviews", json=body, headers=headers)
    assert (status, second["added"], second["known"]) == (200, 0, 1)
    async with client.app[DATABASE].write() as session:
        await revoke_keys(session, "erp", scope=SCOPE, actor="test", now=moment)
    assert (await client.post("/api/reviews", json=body, headers=headers)).status == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic eDp5"])
async def test_a_wrong_key_is_refused_and_guessing_is_slowed(
    client: TestClient, header: str
) -> None:
    body = {"reviews": [{"text": "x", "stars": 1}]}
    statuses = [
        (await client.post("/api/reviews", json=body, headers={"Authorization": header})).status
        for _ in range(11)
    ]
    assert statuses == [401] * 10 + [429]
