"""Widget and console against the running server: the whole talk, over real sockets."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientResponse, WSServerHandshakeError
from aiohttp.test_utils import TestClient
from fakes import FakeBot, custom, text
from sockets import Console, Widget, client_id, open_console, open_widget

from desk.speaking import Said
from desk.tables import DbConversation
from server.desk_office import DESK
from server.settings import Settings
from storage.staff import Role

LogIn = Callable[[Role], Awaitable[dict[str, str]]]


@pytest.fixture
async def bot() -> AsyncIterator[FakeBot]:
    """A bot that repeats what it hears."""
    fake = FakeBot()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
def settings(settings: Settings, bot: FakeBot) -> Settings:
    """The test server's settings, with the fake bot and a short patience."""
    return settings.model_copy(update={"bot_port": bot.port, "bot_timeout_seconds": 1.0})


@pytest.fixture
async def widget(client: TestClient) -> AsyncIterator[Widget]:
    """王芳's widget, greeted."""
    async with await open_widget(client) as opened:
        await opened.hello()
        yield opened


@pytest.fixture
async def console(client: TestClient, log_in: LogIn) -> AsyncIterator[Console]:
    """An agent's console, greeted."""
    csrf = (await log_in(Role.AGENT))["X-CSRF-Token"]
    async with await open_console(client) as opened:
        await opened.hello(csrf)
        yield opened


async def _conversation(widget: Widget) -> str:
    return str((await widget.frame("ready"))["conversation"])


async def test_the_bot_answers_what_is_stored_first(widget: Widget, bot: FakeBot) -> None:
    ack = await widget.say("我的订单到哪了")
    assert (ack["seq"], ack["replayed"]) == (1, False)
    answer = await widget.message("机器人：我的订单到哪了")
    assert (answer["seq"], answer["sender"]) == (2, "bot")
    assert [message["seq"] for message in widget.messages()] == [1, 2]


async def test_a_burst_gets_one_answer(widget: Widget, bot: FakeBot) -> None:
    for words in ("在吗", "我的快递", "怎么还没到"):
        await widget.say(words)
    await widget.message("机器人：在吗\n我的快递\n怎么还没到")
    assert len(bot.heard) == 1


async def test_what_is_said_while_the_bot_thinks_is_answered_next(
    widget: Widget, bot: FakeBot
) -> None:
    bot.delay = 0.3
    await widget.say("第一问")
    await widget.frame("typing", sender="bot", on=True)
    await widget.say("第二问")
    await widget.message("机器人：第二问")
    assert bot.texts == ["第一问", "第二问"]


async def test_the_same_client_id_is_stored_once(widget: Widget) -> None:
    first = await widget.say("只说一次", id="once-0001")
    await widget.send(type="message", client_id="once-0001", text="只说一次")
    again = await widget.frame("ack", client_id="once-0001", replayed=True)
    assert again["seq"] == first["seq"]
    await widget.message("机器人：只说一次")
    assert widget.texts().count("只说一次") == 1


async def test_bot_human_bot(client: TestClient, widget: Widget, console: Console) -> None:
    wang = await _conversation(widget)
    await widget.say("你好")
    await widget.message("机器人：你好")
    await widget.ask_human()
    await widget.frame("owner", owner="queued")
    place = await widget.frame("queue")
    assert (place["position"], place["staffed"]) == (1, True)
    row = await console.row(wang, owner="queued")
    assert row["place"] == 1
    assert row["clock"]["name"] == "handoff_response"

    epoch = (await console.ask("take", conversation=wang))["epoch"]
    taken = await widget.frame("owner", owner="agent")
    assert taken["answered_by"] == {"kind": "agent", "name": "测试agent"}
    await console.send(type="watch", ref=client_id(), conversation=wang)
    await console.message("机器人：你好")  # she sees what was said before

    await widget.say("杯盖漏水")
    await console.message("杯盖漏水")
    await console.answer(wang, "马上为您补发新杯盖。", epoch)
    human = await widget.message("马上为您补发新杯盖。")
    assert (human["sender"], human["name"]) == ("agent", "测试agent")

    closing = {"conversation": wang, "epoch": epoch, "reason": "solved"}
    assert (await console.ask("close", **closing))["type"] == "done"
    await widget.frame("owner", owner="closed")
    await widget.say("谢谢，再问一句")
    await widget.message("机器人：谢谢，再问一句")
    bots = [each for each in widget.messages() if each["sender"] == "bot"]
    assert len(bots) == 2  # silent while the human spoke


