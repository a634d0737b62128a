"""Which language model the settings name, and that the server words drafts with it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from fake_model import KEY, MODEL, FakeModel, polite, says

from review_manager.drafting import find_reply
from review_manager.language_model import BadEndpointError, Endpoint
from review_manager.tables import DbReply, DbReview
from server.app import create_app
from server.reviews_wording import endpoint_of
from server.settings import Settings
from storage.engine import Database

URL = "https://api.example.com/v1"


def _settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


def test_it_is_off_by_default() -> None:
    assert endpoint_of(_settings()) is None
    assert endpoint_of(_settings(llm_model=MODEL, llm_key=KEY)) is None


def test_the_settings_make_the_endpoint() -> None:
    endpoint = endpoint_of(_settings(llm_url=URL, llm_model=MODEL, llm_key=KEY))
    assert endpoint == Endpoint(URL, MODEL, key=KEY)
    assert endpoint.time_limit == timedelta(seconds=8)
    slow = endpoint_of(
        _settings(llm_url=URL, llm_model=MODEL, llm_timeout_seconds=3.5, llm_stream=True)
    )
    assert slow == replace(endpoint, key="", time_limit=timedelta(seconds=3.5), stream=True)


def test_the_key_file_wins_and_must_be_private(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("sk-file\n")
    file.chmod(0o600)
    settings = _settings(llm_url=URL, llm_model=MODEL, llm_key=KEY, llm_key_file=file)
    endpoint = endpoint_of(settings)
    assert endpoint is not None
    assert endpoint.key == "sk-file"
    file.chmod(0o644)
    with pytest.raises(BadEndpointError, match="chmod 600"):
        endpoint_of(settings)


def test_an_address_without_a_model_is_a_mistake() -> None:
    with pytest.raises(BadEndpointError, match="name of a model"):
        endpoint_of(_settings(llm_url=URL))


def test_the_key_does_not_show_in_the_settings() -> None:
    assert KEY not in repr(_settings(llm_key=KEY))


async def _drafted(database: Database) -> DbReply:
    for _ in range(100):
        async with database.read() as session:
            reply = await find_reply(session, "r1")
        if reply is not None:
            return reply
        await asyncio.sleep(0.1)
    raise AssertionError("no draft after ten seconds")


async def test_the_running_server_words_a_waiting_review(
    sqlite_database: Database, sqlite_url: str, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    async with sqlite_database.write() as session:
        session.add(_review(now))
    model, backend = FakeModel(moods=[says(polite)]), web.Application()
    backend.router.add_post("/v1/chat/completions", model.answer)
    async with TestServer(backend) as there:
        settings = _settings(
            database_url=sqlite_url,
            var_dir=tmp_path,
            llm_url=str(there.make_url("/v1")),
            llm_model=MODEL,
            llm_key=KEY,
        )
        async with TestClient(TestServer(create_app(settings))):
            reply = await _drafted(sqlite_database)
    assert [draft.get("wording", {}).get("source") for draft in reply.drafts] == [
        "model",
        "model",
        None,
    ]
    assert len(model.asked) == 3


def _review(now: datetime) -> DbReview:
    blame = {"aspect": "quality", "polarity": "negative", "text": "杯盖漏水", "start": 0, "end": 4}
    return DbReview(
        id="r1",
        platform="house",
        content_key="k1",
        content_hash="h1",
        product_name="保温杯",
        stars=1,
        text="杯盖漏水，包里全湿了",
        posted_at=now,
        received_at=now,
        bad_since=now,
        due_at=now + timedelta(hours=24),
        sentiment="negative",
        p_negative=0.97,
        aspects=[blame],
        state="open",
        depth="deep",
    )
