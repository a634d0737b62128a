"""Weighs the characters and words of a line: TF-IDF over 1-3 characters and jieba's words."""

import json
import logging
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import jieba
import numpy as np
import scipy.sparse as sp
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.features import PIECES, STRETCHES, add_sentence_features, has_text
from components.follow_ups import with_joined
from components.normal_form import normal_form, pieces, stretches
from components.trained import TrainedComponent

jieba.setLogLevel(logging.WARNING)

Vocabulary = dict[str, tuple[int, float]]  # term -> (column, inverse document frequency)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SparseTextFeaturizer(TrainedComponent, SparseFeaturizer):
    """Sparse sentence features of the normal form; characters and words are one block each.

    Chinese has no word borders for `char_wb` to respect and typos break words, so characters
    carry most of the weight and words add what segmentation knows.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return []

    @staticmethod
    def required_packages() -> list[str]:
        return ["jieba"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`longest` is the longest run of characters that is a feature of its own."""
        return {**SparseFeaturizer.get_default_config(), "longest": 3}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        TrainedComponent.__init__(self, config, storage, resource)
        SparseFeaturizer.__init__(self, resource.name, self._config)
        self._characters: Vocabulary = {}
        self._words: Vocabulary = {}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to check beyond the types that Rasa checks."""

    def _learn(self, training_data: TrainingData) -> None:
        """Learn which terms there are and how telling each is."""
        texts = [normal_form(m.get(TEXT)) for m in training_data.training_examples if has_text(m)]
        self._characters = _weigh(self._runs(text) for text in texts)
        self._words = _weigh(_cut(text) for text in texts)

    def _keep(self, folder: Path) -> None:
        blocks = {"characters": self._characters, "words": self._words}
        (folder / "vocabulary.json").write_text(
            json.dumps(blocks, ensure_ascii=False), encoding="utf-8"
        )

    def _restore(self, folder: Path) -> None:
        blocks = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        self._characters, self._words = blocks["characters"], blocks["words"]

    def process(self, messages: list[Message]) -> list[Message]:
        for message in with_joined(messages):
            normal = normal_form(message.get(TEXT))
            add_sentence_features(message, self._matrix([normal]), self._identifier)
            message.set(PIECES, self._matrix(pieces(normal)))
            message.set(STRETCHES, partial(self._stretches, normal))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        for message in filter(has_text, training_data.training_examples):
            normal = normal_form(message.get(TEXT))
            add_sentence_features(message, self._matrix([normal]), self._identifier)
        return training_data

    def _matrix(self, texts: Sequence[str]) -> sp.csr_matrix:
        """Return a row for each normal form: its characters, then its words.

        The parts of the matrix are put together here: stacking small matrices took longer than
        everything else about a line.
        """
        words_from = max(len(self._characters), 1)
        columns: list[int] = []
        ends, values = [0], [np.zeros(0, np.float32)]
        for text in texts:
            for terms, vocabulary, start in (
                (self._runs(text), self._characters, 0),
                (_cut(text), self._words, words_from),
            ):
                places, weights = _unit_row(terms, vocabulary)
                columns += [start + place for place in places]
                values.append(weights)
            ends.append(len(columns))
        shape = (len(texts), words_from + max(len(self._words), 1))
        indices = np.array(columns, np.int32), np.array(ends, np.int32)
        return sp.csr_matrix((np.concatenate(values), *indices), shape=shape)

    def _stretches(self, normal: str) -> sp.csr_matrix | None:
        cut = stretches(normal)
        return self._matrix(cut) if cut else None

    def _runs(self, text: str) -> list[str]:
        padded = f" {text} "
        return [
            padded[start : start + length]
            for length in range(1, self._config["longest"] + 1)
            for start in range(len(padded) - length + 1)
        ]


def _cut(text: str) -> list[str]:
    return [word for word in jieba.lcut(text) if not word.isspace()]


def _weigh(documents: Iterable[list[str]]) -> Vocabulary:
    """Give each term a column and its smoothed inverse document frequency."""
    seen: Counter = Counter()
    total = 0
    for terms in documents:
        seen.update(set(terms))
        total += 1
    return {
        term: (column, round(math.log((1 + total) / (1 + seen[term])) + 1, 4))
        for column, term in enumerate(sorted(seen))
    }


def _unit_row(terms: list[str], vocabulary: Vocabulary) -> tuple[list[int], np.ndarray]:
    """Return columns and values of a row of length 1; a term weighs (1 + ln count) x its idf."""
    columns, weights = [], []
    for term, count in Counter(terms).items():
        known = vocabulary.get(term)
        if known is not None:
            columns.append(known[0])
            weights.append((1 + math.log(count)) * known[1])
    values = np.asarray(weights, dtype=np.float32)
    return columns, values / (math.sqrt(float(values @ values)) or 1.0)
