"""One attempt over a real connection, with an endpoint in its good and bad moods."""

import asyncio
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from shop_endpoint import SECRET, Shop, says

from review_manager.sending import BadAddressError, Endpoint, Message, Outcome

MESSAGE = Message("reply_1", "review.reply", {"text": "对不起"})


async def hangs(_request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(5)
    return web.Response()


async def cuts(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def floods(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(64):
        await response.write(b"x" * 65536)
    return response


async def test_what_arrives_is_signed_and_whole(
    shop: Shop, endpoint: Endpoint, now: datetime
) -> None:
    shop.answers = [says(200, {"published_at": now.isoformat()})]
    receipt = await endpoint.send(MESSAGE, happened_at=now, now=now)
    assert (receipt.outcome, receipt.at) == (Outcome.TAKEN, now)
    (body,) = shop.bodies
    assert (body["type"], body["data"]) == ("review.reply", {"text": "对不起"})
    assert shop.got[0][0]["content-type"].startswith("application/json")


@pytest.mark.parametrize("mood", [hangs, cuts])
async def test_no_answer_is_tried_again(
    shop: Shop, endpoint: Endpoint, now: datetime, mood: object
) -> None:
    shop.answers = [mood]  # type: ignore[list-item]
    receipt = await endpoint.send(MESSAGE, happened_at=now, now=now)
    assert receipt.outcome is Outcome.LATER
    assert receipt.words


async def test_nobody_listens(now: datetime) -> None:
    endpoint = Endpoint("http://127.0.0.1:9/replies", SECRET, timedelta(seconds=0.5))
    receipt = await endpoint.send(MESSAGE, happened_at=now, now=now)
    assert (receipt.outcome, receipt.words) == (Outcome.LATER, "ClientConnectorError")


async def test_a_flood_of_an_answer_is_not_read(
    shop: Shop, endpoint: Endpoint, now: datetime
) -> None:
    shop.answers = [floods]
    receipt = await endpoint.send(MESSAGE, happened_at=now, now=now)
    assert receipt.outcome is Outcome.TAKEN


async def test_a_redirect_is_not_followed(shop: Shop, endpoint: Endpoint, now: datetime) -> None:
    shop.answers = [says(307, None, Location="http://127.0.0.1:9/elsewhere")]
    receipt = await endpoint.send(MESSAGE, happened_at=now, now=now)
    assert (receipt.outcome, receipt.words) == (Outcome.REFUSED, "HTTP 307")
    assert len(shop.got) == 1


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("", SECRET),
        ("ftp://shop.example/x", SECRET),
        ("https:///x", SECRET),
        ("http://shop.example/x", SECRET),
        ("https://user:word@shop.example/x", SECRET),
        ("https://shop.example/x#y", SECRET),
        ("https://shop.example/x", ""),
        ("https://shop.example/x", "fifteen letters"),
        ("https://shop.example/x", "密码密码密码密码密码密码密码密码密码"),
    ],
)
def test_addresses_and_secrets_that_cannot_be_used(url: str, secret: str) -> None:
    with pytest.raises(BadAddressError):
        Endpoint(url, secret)


@pytest.mark.parametrize(
    "url",
    ["https://shop.example/x?token=1", "http://erp/x", "http://10.0.0.7:81/x", "http://[::1]/x"],
)
def test_addresses_in_this_network_may_be_in_the_clear(url: str) -> None:
    assert Endpoint(url, SECRET).url == url


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(Endpoint("https://shop.example/x", SECRET))
