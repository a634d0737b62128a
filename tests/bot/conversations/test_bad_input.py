"""Disturbances before the real Rasa: whatever happens, the customer hears what happens next."""

import json
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from desk.bot_replies import read_answer
from desk.incoming import for_bot
from desk.states import HandoffReason
from server.settings import Settings

pytestmark = [pytest.mark.product, pytest.mark.timeout(900)]
ROOT = Path(__file__).parents[3]
FINE = {"events": [], "responses": [{"text": "好的"}]}
LONG = 15.0
PATIENCE = Settings.model_fields["bot_timeout_seconds"].default


class FaultyActions(ThreadingHTTPServer):
    """An action server in a mood; a fine one says 好的 to every action without another answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.mood = "fine"
        self.answers: dict[str, Any] = {}
        self.called: list[dict[str, Any]] = []
        self._connections: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._connections.append(connection)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when the bot has stopped waiting."""

    def vanish(self) -> None:
        """Be gone, with every connection that was kept open."""
        self.shutdown()
        self.server_close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Call(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        server: Any = self.server
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.called.append(call)
        if server.mood == "slow":
            time.sleep(LONG)
        if server.mood == "dying":
            self.close_connection = True
            return
        bodies = {
            "not json": b"<html>",
            "not an answer": b'{"events": [{"event": "slot"}]}',
            "no object": b"[]",
        }
        fine = server.answers.get(call["next_action"], FINE)
        body = bodies.get(server.mood, json.dumps(fine).encode())
        self.send_response(500 if server.mood == "broken" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def actions() -> Iterator[FaultyActions]:
    """Actions that can fail in every way."""
    server = FaultyActions()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.vanish()


@pytest.fixture(scope="module")
def lonely_bot(
    actions: FaultyActions, rasa_calling: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """The real bot, calling those actions."""
    url = f"http://127.0.0.1:{actions.server_address[1]}/webhook"
    with rasa_calling(url, tmp_path_factory.mktemp("lonely") / "bot.log") as bot:
        yield bot


@pytest.fixture
def sender(actions: FaultyActions) -> str:
    """A conversation of its own, while the actions are well."""
    actions.mood = "fine"
    actions.answers = {}
    actions.called.clear()
    return uuid.uuid4().hex


def _utterance(name: str) -> str:
    for file in (ROOT / "bot" / "domain").glob("*.yml"):
        found = yaml.safe_load(file.read_text(encoding="utf-8")).get("responses", {}).get(name)
        if found:
            return str(found[0]["text"])
    raise KeyError(name)


def _is_told_and_handed_over(replies: list[dict[str, Any]]) -> bool:
    texts = [reply["text"] for reply in replies if "text" in reply]
    answer = read_answer(replies)
    return (
        texts == [_utterance("utter_action_failed")]
        and answer.handoff is not None
        and answer.handoff.reason is HandoffReason.BOT_UNAVAILABLE
    )


def test_an_action_is_given_up_before_the_desk_gives_up_the_bot() -> None:
    endpoints = yaml.safe_load((ROOT / "bot" / "endpoints.yml").read_text(encoding="utf-8"))
    assert endpoints["action_endpoint"]["seconds"] <= PATIENCE - 1


@pytest.mark.parametrize(
    "mood", ["slow", "broken", "dying", "not json", "not an answer", "no object"]
)
def test_an_action_that_fails_in_any_way_is_told_in_time(
    lonely_bot: Any, actions: FaultyActions, sender: str, mood: str
) -> None:
    actions.mood = mood
    began = time.monotonic()
    assert _is_told_and_handed_over(lonely_bot.say(sender, "/order_status"))
    assert time.monotonic() - began < LONG
    assert len(actions.called) == 1  # never a second try of what may have been done
    actions.mood = "fine"
    assert lonely_bot.text(sender, "/order_status") == "好的"


def test_a_form_whose_check_fails_is_closed_and_told_once(
    lonely_bot: Any, actions: FaultyActions, sender: str
) -> None:
    actions.answers = {
        "action_order_status": {"events": [{"event": "followup", "name": "order_proof_form"}]},
        "validate_order_proof_form": {"events": []},
    }
    assert lonely_bot.text(sender, "/order_status") == _utterance("utter_ask_order_number")
    actions.mood = "broken"
    actions.called.clear()
    assert _is_told_and_handed_over(lonely_bot.say(sender, "869521132756736669"))
    assert actions.called[0]["next_action"] == "validate_order_proof_form"
    actions.mood = "fine"
    assert lonely_bot.text(sender, "/greet") == "好的"
    assert actions.called[-1]["tracker"]["active_loop"] in ({}, {"name": None})


def test_an_action_hears_of_the_last_messages_only(
    lonely_bot: Any, actions: FaultyActions, sender: str
) -> None:
    for _ in range(6):
        lonely_bot.say(sender, "/greet")
    heard = [
        sum(event["event"] == "user" for event in call["tracker"]["events"])
        for call in actions.called
    ]
    assert heard == [1, 2, 3, 3, 3, 3]


def test_messages_of_one_moment_are_answered_one_after_the_other(
    lonely_bot: Any, actions: FaultyActions, sender: str
) -> None:
    intents = ["/greet", "/logistics", "/promotion_price", "/thanks_bye"]
    with ThreadPoolExecutor(len(intents)) as pool:
        waiting = []
        for intent in intents:
            waiting.append(pool.submit(lonely_bot.text, sender, intent))
            time.sleep(0.03)
        assert [each.result() for each in waiting] == ["好的"] * len(intents)
    said = [call["tracker"]["latest_message"]["text"] for call in actions.called]
    assert said == intents


def test_conversations_wait_for_nobody_else(
    lonely_bot: Any, actions: FaultyActions, sender: str
) -> None:
    actions.mood = "slow"
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(lonely_bot.say, sender, "/order_status")
        while not actions.called:
            time.sleep(0.01)
        actions.mood = "fine"
        assert lonely_bot.text(uuid.uuid4().hex, "/order_status") == "好的"
        assert not slow.done()
        assert _is_told_and_handed_over(slow.result())


def test_no_action_server_at_all_is_told(
    lonely_bot: Any, actions: FaultyActions, sender: str
) -> None:
    """The last test of this module: the server goes away for good."""
    actions.vanish()
    assert _is_told_and_handed_over(lonely_bot.say(sender, "/order_status"))


@pytest.mark.parametrize(
    "text",
    [
        "/",
        "//order_status",
        "/退货",
        "/nonsense",
        "/order_status{",
        '/return_request{"order_number": "869521132756736669"}',
        "/restart",
        "退" * 5000,
        "0" * 5000,
        "🙏" * 300,
    ],
    ids=lambda text: text[:20],
)
def test_what_customers_type_is_words_and_gets_an_answer(running_bot: Any, text: str) -> None:
    sender = uuid.uuid4().hex
    replies = running_bot.say(sender, for_bot([text]))
    answer = read_answer(replies)
    assert answer.drafts or answer.handoff
    assert "869521132756736669" not in str(replies)  # nobody proved anything
    assert running_bot.say(sender, "你好")


def test_never_mind_leaves_a_form_and_says_so(running_bot: Any) -> None:
    sender = uuid.uuid4().hex
    assert running_bot.text(
        sender, '/return_request{"order_number": "869272146851368164"}', "C0002"
    )
    left = running_bot.text(sender, "算了，不退了", "C0002")
    assert left == _utterance("utter_left_return_form")
    again = running_bot.text(sender, "你好", "C0002")
    assert again
    assert again not in (left, "")
