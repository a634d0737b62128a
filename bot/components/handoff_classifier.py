"""Decides whether a line should go to a person at once, and why, as entity `handoff`."""

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.chat_intent_classifier import add_entity
from components.features import (
    block_of,
    dense_matrix,
    has_text,
    pieces_matrix,
    sparse_matrix,
    stretches_matrix,
)
from components.linear_head import LinearHead
from components.neighbour_finder import votes_of
from components.sparse_text_featurizer import SparseTextFeaturizer
from components.trained import TrainedComponent

_YES, _NONE = "yes", "none"
# Reasons that no other outweighs, however long the line is about something else; gravest first.
_GRAVE = ("safety", "legal_threat")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class HandoffClassifier(TrainedComponent, EntityExtractorMixin):
    """Adds up what three readers say: the line by its reasons, its pieces, and its neighbours.

    A block of training sentences names its reason in `metadata: {handoff: <reason>}`; every other
    sentence is an example of a line that the bot should answer itself. Reasons are as unlike one
    another as any intents, so each has a border of its own instead of one round all of them. A
    reason that stands beside something else (我要转人工 你好 发票开错了) is diluted in the whole
    line, so each piece between spaces and punctuation is read on its own too, by characters and
    words alone.

    Why a line goes to a person is said by the whole of it too, and a long complaint outweighs the
    threat or the danger that ends it. So a line that is handed over is read once more by its
    clauses, and a grave reason that one of them names by itself goes before any other.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [SparseTextFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See docs/decisions for how these were chosen.

        threshold: score from which a line is handed over
        undecided: share of the neighbours' votes that is assumed where nobody voted
        why_regularisation: C of the head that names the reason of a clause
        grave_from: margin from which a clause names a grave reason
        """
        return {
            "regularisation": 0.5,
            "dense_weight": 1.5,
            "threshold": 0.2,
            "undecided": 0.3,
            "why_regularisation": 1.0,
            "grave_from": 0.0,
        }

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, storage, resource)
        self._line: LinearHead | None = None
        self._piece: LinearHead | None = None
        self._why: LinearHead | None = None

    def _learn(self, training_data: TrainingData) -> None:
        """Fit the heads: line and clause are given a reason or none, a piece only whether."""
        messages = [m for m in training_data.intent_examples if has_text(m)]
        reasons = np.array([block_of(message, "handoff") or _NONE for message in messages])
        sparse, dense = sparse_matrix(messages), dense_matrix(messages)
        usual, sharp = self._config["regularisation"], self._config["why_regularisation"]
        self._line = self._fit(sparse, dense, reasons, usual)
        self._piece = self._fit(sparse, None, np.where(reasons == _NONE, _NONE, _YES), usual)
        self._why = self._fit(sparse, None, reasons, sharp)

    def _keep(self, folder: Path) -> None:
        for name, head in self._heads().items():
            head.save(folder, name)

    def _restore(self, folder: Path) -> None:
        for name in self._heads():
            setattr(self, f"_{name}", LinearHead.load(folder, name))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if has_text(message):
                reason = self._find_reason(message)
                if reason:
                    add_entity(message, "handoff", reason, extractor=type(self).__name__)
        return messages

    def _find_reason(self, message: Message) -> str | None:
        margins = self._line.margins(sparse_matrix([message]), dense_matrix([message]))[0]
        none = self._line.classes.index(_NONE)
        reasons = margins.copy()
        reasons[none] = -np.inf
        best = int(reasons.argmax())
        score = (margins[best] - margins[none] + self._piece_margin(message)) / 2
        if score + self._voted(message) < self._config["threshold"]:
            return None
        return self._find_grave(message) or self._line.classes[best]

    def _find_grave(self, message: Message) -> str | None:
        """Return the gravest reason that a clause of the line names by itself."""
        margins = self._why.margins(stretches_matrix(message), None).max(axis=0)
        heard = dict(zip(self._why.classes, margins, strict=True))
        named = (name for name in _GRAVE if heard.get(name, -np.inf) >= self._config["grave_from"])
        return next(named, None)

    def _piece_margin(self, message: Message) -> float:
        """Return how far on the side of a person the most telling piece stands."""
        margins = self._piece.margins(pieces_matrix(message), None)
        return float(margins[:, self._piece.classes.index(_YES)].max())

    def _voted(self, message: Message) -> float:
        """Return the share of the neighbours that went to a person for whatever reason."""
        votes = votes_of(message, "handoff")
        return self._config["undecided"] if votes is None else 1 - votes.get("", 0.0)

    def _fit(self, sparse: Any, dense: Any, labels: Any, regularisation: float) -> LinearHead:
        return LinearHead.fit(
            sparse,
            dense,
            labels,
            regularisation=regularisation,
            dense_weight=self._config["dense_weight"],
        )

    def _heads(self) -> dict[str, LinearHead | None]:
        return {"line": self._line, "piece": self._piece, "why": self._why}
