"""Weighs the characters and words of a line: TF-IDF over 1-3 characters and jieba's words."""

import json
import logging
import math
from collections import Counter
from collections.abc import Iterable
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

from components.features import PIECES, add_sentence_features, has_text
from components.normal_form import normal_form, pieces
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
        for message in messages:
            if has_text(message):
                normal = normal_form(message.get(TEXT))
                add_sentence_features(message, self._vector(normal), self._identifier)
                message.set(PIECES, sp.vstack([self._vector(piece) for piece in pieces(normal)]))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        for message in filter(has_text, training_data.training_examples):
            normal = normal_form(message.get(TEXT))
            add_sentence_features(message, self._vector(normal), self._identifier)
        return training_data

    def _vector(self, normal: str) -> sp.csr_matrix:
        characters = _unit_row(self._runs(normal), self._characters)
        words = _unit_row(_cut(normal), self._words)
        return sp.hstack([characters, words], format="csr")

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


def _unit_row(terms: list[str], vocabulary: Vocabulary) -> sp.csr_matrix:
    """Return the terms as one row of length 1, each weighing (1 + ln count) x its frequency."""
    columns, weights = [], []
    for term, count in Counter(terms).items():
        known = vocabulary.get(term)
        if known is not None:
            columns.append(known[0])
            weights.append((1 + math.log(count)) * known[1])
    values = np.asarray(weights, dtype=np.float32)
    values /= np.linalg.norm(values) or 1.0
    shape = (1, max(len(vocabulary), 1))
    return sp.csr_matrix((values, (np.zeros(len(columns), dtype=np.int32), columns)), shape=shape)
