"""Asks the training sentences nearest to a line how they would read it."""

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.features import block_of, dense_matrix, has_text
from components.follow_ups import with_joined
from components.neighbours import Neighbours, Votes
from components.sentence_embedding_featurizer import SentenceEmbeddingFeaturizer
from components.trained import TrainedComponent

_VOTES = "kefu_votes"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NeighbourFinder(TrainedComponent):
    """Leaves the votes on the message, for the classifiers that follow.

    Without sentence embeddings there is nothing to be near to: it then adds nothing.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [SentenceEmbeddingFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See docs/decisions for how these were chosen.

        nearest: how many sentences vote
        reach: the loss of likeness that makes a vote 1/e
        axes: along how many main axes of the embedding likeness is measured
        """
        return {"nearest": 40, "reach": 0.05, "axes": 192}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, storage, resource)
        self._neighbours: Neighbours | None = None

    def _learn(self, training_data: TrainingData) -> None:
        """Keep the vector, intent and handoff reason of every sentence."""
        messages = [m for m in training_data.intent_examples if has_text(m)]
        dense = dense_matrix(messages)
        if dense is not None:
            self._neighbours = self._fit(messages, dense)

    def _keep(self, folder: Path) -> None:
        (folder / "trained").touch()
        if self._neighbours is not None:
            self._neighbours.save(folder)

    def _restore(self, folder: Path) -> None:
        self._neighbours = Neighbours.find(folder)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in with_joined(messages):
            dense = dense_matrix([message])
            if self._neighbours is not None and dense is not None:
                votes = self._neighbours.votes(
                    dense[0], nearest=self._config["nearest"], reach=self._config["reach"]
                )
                message.set(_VOTES, votes)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Heads are trained on features alone: a sentence would find itself."""
        return training_data

    def _fit(self, messages: list[Message], dense: np.ndarray) -> Neighbours:
        labels = {
            "intent": [message.get(INTENT) for message in messages],
            "handoff": [block_of(message, "handoff") or "" for message in messages],
        }
        return Neighbours.fit(dense, labels, axes=self._config["axes"])


def votes_of(message: Message, kind: str) -> dict[str, float] | None:
    """Return label -> share of the neighbours' votes; None where nobody voted."""
    votes: Votes = message.get(_VOTES) or {}
    return votes.get(kind)
