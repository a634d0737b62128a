"""Joins a short line to the one that the customer said before, so that both are read as one."""

from collections.abc import Iterable, Iterator
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.features import has_text
from components.labels import find_previous_line
from components.normal_form import normal_form

_JOINED = "kefu_joined"
_PARTS = "kefu_parts"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class FollowUpJoiner(GraphComponent):
    """Hangs a second message on a short line: the line before it and itself (退款到哪了 要几天啊).

    Every featurizer then fills both. The vector of the joined lines is the mean of their own
    vectors: the earlier one is mostly still remembered, so nothing more has to be computed.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`longest` is the length, in characters, of the longest line that leans on another."""
        return {"longest": 8}

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "FollowUpJoiner":
        return cls(config)

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        before = find_previous_line(tracker)
        for message in filter(has_text, messages):
            text = message.get(TEXT)
            if before and len(normal_form(text)) <= self._config["longest"]:
                joined = Message(data={TEXT: f"{before} {text}", _PARTS: (before, text)})
                message.set(_JOINED, joined)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training sentences stand alone."""
        return training_data


def find_joined(message: Message) -> Message | None:
    """Return the line together with the one before it; None where it stands alone."""
    return message.get(_JOINED)


def with_joined(messages: Iterable[Message]) -> Iterator[Message]:
    """Yield every message that has a text, and what it was joined to."""
    for message in filter(has_text, messages):
        yield message
        joined = find_joined(message)
        if joined is not None:
            yield joined


def parts_of(message: Message) -> tuple[str, ...]:
    """Return the lines that the message is made of, mostly one."""
    return message.get(_PARTS) or (message.get(TEXT),)
