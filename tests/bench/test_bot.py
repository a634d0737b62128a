"""The bench of the bot: what is said, what both learn from, and how figures are put together."""

import re
from pathlib import Path

import pytest

from bench import bot_models
from bench.bot import ACTION, KINDS, NLU, PLAIN, REPEATED, Speed, _is_fixed, _percentile, table
from bench.bot_lines import action_lines, known_lines, new_lines, repeated_lines
from bench.bot_models import WITHOUT_ACTION, _write_inputs, fixed_sentences, stock_config


def test_no_new_line_is_said_twice_or_stands_in_the_training_data() -> None:
    known, new = known_lines(NLU), new_lines(NLU)
    assert len(known) > 100
    assert len(new) == len(set(new)) > 10_000
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
    assert _is_fixed([{"text": sentence}])
    assert not _is_fixed([{"text": sentence}, {"custom": {}}])
    assert not _is_fixed([{"text": "您的包裹到了"}])


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
    text = table({**figures, "senders": 4, "stock_epochs": 3})
    assert all(f"{kind} turns/s" in text for kind in kinds)
    assert "3 epochs of 100" in text
