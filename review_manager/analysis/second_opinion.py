"""Settles doubtful reviews with a sentence encoder that learned to tell moods."""

import functools
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from embedding.encoder import EncoderUnavailableError, GraphEncoder
from embedding.packed_file import ModelFileError, NoModelError, open_model
from review_manager.analysis.model_file import opened
from review_manager.analysis.polarity import Heard
from review_manager.analysis.tuned_layers import changer

logger = logging.getLogger(__name__)

_FORM = 4  # 1 was a committee over the encoder as it came, 2 had one trust, 3 six whole layers
_RULE = ("doubt", "weight", "trust", "stranger", "faded", "gained")
_OTHERS = frozenset({"form", "of", "head", "rule"})  # tables that are no changes
_READ = 96  # characters of a review: its beginning and its end, where customers say what they think


@dataclass(frozen=True)
class SecondOpinion:
    """What training changed in the encoder, a line through what it makes of a text, and its rule.

    `changes` are tables of `tuned_layers` for the weights whose fingerprint is `of`. `head` is
    (385,): a weight for each number of the mean of the tokens, and the bias; what it says are
    log-odds of being good. A margin nearer to 0 than `doubt` is asked about; the settled margin is
    `weight * margin + trust * opinion`. Where words are strange they know less than they seem to:
    for a text wholly strange `stranger` is added to `doubt`, `weight` loses its share `faded`, and
    `trust` gains the share `gained`.
    """

    changes: Mapping[str, NDArray[Any]]
    of: int
    head: NDArray[np.float32]
    doubt: float
    weight: float
    trust: float
    stranger: float = 0.0
    faded: float = 0.0
    gained: float = 0.0

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read what `write` stored; raises UnreadableModelError."""
        with opened(file, form=_FORM) as stored:
            rule = (float(number) for number in stored["rule"])
            changes = {name: stored[name] for name in stored if name not in _OTHERS}
            return cls(changes, int(stored["of"]), stored["head"], *rule)

    def write(self, file: Path) -> None:
        """Store it, packed: in four bits a weight there is little in a byte."""
        rule = np.array([getattr(self, name) for name in _RULE])
        tables: dict[str, Any] = {**self.changes, "head": self.head, "rule": rule}
        np.savez_compressed(file, form=_FORM, of=self.of, **tables)

    @property
    def is_at_hand(self) -> bool:
        """Whether the encoder can be had here."""
        return self._encoder is not None

    def settle(self, texts: Sequence[str], heard: Heard) -> NDArray[np.float64]:
        """Return the margins of plain texts with the doubtful ones settled.

        Where the encoder cannot be had, margins stay as they are, and the log says so once.
        """
        if self._encoder is None:
            return heard.margins
        doubtful = np.flatnonzero(self.is_doubtful(heard) & (heard.margins != 0.0))
        settled, asked = heard.margins.copy(), heard.at(doubtful)
        opinions = self.opinions([texts[row] for row in doubtful.tolist()])
        words, sense = self.voices(asked, opinions)
        settled[doubtful] = self.weight * words + self.trust * sense
        return settled

    def voices(
        self, heard: Heard, opinions: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return margins and opinions as they count: opinions the more, the stranger the words."""
        strange = heard.strange
        return heard.margins * (1 - self.faded * strange), opinions * (1 + self.gained * strange)

    def is_doubtful(self, heard: Heard) -> NDArray[np.bool_]:
        """Return which texts are asked about."""
        doubtful: NDArray[np.bool_] = np.abs(heard.margins) < (
            self.doubt + self.stranger * heard.strange
        )
        return doubtful

    def opinions(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return the log-odds of being good of plain texts, some 6 ms each; shape (texts,).

        Raises:
            EncoderUnavailableError: the encoder cannot be had on this platform.
        """
        if self._encoder is None:
            raise EncoderUnavailableError("no encoder for the second opinion")
        means = self._encoder.means([excerpt(text) for text in texts])
        opinions: NDArray[np.float64] = (means @ self.head[:-1] + self.head[-1]).astype(np.float64)
        return opinions

    @functools.cached_property
    def _encoder(self) -> GraphEncoder | None:
        try:
            packed = open_model()
            if self.changes and packed.fingerprint() != self.of:
                raise ModelFileError("not the weights that were tuned")
            return GraphEncoder(packed, change=changer(self.changes))
        except (EncoderUnavailableError, ModelFileError, NoModelError, OSError) as error:
            logger.warning("No second opinion on doubtful reviews: %s", error)
            return None


def excerpt(text: str) -> str:
    """Return the stretch of a plain text that is read."""
    text = " ".join(text.split())
    return text if len(text) <= _READ else text[: _READ // 2] + text[-_READ // 2 :]
