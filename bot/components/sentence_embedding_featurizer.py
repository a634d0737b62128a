"""Gives each line a dense sentence vector, so that words never met in training mean something."""

import logging
import os
from collections import OrderedDict
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakSet

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.embeddings import Embedder, EmbeddingsUnavailableError, VectorStore, find_embedder
from components.features import add_sentence_features, has_text
from components.follow_ups import parts_of, with_joined
from components.normal_form import normal_form

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEmbeddingFeaturizer(DenseFeaturizer, GraphComponent):
    """Dense sentence features from the offline wheel or a configured endpoint.

    Without either, it says so once and adds nothing: the classifiers then train and answer on the
    sparse features alone. An endpoint that fails while the bot is live costs only that line's
    dense features.

    loaded: the featurizers of this process, since Rasa has no public way to a model's components
    """

    loaded: ClassVar[WeakSet["SentenceEmbeddingFeaturizer"]] = WeakSet()

    @classmethod
    def required_components(cls) -> list[type]:
        return []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`url` empty means the offline wheel; the environment's KEFU_EMBEDDINGS_* win.

        remembered: how many recent lines keep their vector (customers say the same things)
        store: folder for the vectors of the training sentences
        """
        return {
            **DenseFeaturizer.get_default_config(),
            "url": "",
            "model": "text-embedding-3-small",
            "seconds": 2.0,
            "remembered": 4096,
            "store": "models",
        }

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._remembered: OrderedDict[str, np.ndarray] = OrderedDict()
        self.embedder: Embedder | None = find_embedder(
            url=os.environ.get("KEFU_EMBEDDINGS_URL", self._config["url"]),
            model=os.environ.get("KEFU_EMBEDDINGS_MODEL", self._config["model"]),
            key=os.environ.get("KEFU_EMBEDDINGS_KEY", ""),
            seconds=self._config["seconds"],
        )
        self.loaded.add(self)
        if self.embedder is None:
            logger.warning(
                "No sentence embeddings on this platform: the bot reads by characters and words "
                "alone. Set KEFU_EMBEDDINGS_URL to an OpenAI-compatible endpoint to add them."
            )

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceEmbeddingFeaturizer":
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to check beyond the types that Rasa checks."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in with_joined(messages):
            vectors = [self._find_vector(text) for text in parts_of(message)]
            if all(vector is not None for vector in vectors):
                add_sentence_features(message, np.mean(vectors, axis=0)[None, :], self._identifier)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Embed every sentence; here a failing endpoint is an error, not a poorer model."""
        messages = [m for m in training_data.training_examples if has_text(m)]
        if self.embedder is not None and messages:
            rows = self.store(self.embedder).vectors([normal_form(m.get(TEXT)) for m in messages])
            for message, row in zip(messages, rows, strict=True):
                add_sentence_features(message, row[None, :], self._identifier)
        return training_data

    def store(self, embedder: Embedder) -> VectorStore:
        """Return where vectors of training sentences are kept."""
        return VectorStore(Path(self._config["store"]), embedder)

    def _find_vector(self, said: str) -> np.ndarray | None:
        if self.embedder is None:
            return None
        text = normal_form(said)
        if text in self._remembered:
            self._remembered.move_to_end(text)
            return self._remembered[text]
        try:
            vector = self.embedder.vectors([text])[0]
        except EmbeddingsUnavailableError as error:
            logger.warning("Reading a line without its embedding: %s", error)
            return None
        self._remember(text, vector)
        return vector

    def _remember(self, text: str, vector: np.ndarray) -> None:
        self._remembered[text] = vector
        if len(self._remembered) > self._config["remembered"]:
            self._remembered.popitem(last=False)
