"""The bench of the bot: what is said, what both learn from, and how figures are put together."""

import asyncio
import re
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web

from bench import bot_models
from bench.bot import ACTION, KINDS, NLU, PLAIN, REPEATED, Speed, _percentile, table
from bench.bot_choice import choose, is_fixed
from bench.bot_lines import action_lines, known_lines, new_lines, repeated_lines
from bench.bot_models import (
    WITHOUT_ACTION,
    _data_hash,
    _write_inputs,
    fixed_sentences,
    stock_config,
)
from bench.bot_servers import RunningBot
from bench.desk_server import free_port


def test_no_new_line_is_said_twice_or_stands_in_the_training_data() -> None:
    known, new = known_lines(NLU), new_lines(NLU)
    assert len(known) > 100
    assert len(new) == len(set(new)) > 5_000
    assert not set(known) & set(new)
    actions = action_lines(NLU)
    assert len(actions) == len(set(actions)) > 10_000


def test_every_second_repeated_line_is_known() -> None:
    known = set(known_lines(NLU))
    assert [line in known for line in repeated_lines(NLU)[:1000]] == [True, False] * 500


def test_no_plain_line_and_none_with_an_action_was_ever_said_before() -> None:
    known = set(known_lines(NLU))
    for kind in (PLAIN, ACTION):
        lines = KINDS[kind](NLU)
        assert len(lines) == len(set(lines))
        assert not known & set(lines)


def test_what_is_new_in_repeated_lines_is_in_no_plain_turn() -> None:
    new = set(repeated_lines(NLU)) - set(known_lines(NLU))
    assert len(new) > 5_000
    assert not new & set(new_lines(NLU))


def test_the_lines_are_the_same_in_every_run() -> None:
    assert repeated_lines(NLU)[:50] == repeated_lines(NLU)[:50]


@pytest.mark.parametrize("stories", [False, True])
def test_both_learn_from_the_same_rules_but_for_two_fixed_answers(
    tmp_path: Path, stories: bool
) -> None:
    folder = tmp_path / "inputs"
    folder.mkdir()
    data = _write_inputs(folder, {"recipe": "default.v1"}, stories=stories)
    assert data == ["../data/nlu", str(folder / "rules")]
    rules = {file.name: file.read_text() for file in (folder / "rules").glob("*.yml")}
    shipped = {f"rules-{file.name}" for file in (NLU.parent / "rules").glob("*.yml")}
    assert shipped <= set(rules)
    assert (set(rules) > shipped) == stories
    everything = "".join(rules.values())
    for action, sentence in WITHOUT_ACTION.items():
        assert f"action: {action}\n" not in everything
        assert f"action: {sentence}\n" in everything
    assert "action: action_order_status\n" in everything


def test_stock_is_what_rasa_recommends() -> None:
    rasa = bot_models.BOT / ".venv/lib/python3.10/site-packages/rasa/cli/initial_project/config.yml"
    if not rasa.exists():
        pytest.skip("the bot's environment is not installed")
    shown = re.findall(r"^#\s+- name: (\w+)", rasa.read_text(), re.MULTILINE)
    config = stock_config(epochs=100)
    ours = [part["name"] for part in config["pipeline"] + config["policies"]]
    shown[0] = "JiebaTokenizer"  # WhitespaceTokenizer finds no words in Chinese
    assert ours[:9] == shown[:9]
    assert {*ours[9:]} <= {*shown[9:]}
    assert {"TEDPolicy", "RulePolicy"} <= {*ours[9:]}


def test_an_answer_without_action_is_told_from_one_with() -> None:
    sentence = next(iter(fixed_sentences()))
    assert is_fixed([{"text": sentence}])
    assert not is_fixed([{"text": sentence}, {"custom": {}}])
    assert not is_fixed([{"text": "您的包裹到了"}])


async def _bot(stack: AsyncExitStack, name: str, takes_for_questions: set[str]) -> RunningBot:
    """A bot that answers a greeting with a sentence, unless it takes it for a question."""

    async def hear(request: web.Request) -> web.Response:
        said = (await request.json())["message"]
        await asyncio.sleep(0)
        answer = "您的包裹到了" if said in takes_for_questions else min(fixed_sentences())
        return web.json_response([{"text": answer}])

    app, port = web.Application(), free_port()
    app.router.add_post("/webhooks/rest/webhook", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return RunningBot(name, f"http://127.0.0.1:{port}", "", 0, 0)


async def test_a_line_that_either_takes_for_a_question_is_left_out_for_both() -> None:
    lines = ["你好", "在吗", "谢谢", "有人吗", "你好", "打扰了"]
    async with AsyncExitStack() as stack:
        ours = await _bot(stack, "kefu", {"在吗"})
        theirs = await _bot(stack, "stock", {"在吗", "谢谢", "打扰了"})
        choice = await choose([ours, theirs], lines, lambda said: None)
    assert choice.kept == {"你好", "有人吗"}
    assert choice.asked == 5
    assert choice.dropped == {"kefu": 1, "stock": 3}


def test_what_stock_learns_from_is_not_our_components(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("bot/domain/a.yml", "bot/components/a.py", "data/nlu/a.yml", "tests/a.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    (tmp_path / "bot" / "uv.lock").write_text("one")
    monkeypatch.setattr(bot_models, "ROOT", tmp_path)
    monkeypatch.setattr(bot_models, "BOT", tmp_path / "bot")
    monkeypatch.setattr(bot_models, "STORIES", tmp_path / "tests" / "a.yml")
    before = _data_hash()
    (tmp_path / "bot" / "components" / "a.py").write_text("two")
    assert _data_hash() == before
    for name in ("bot/domain/a.yml", "data/nlu/a.yml", "tests/a.yml", "bot/uv.lock"):
        (tmp_path / name).write_text("two")
        assert _data_hash() != before
        before = _data_hash()


def test_percentiles_are_in_milliseconds() -> None:
    seconds = [number / 1000 for number in range(1, 101)]
    assert _percentile(seconds, 0.95) == 96.0
    assert _percentile([0.2], 0.95) == 200.0


def test_the_table_names_every_kind_and_what_was_trained() -> None:
    speed = Speed(10, 5.0, 100.0, 200.0, 20.0, 1.0, 0).__dict__
    kinds = dict.fromkeys((PLAIN, REPEATED, ACTION), speed)
    figures = {f"turns_ratio_{kind}": 2.5 for kind in kinds} | {"kefu": kinds, "stock": kinds}
    for name in ("p95_ms", "rss_mb", "rss_actions_mb", "training_seconds"):
        figures |= {name: 1.0, f"{name}_stock": 2.0}
    figures |= {"lines_tried": 500, "lines_dropped": 60, "lines_dropped_stock": 90}
    text = table({**figures, "senders": 4, "stock_epochs": 3})
    assert all(f"{kind} turns/s" in text for kind in kinds)
    assert "3 epochs of 100" in text
    assert "of 500 greetings and thanks kefu answered 60 by an action, stock 90" in text
