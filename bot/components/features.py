"""Puts feature vectors on messages and takes them off again as one matrix; reads block labels."""

import numpy as np
import scipy.sparse as sp
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message

PIECES = "kefu_pieces"
"""Attribute of a message: the sparse features of its pieces between spaces and punctuation."""

STRETCHES = "kefu_stretches"
"""Attribute of a message: computes the sparse features of a long line's overlapping stretches.

Few lines need them, and they are many.
"""


def add_sentence_features(message: Message, vector: object, origin: str) -> None:
    """Attach one sentence vector (1 x n, sparse or dense) to the message's text."""
    message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, origin))


def sparse_matrix(messages: list[Message]) -> sp.csr_matrix:
    """Return the sparse sentence features of the messages, one row each."""
    rows = [message.get_sparse_features(TEXT)[1] for message in messages]
    if len(rows) == 1:  # what is asked of each line by each reader
        return rows[0].features.tocsr()
    return sp.vstack([row.features for row in rows], format="csr")


def dense_matrix(messages: list[Message]) -> np.ndarray | None:
    """Return the dense sentence features, one row each; None where a message has none."""
    rows = [message.get_dense_features(TEXT)[1] for message in messages]
    if any(row is None for row in rows):
        return None
    return rows[0].features if len(rows) == 1 else np.vstack([row.features for row in rows])


def pieces_matrix(message: Message) -> sp.csr_matrix:
    """Return the sparse features of the line's pieces, one row each, the line itself if whole."""
    pieces = message.get(PIECES)
    return sparse_matrix([message]) if pieces is None else pieces


def stretches_matrix(message: Message) -> sp.csr_matrix:
    """Return the sparse features of the line's pieces and, of a long line, its stretches."""
    pieces = pieces_matrix(message)
    compute = message.get(STRETCHES)
    stretches = compute() if compute else None
    return pieces if stretches is None else sp.vstack([pieces, stretches], format="csr")


def has_text(message: Message) -> bool:
    """Say whether there is a text to compute features on."""
    return bool((message.get(TEXT) or "").strip())


def block_of(message: Message, key: str) -> str | None:
    """Return what the message's block of training sentences says about `key`."""
    return ((message.get(METADATA) or {}).get(METADATA_INTENT) or {}).get(key)