async def test_the_bot_is_not_called_while_a_human_owns(
    widget: Widget, console: Console, bot: FakeBot
) -> None:
    wang = await _conversation(widget)
    await widget.ask_human()
    await widget.say("还在排队时说的话")
    await console.ask("take", conversation=wang)
    await widget.say("有人接了以后说的话")
    await asyncio.sleep(1.0)  # longer than a burst
    assert bot.heard == []


async def test_a_late_bot_answer_becomes_a_note(
    widget: Widget, console: Console, bot: FakeBot
) -> None:
    wang = await _conversation(widget)
    bot.delay = 0.6
    await widget.say("慢慢来")
    await widget.frame("typing", sender="bot", on=True)
    await widget.ask_human()
    await console.send(type="watch", ref=client_id(), conversation=wang)
    note = await console.message("机器人：慢慢来")
    assert note["internal"]
    assert "客户没有看到" in note["text"]
    assert not any("机器人：" in each for each in widget.texts())


async def test_a_silent_bot_leads_to_a_human(
    widget: Widget, console: Console, bot: FakeBot
) -> None:
    bot.delay = 3.0  # longer than our patience
    await widget.say("有人吗")
    await widget.message("智能客服暂时答不上来，您的消息已经收到")
    await widget.frame("owner", owner="queued")
    row = await console.row(await _conversation(widget), owner="queued")
    assert row["reason"] == "bot_unavailable"


@pytest.mark.parametrize("broken", ["status", "empty", "nonsense"])
async def test_a_broken_bot_leads_to_a_human(widget: Widget, bot: FakeBot, broken: str) -> None:
    bot.status = 500 if broken == "status" else 200
    bot.reply = lambda _said: [] if broken == "empty" else [{"attachment": 5}]
    await widget.say("有人吗")
    await widget.frame("owner", owner="queued")


async def test_the_bot_hands_over_with_its_words_first(
    widget: Widget, console: Console, bot: FakeBot
) -> None:
    bot.reply = lambda _said: [
        text("非常抱歉让您受伤了，马上请专人处理。"),
        custom(handoff={"reason": "safety", "card": {"wish": "赔偿"}}),
    ]
    await widget.say("杯子炸了把手割伤了")
    await widget.message("马上请专人处理")
    await widget.message("已为您转人工")
    row = await console.row(await _conversation(widget), owner="queued")
    assert (row["reason"], row["reason_text"]) == ("safety", "人身安全")


async def test_a_button_sends_the_payload_that_the_bot_offered(
    widget: Widget, bot: FakeBot
) -> None:
    offered = {"title": "查物流", "payload": '/logistics{"order":"1"}'}
    bot.reply = lambda _said: [text("请选择", buttons=[offered])]
    await widget.say("你好")
    question = await widget.message("请选择")
    assert question["buttons"] == [{"title": "查物流"}]  # the payload stays with us
    tap = {"type": "message", "kind": "button", "client_id": client_id()}
    await widget.send(**tap, of=question["seq"], index=0)
    await widget.frame("ack", client_id=tap["client_id"])
    await widget.wait_for(lambda _frame: len(bot.heard) == 2)
    assert bot.texts[1] == '/logistics{"order":"1"}'
    await widget.send(**{**tap, "client_id": client_id()}, of=question["seq"], index=1)
    await widget.frame("refused", code="bad_button")


