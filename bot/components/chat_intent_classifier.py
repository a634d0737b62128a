"""Reads what a line wants: the intent with a calibrated confidence, and a second one beside it."""

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.features import dense_matrix, has_text, pieces_matrix, sparse_matrix
from components.follow_ups import find_joined
from components.labels import find_previous_subject, is_small_talk, is_subject, leaning
from components.linear_head import LinearHead, probabilities
from components.neighbour_finder import votes_of
from components.normal_form import joins_wishes, normal_form, pieces
from components.sparse_text_featurizer import SparseTextFeaturizer
from components.trained import TrainedComponent

_COMPLAINT = "complaint_dispute"
# A shorter piece (好的, 在吗) is no wish of its own.
_PIECE_CHARACTERS = 3
# Two names for one wish: whoever wants goods neither kept nor sent asks for one thing.
_ALIKE = ({"return_request", "cancel_order"}, {"order_status", "logistics"})
# How many times likelier than the next one an intent must be to lead.
_LEAD = 1.4


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ChatIntentClassifier(TrainedComponent, IntentClassifier):
    """A linear SVM over characters, words and the sentence embedding, and the nearest sentences.

    Its margins become probabilities by one temperature, fitted on real customer lines, and are
    averaged with the votes of the nearest training sentences, so that the confidence of the
    FallbackClassifier's threshold means what it says. A short line leans on the subject of the
    customer's lines before it.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [SparseTextFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See docs/decisions for how these were chosen.

        regularisation: C of the SVM
        dense_weight: length of the standardised embedding beside the sparse blocks' 1
        temperature: what margins are divided by before the softmax
        neighbours: share of the nearest training sentences' votes in the confidence
        pull: how many times likelier a short line goes on about the subject before it
        clear: chance from which a short line is not read together with the one before it
        joined: share of that reading
        second_from: chance from which the whole line seconds what a piece wants besides
        piece_from: chance from which a piece of the line is a second subject of its own
        seconded_from: chance of a piece from which that is enough
        joined_from: the same where words such as 顺便 join two wishes and it leads clearly
        """
        return {
            "regularisation": 0.3,
            "dense_weight": 1.0,
            "temperature": 0.25,
            "neighbours": 0.4,
            "pull": 40.0,
            "clear": 0.8,
            "joined": 0.5,
            "second_from": 0.2,
            "piece_from": 0.65,
            "seconded_from": 0.12,
            "joined_from": 0.28,
        }

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, storage, resource)
        self._head: LinearHead | None = None

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to check beyond the types that Rasa checks."""

    def _learn(self, training_data: TrainingData) -> None:
        """Fit the head on every sentence that has an intent."""
        messages = [m for m in training_data.intent_examples if has_text(m)]
        self._head = LinearHead.fit(
            sparse_matrix(messages),
            dense_matrix(messages),
            [message.get(INTENT) for message in messages],
            regularisation=self._config["regularisation"],
            dense_weight=self._config["dense_weight"],
        )

    def _keep(self, folder: Path) -> None:
        self._head.save(folder)

    def _restore(self, folder: Path) -> None:
        self._head = LinearHead.load(folder)

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        previous = find_previous_subject(tracker)
        for message in messages:
            if has_text(message):
                self._read(message, previous)
            else:
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
        return messages

    def _read(self, message: Message, previous: str | None) -> None:
        by_head = self._by_head(message)
        chances = self._after(message, self._with_votes(message, by_head), previous)
        ranking = [
            {"name": self._head.classes[place], "confidence": float(chances[place])}
            for place in np.argsort(-chances)
        ]
        first = ranking[0]["name"]
        second = self._find_second(message, by_head, first) if is_subject(first) else None
        if second:
            name, piece = second
            add_entity(message, "second_intent", name, extractor=type(self).__name__, of=piece)
            # Both are answered, so the only doubt is whether it is these two.
            ranking[0]["confidence"] += float(chances[self._head.classes.index(name)])
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)

    def _after(self, message: Message, alone: np.ndarray, previous: str | None) -> np.ndarray:
        """Return the chances of a line after what was said before it."""
        leaned = leaning(
            alone,
            self._head.classes,
            length=len(normal_form(message.get(TEXT))),
            previous=previous,
            pull=self._config["pull"],
        )
        joined = find_joined(message)
        is_clear = is_small_talk(alone, self._head.classes) or alone.max() >= self._config["clear"]
        if joined is None or is_clear:
            return leaned
        together = self._with_votes(joined, self._by_head(joined))
        if leaned.argmax() == together.argmax():  # two reasons to believe the same
            return max(leaned, together, key=np.max)
        share = self._config["joined"]
        return (1 - share) * leaned + share * together

    def _by_head(self, message: Message) -> np.ndarray:
        margins = self._head.margins(sparse_matrix([message]), dense_matrix([message]))
        return probabilities(margins, self._config["temperature"])[0]

    def _with_votes(self, message: Message, by_head: np.ndarray) -> np.ndarray:
        """Return the chance of each class, of the head and the neighbours together."""
        votes = votes_of(message, "intent")
        if votes is None:
            return by_head
        share = self._config["neighbours"]
        voted = np.array([votes.get(name, 0.0) for name in self._head.classes])
        return (1 - share) * by_head + share * voted

    def _find_second(
        self, message: Message, by_head: np.ndarray, first: str
    ) -> tuple[str, str] | None:
        """Return what a piece of the line asks for beside `first`, and the piece (发票还能开吗).

        A piece must be sure of it, or lead where words join two wishes, or lean to the next best of
        the whole line. A complaint neither is nor has a second wish: most pieces of a story told
        at length look like one.
        """
        if first == _COMPLAINT:
            return None
        normal = normal_form(message.get(TEXT))
        said = [piece if len(piece) >= _PIECE_CHARACTERS else "" for piece in pieces(normal)]
        if sum(map(bool, said)) < 2:
            return None
        margins = self._head.margins(pieces_matrix(message), None)
        rows = probabilities(margins, self._config["temperature"])
        heard = [(piece, row) for piece, row in zip(said, rows, strict=True) if piece]
        joined = joins_wishes(normal)
        sure = ((self._named(row, joined), piece) for piece, row in heard)
        found = next(((n, piece) for n, piece in sure if self._is_other(n, first)), None)
        return found or self._find_seconded(heard, self._next_best(by_head, first), first)

    def _named(self, row: np.ndarray, joined: bool) -> str | None:
        """Return the intent that a piece names by itself; its chances are by words alone."""
        best, next_one = np.sort(row)[::-1][:2]
        leads = joined and best >= self._config["joined_from"] and best >= _LEAD * next_one
        is_sure = best >= self._config["piece_from"] or leads
        return self._head.classes[int(row.argmax())] if is_sure else None

    def _find_seconded(
        self, heard: list[tuple[str, np.ndarray]], next_best: str | None, first: str
    ) -> tuple[str, str] | None:
        """Return the line's next best intent and the piece that is rather that than the first."""
        if next_best is None or not self._is_other(next_best, first):
            return None
        other, own = self._head.classes.index(next_best), self._head.classes.index(first)
        leaning_to_it = [
            (row[other], piece)
            for piece, row in heard
            if row[other] >= self._config["seconded_from"] and row[other] > row[own]
        ]
        return (next_best, max(leaning_to_it)[1]) if leaning_to_it else None

    def _is_other(self, name: str | None, first: str) -> bool:
        named = is_subject(name) and name not in (first, _COMPLAINT)
        return named and {name, first} not in _ALIKE

    def _next_best(self, by_head: np.ndarray, first: str) -> str | None:
        """Return the next best of the whole line; the votes only say how sure the first is."""
        order = [self._head.classes[place] for place in np.argsort(-by_head)]
        second = next(name for name in order if name != first)
        chance = by_head[self._head.classes.index(second)]
        return second if chance >= self._config["second_from"] else None


def add_entity(
    message: Message, entity: str, value: str, *, extractor: str, of: str | None = None
) -> None:
    """Append an entity that is about the whole line, or about the piece `of` it."""
    text = message.get(TEXT)
    start = max(text.find(of), 0) if of else 0
    found = {
        "entity": entity,
        "value": value,
        "start": start,
        "end": start + len(of) if of and of in text else len(text),
        "extractor": extractor,
    }
    message.set(ENTITIES, [*message.get(ENTITIES, []), found], add_to_output=True)
