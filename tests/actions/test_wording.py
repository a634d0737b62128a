"""Everything that the bot may say is lawful, in its voice, and short."""

import pytest
from assistant import RESPONSES

from compliance import Outcome, check

WORDS = [(name, str(each["text"])) for name, many in RESPONSES.items() for each in many]
BUTTONS = [
    (name, button)
    for name, many in RESPONSES.items()
    for e in many
    for button in e.get("buttons", ())
]
BEGGING = ("亲爱的", "敬请谅解", "给您带来不便", "！！", "最终解释权")
DISCLAIMS_ROBOT = "智能客服"


@pytest.mark.parametrize(("name", "text"), WORDS)
def test_a_response_may_be_said(name: str, text: str) -> None:
    verdict = check(text, channel="chat")
    assert verdict.outcome is Outcome.OK, verdict.findings


@pytest.mark.parametrize(("name", "text"), WORDS)
def test_a_response_keeps_the_voice(name: str, text: str) -> None:
    assert not any(phrase in text for phrase in BEGGING)
    assert len(text) <= 170
    assert text.count("！") <= 1


def test_only_introductions_say_that_it_is_an_assistant() -> None:
    saying = {name for name, text in WORDS if DISCLAIMS_ROBOT in text}
    assert saying == {"utter_introduction", "utter_greet", "utter_am_assistant"}


@pytest.mark.parametrize(("name", "button"), BUTTONS)
def test_a_button_is_short_and_does_something(name: str, button: dict[str, str]) -> None:
    assert 1 <= len(button["title"]) <= 12
    assert button["payload"]