@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        ("/restart", "／restart"),
        ('  /handoff{"a":1}', '／handoff{"a":1}'),
        ("👍", "👍"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("你\u202e好\x00\x07", "你好"),
    ],
)
async def test_the_bot_hears_words_and_never_commands(
    widget: Widget, bot: FakeBot, sent: str, heard: str
) -> None:
    await widget.say(sent)
    await widget.message("机器人：")
    assert bot.texts == [heard]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("", "empty"),
        (" \n\u202e\x00 ", "empty"),
        ("长" * 2_001, "too_long"),
        ("长" * 10_000, "too_long"),
    ],
)
async def test_a_text_that_cannot_be_taken_is_refused_with_a_reason(
    widget: Widget, bot: FakeBot, sent: str, code: str
) -> None:
    id = client_id()
    await widget.send(type="message", client_id=id, text=sent)
    refused = await widget.frame("refused", client_id=id, code=code)
    assert refused["text"]
    if code == "too_long":
        assert f"{len(sent):,}" in refused["text"]
    assert (await widget.say("长" * 2_000))["seq"] == 1  # the longest allowed


@pytest.mark.parametrize(
    "raw", ["", "no json", "[]", "{}", '{"type":"dance"}', '{"type":"message"}', "[" * 5_000]
)
async def test_a_wrong_frame_is_refused_and_the_talk_goes_on(widget: Widget, raw: str) -> None:
    await widget.socket.send_str(raw)
    await widget.frame("refused", code="bad_frame")
    await widget.say("还在")


async def test_a_widget_that_comes_back_reads_on_by_number(
    client: TestClient, widget: Widget
) -> None:
    ready = await widget.frame("ready")
    await widget.say("第一句")
    await widget.message("机器人：第一句")
    await widget.close()
    known = {"token": ready["token"], "conversation": ready["conversation"]}
    async with await open_widget(client) as again:
        back = await again.hello(**known, after=1)
        assert (back["conversation"], back["fresh"]) == (ready["conversation"], False)
        await again.message("机器人：第一句")
        assert [message["seq"] for message in again.messages()] == [2]
    async with await open_widget(client) as whole:
        await whole.hello(**known)
        await whole.message("机器人：第一句")
        assert [message["seq"] for message in whole.messages()] == [1, 2]


async def test_two_windows_of_one_customer_see_the_same(client: TestClient, widget: Widget) -> None:
    ready = await widget.frame("ready")
    async with await open_widget(client) as second:
        await second.hello(token=ready["token"], conversation=ready["conversation"])
        await widget.say("两个窗口")
        await second.message("机器人：两个窗口")
        await widget.message("机器人：两个窗口")
        assert second.messages() == widget.messages()


async def test_a_stranger_with_the_id_but_not_the_token_learns_nothing(
    client: TestClient, widget: Widget
) -> None:
    ready = await widget.frame("ready")
    await widget.say("我的电话是13812345678")
    for token in (None, "", "x" * 43, ready["token"][:-1]):
        async with await open_widget(client) as stranger:
            other = await stranger.hello(token=token, conversation=ready["conversation"])
            assert other["conversation"] != ready["conversation"]
            assert other["fresh"]
            assert other["seq"] == 0


async def test_agents_see_personal_data_masked_and_the_customer_her_own(
    widget: Widget, console: Console
) -> None:
    wang = await _conversation(widget)
    await widget.say("我的电话是13812345678")
    await console.send(type="watch", ref=client_id(), conversation=wang)
    seen = await console.message("我的电话是")
    assert seen["text"] == "我的电话是138****5678"
    assert seen["masked"]
    assert (await widget.message("我的电话是"))["text"] == "我的电话是13812345678"


async def test_notes_are_for_the_desk_only(widget: Widget, console: Console) -> None:
    wang = await _conversation(widget)
    await widget.say("你好")
    await console.send(type="watch", ref=client_id(), conversation=wang)
    await console.ask("note", conversation=wang, client_id=client_id(), text="老客户，小心处理")
    assert (await console.message("小心处理"))["internal"]
    await widget.message("机器人：你好")
    await widget.say("再见")
    await widget.message("机器人：再见")
    assert not any("小心处理" in each for each in widget.texts())


async def test_who_writes_her_first_answer_is_at_work(
    client: TestClient, widget: Widget, console: Console
) -> None:
    wang = await _conversation(widget)
    await widget.ask_human()
    await console.ask("take", conversation=wang)

    async def wrote(*, on: bool) -> bool:
        await console.send(type="typing", conversation=wang, on=on)
        await console.ask("status", status="manual")  # obeyed in order
        desk = client.app[DESK]  # type: ignore[index]
        await desk.beats.write()
        async with desk.office.database.read() as session:
            row = await session.get(DbConversation, wang)
        return row is not None and row.agent_wrote_at is not None

    assert not await wrote(on=False)
    assert await wrote(on=True)


