"""Sets the days that a line names as entities, counted from today in China."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.days_in_text import find_days

CHINA = timezone(timedelta(hours=8))  # one zone, no summer time since 1991


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DateExtractor(EntityExtractorMixin, GraphComponent):
    """Sets entity `date`, value YYYY-MM-DD, counted from today in China."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "DateExtractor":
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        today = datetime.now(CHINA).date()
        for message in messages:
            found = list(self._entities(message.get(TEXT) or "", today))
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    def _entities(self, text: str, today: date) -> Iterator[dict[str, Any]]:
        for day, start, end in find_days(text, today=today):
            yield {
                "entity": "date",
                "value": day.isoformat(),
                "start": start,
                "end": end,
                "extractor": type(self).__name__,
            }
