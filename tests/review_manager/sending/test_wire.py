"""The wire format: the published example of the signature, and what every answer means."""

from datetime import UTC, datetime, timedelta

import pytest

from review_manager.sending.wire import Message, Outcome, headers, ping, read_answer, signature

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def test_the_signature_is_that_of_the_specification() -> None:
    # The example of the Standard Webhooks specification.
    body = b'{"test": 2432232314}'
    told = signature(
        body,
        key="msg_p5jXN8AQM9LWM0D4loKWxJek",
        stamp="1614265330",
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_without_prefix_is_its_own_bytes() -> None:
    plain = signature(b"{}", key="k", stamp="1", secret="sixteen letters!")
    coded = signature(b"{}", key="k", stamp="1", secret="whsec_c2l4dGVlbiBsZXR0ZXJzIQ==")
    assert plain == coded
    broken = signature(b"{}", key="k", stamp="1", secret="whsec_***")
    assert broken not in (plain, coded)


def test_the_headers_name_key_and_time() -> None:
    told = headers(b"{}", key="reply_1", secret="sixteen letters!", now=NOW)
    assert told["webhook-id"] == "reply_1"
    assert told["Idempotency-Key"] == '"reply_1"'
    assert told["webhook-timestamp"] == str(int(NOW.timestamp()))


def test_the_body_says_what_and_when_in_readable_chinese() -> None:
    body = Message("k", "review.reply", {"text": "抱歉"}).body(at=NOW)
    assert "抱歉".encode() in body
    assert b'"timestamp": "2026-11-22T04:00:00.000Z"' in body
    assert b'"type": "ping"' in ping("k").body(at=NOW)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.TAKEN),
        (201, Outcome.TAKEN),
        (204, Outcome.TAKEN),
        (202, Outcome.LATER),
        (301, Outcome.REFUSED),
        (302, Outcome.REFUSED),
        (400, Outcome.REFUSED),
        (401, Outcome.REFUSED),
        (404, Outcome.REFUSED),
        (408, Outcome.LATER),
        (409, Outcome.LATER),
        (410, Outcome.REFUSED),
        (422, Outcome.REFUSED),
        (425, Outcome.LATER),
        (429, Outcome.LATER),
        (500, Outcome.LATER),
        (503, Outcome.LATER),
        (599, Outcome.LATER),
    ],
)
def test_what_a_status_means(status: int, outcome: Outcome) -> None:
    assert read_answer(status, {}, b"", now=NOW).outcome is outcome


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"detail": "window  closed\\n"}', "window closed"),
        ('{"message": "超过30天"}'.encode(), "超过30天"),
        (b'{"detail": 7, "title": "Bad"}', "Bad"),
        (b"<html>", "HTTP 422"),
        (b'["detail"]', "HTTP 422"),
        (b"\xff\xfe", "HTTP 422"),
        (b'{"detail": "' + b"x" * 900 + b'"}', "x" * 200),
    ],
)
def test_why_is_read_from_whatever_comes_back(body: bytes, words: str) -> None:
    assert read_answer(422, {}, body, now=NOW).words == words


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ({"Retry-After": "90"}, 90),
        ({"retry-after": "0"}, 0),
        ({"Retry-After": "99999999999"}, 3600),
        ({"Retry-After": "Sun, 22 Nov 2026 04:02:00 GMT"}, 120),
        ({"Retry-After": "Sun, 22 Nov 2026 03:00:00 GMT"}, 0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait(told: dict[str, str], wait: int | None) -> None:
    found = read_answer(429, told, b"", now=NOW).wait
    assert found == (None if wait is None else timedelta(seconds=wait))


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-11-22T11:59:00+08:00", datetime(2026, 11, 22, 3, 59, tzinfo=UTC)),
        ("2026-11-22T11:59:00", None),  # of which zone?
        ("2026-11-22T12:01:00+08:00", None),  # in the future
        ("yesterday", None),
        (1763784000, None),
    ],
)
def test_when_it_was_published(told: object, at: datetime | None) -> None:
    import json

    body = json.dumps({"published_at": told}).encode()
    assert read_answer(200, {}, body, now=NOW).at == at