async def test_typing_and_reading_pass_both_ways(widget: Widget, console: Console) -> None:
    wang = await _conversation(widget)
    await widget.ask_human()
    await console.ask("take", conversation=wang)
    await console.send(type="watch", ref=client_id(), conversation=wang)
    await console.frame("conversation", conversation=wang, customer_online=True)
    await widget.send(type="typing", on=True)
    await console.frame("typing", conversation=wang, sender="customer", on=True)
    await console.send(type="typing", conversation=wang, on=True)
    await widget.frame("typing", sender="agent", on=True)
    await console.send(type="read", conversation=wang, seq=1)
    await widget.frame("read", seq=1)
    await widget.send(type="read", seq=3)
    await console.frame("read", conversation=wang, by="customer", seq=3)


async def test_two_agents_take_one_gets_it(
    client: TestClient, widget: Widget, console: Console, log_in: LogIn
) -> None:
    wang = await _conversation(widget)
    await widget.ask_human()
    csrf = (await log_in(Role.ADMIN))["X-CSRF-Token"]
    del csrf
    async with await open_console(client) as second:
        me = await (await client.get("/api/me")).json()
        await second.hello(me["csrf"])
        first = await console.ask("take", conversation=wang)
        assert first["type"] == "done"
        row = await second.row(wang, owner="agent")
        assert row["agent"]["name"] == "测试agent"
        stale = await second.answer(wang, "我来答", first["epoch"])
        assert stale["kept_as_note"] == "stale"
    assert not any("我来答" in each for each in widget.texts())


@pytest.mark.parametrize("path", ["widget", "console"])
@pytest.mark.parametrize("origin", [None, "https://evil.example", "null", "http://127.0.0.1"])
async def test_a_foreign_page_cannot_shake_hands(
    client: TestClient, log_in: LogIn, path: str, origin: str | None
) -> None:
    await log_in(Role.AGENT)
    opening = open_widget if path == "widget" else open_console
    with pytest.raises(WSServerHandshakeError) as refused:
        await opening(client, origin=origin)
    assert refused.value.status == 403


async def test_the_console_needs_a_log_in_and_its_own_page(
    client: TestClient, log_in: LogIn
) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await open_console(client)
    assert refused.value.status == 401
    await log_in(Role.OPERATOR)
    with pytest.raises(WSServerHandshakeError) as refused:
        await open_console(client)
    assert refused.value.status == 403
    await log_in(Role.AGENT)
    async with await open_console(client) as console:
        await console.send(type="hello", csrf="guessed")
        assert await console.closed() == 4403


async def test_without_a_hello_there_is_no_talk(client: TestClient) -> None:
    async with await open_widget(client) as widget:
        await widget.send(type="ping")
        assert await widget.closed() == 1008


async def test_a_logged_out_console_is_closed_at_its_next_heartbeat(
    client: TestClient, console: Console
) -> None:
    me = await (await client.get("/api/me")).json()
    answer: ClientResponse = await client.post("/api/logout", headers={"X-CSRF-Token": me["csrf"]})
    assert answer.status == 200
    await console.send(type="heartbeat")
    assert await console.closed() == 4401


async def test_a_stopping_server_says_so(client: TestClient, widget: Widget) -> None:
    await client.server.close()
    assert await widget.closed() == 1001


async def test_too_fast_is_refused_with_the_time_to_wait(widget: Widget) -> None:
    for _ in range(40):
        await widget.send(type="message", client_id=client_id(), text="刷屏")
    refused = await widget.frame("refused", code="too_fast")
    assert refused["retry_seconds"] >= 1
    assert (await widget.frame("pong") if await _ping(widget) else None) is not None


async def _ping(widget: Widget) -> bool:
    await widget.send(type="ping")
    return True


