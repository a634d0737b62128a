"""Reads the finer subject within an intent (for example not_received) as entity `wish`."""

from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.chat_intent_classifier import add_entity
from components.features import block_of, dense_matrix, has_text, sparse_matrix
from components.linear_head import LinearHead, probabilities
from components.sparse_text_featurizer import SparseTextFeaturizer
from components.trained import TrainedComponent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class WishClassifier(TrainedComponent, EntityExtractorMixin):
    """Chooses among the wishes that the training data names for the line's intent.

    A block of training sentences names its wish in `metadata: {wish: ...}`. Only the wishes of
    the intent that was read compete, and none is reported below `threshold`.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [SparseTextFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "regularisation": 0.3,
            "dense_weight": 1.5,
            "temperature": 0.25,
            "threshold": 0.5,
        }

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, storage, resource)
        self._head: LinearHead | None = None

    def _learn(self, training_data: TrainingData) -> None:
        """Fit the head on the sentences whose block names a wish."""
        messages = [m for m in training_data.intent_examples if has_text(m) and block_of(m, "wish")]
        self._head = LinearHead.fit(
            sparse_matrix(messages),
            dense_matrix(messages),
            [f"{m.get(INTENT)}/{block_of(m, 'wish')}" for m in messages],
            regularisation=self._config["regularisation"],
            dense_weight=self._config["dense_weight"],
        )

    def _keep(self, folder: Path) -> None:
        self._head.save(folder)

    def _restore(self, folder: Path) -> None:
        self._head = LinearHead.load(folder)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            intent = (message.get(INTENT) or {}).get("name")
            wish = self._find_wish(message, intent) if has_text(message) else None
            if wish:
                add_entity(message, "wish", wish, extractor=type(self).__name__)
        return messages

    def _find_wish(self, message: Message, intent: str) -> str | None:
        prefix = f"{intent}/"
        places = [k for k, name in enumerate(self._head.classes) if name.startswith(prefix)]
        if not places:
            return None
        margins = self._head.margins(sparse_matrix([message]), dense_matrix([message]))
        chances = probabilities(margins[:, places], self._config["temperature"])[0]
        best = int(chances.argmax())
        if chances[best] < self._config["threshold"]:
            return None
        return self._head.classes[places[best]][len(prefix) :]