async def test_unanswered_messages_are_answered_after_a_restart(
    client: TestClient, widget: Widget, bot: FakeBot
) -> None:
    desk = client.app[DESK]  # type: ignore[index]
    await desk.relay.stop()  # as if the process had died after the acknowledgement
    await widget.say("重启前说的话")
    assert bot.heard == []
    desk.relay.start()
    await widget.message("机器人：重启前说的话")


async def test_messages_need_not_wait_for_each_other(widget: Widget) -> None:
    """Sent at once, they are stored in their order; what is asked after them stays after them."""
    for number in range(5):
        await widget.send(type="message", client_id=f"burst-{number:04d}", text=f"第{number}句")
    await widget.ask_human()
    acks = [frame for frame in widget.frames if frame["type"] == "ack"]
    assert [ack["seq"] for ack in acks] == [1, 2, 3, 4, 5, 6]
    await widget.frame("owner", owner="queued")
    shown = [each for each in widget.messages() if each["sender"] == "customer"]
    assert [each["text"] for each in shown[:5]] == [f"第{number}句" for number in range(5)]


async def test_no_acknowledgement_before_the_commit(client: TestClient, widget: Widget) -> None:
    desk = client.app[DESK]  # type: ignore[index]
    async with desk.office.database.turn():  # nobody can commit meanwhile
        await widget.send(type="message", client_id="waits-0001", text="存好了吗")
        await widget.send(type="ping")
        await widget.frame("pong")  # the line itself is quick
        await asyncio.sleep(0.2)
        assert not [frame for frame in widget.frames if frame["type"] in ("ack", "message")]
    assert (await widget.frame("ack", client_id="waits-0001"))["seq"] == 1


async def test_a_client_that_never_reads_slows_nobody_and_is_cut(
    client: TestClient, widget: Widget
) -> None:
    ready = await widget.frame("ready")
    desk = client.app[DESK]  # type: ignore[index]
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    writer.write(_handshake(client))
    await reader.readuntil(b"\r\n\r\n")
    hello = {"type": "hello", "token": ready["token"], "conversation": ready["conversation"]}
    writer.write(_masked(json.dumps(hello)))
    await asyncio.sleep(0.2)
    writer.transport.pause_reading()  # from now on it reads nothing
    try:
        for many in range(18):  # more than the kernel keeps for a connection
            flood = [_flooding(ready["conversation"], many * 100 + each) for each in range(100)]
            await asyncio.gather(*(desk.intake.take(said) for said in flood))
            await widget.wait_for(_holds((many + 1) * 100), seconds=20)
        async with asyncio.timeout(20):
            while desk.online[ready["conversation"]] > 1:
                await asyncio.sleep(0.1)
    finally:
        writer.transport.abort()
    floods = [each for each in widget.messages() if each["sender"] == "customer"]
    assert len(floods) == 1_800  # the other window got everything meanwhile


def _flooding(conversation: str, number: int) -> Said:
    return Said(conversation, f"flood-{number:05d}", text="长" * 2_000)


def _holds(seq: int) -> Callable[[dict[str, Any]], bool]:
    return lambda frame: frame["type"] == "message" and frame["message"]["seq"] >= seq


def _handshake(client: TestClient) -> bytes:
    lines = (
        "GET /ws/customer HTTP/1.1",
        f"Host: {client.host}:{client.port}",
        f"Origin: http://{client.host}:{client.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _masked(text: str) -> bytes:
    """One text frame as a client sends it (RFC 6455, 5.2), masked with zeros."""
    payload = text.encode()
    return bytes([0x81, 0x80 | 126]) + len(payload).to_bytes(2, "big") + bytes(4) + payload


async def test_who_waits_and_tells_of_a_danger_goes_first(
    client: TestClient, widget: Widget, console: Console, bot: FakeBot
) -> None:
    bot.reads = {"冒烟": "safety"}
    async with await open_widget(client) as other:
        await other.hello()
        earlier = str((await other.frame("ready"))["conversation"])
        await other.ask_human()
        await console.row(earlier, owner="queued", place=1)
        wang = await _conversation(widget)
        await widget.ask_human()
        await console.row(wang, owner="queued", place=2)
        await widget.say("充电器冒烟了")
        await console.row(wang, owner="queued", reason="safety", place=1)
    assert "充电器冒烟了" not in bot.texts  # read, not answered
