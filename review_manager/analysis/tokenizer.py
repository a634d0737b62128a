"""Segments reviews with jieba and the shop dictionary, as a spaCy tokenizer."""

import contextlib
import functools
import logging
import marshal
import tempfile
import warnings
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from spacy.lang.zh import ChineseTokenizer, Segmenter
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry

from review_manager.analysis.plain_text import plain

SHOP_WORDS = Path(str(resources.files("data") / "reviews" / "shop_words.txt"))


class PlainJieba:
    """Folds a review to plain text of the same length, then lets spaCy's jieba segment it.

    Tokens therefore stand at the same place as in the review, which stays in `doc._.review`.
    """

    def __init__(self, nlp: Language) -> None:
        _learn_shop_words()
        self._segment = ChineseTokenizer(nlp.vocab, segmenter=Segmenter.jieba)

    def __call__(self, review: str) -> Doc:
        """Return the segmented plain text; an empty review gives an empty document."""
        doc: Doc = self._segment(plain(review))
        doc._.review = review
        return doc

    def to_disk(self, path: str | Path, **_: object) -> None:
        """Write nothing: the dictionary belongs to the program."""

    def from_disk(self, path: str | Path, **_: object) -> "PlainJieba":
        """Read nothing."""
        return self


@functools.cache
def _learn_shop_words() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's sources hold invalid escapes
        import jieba
    jieba.setLogLevel(logging.ERROR)
    _start_quickly(jieba.dt)
    with SHOP_WORDS.open("rb") as words:
        jieba.load_userdict(words)


def _start_quickly(dictionary: Any) -> None:
    """Read what jieba keeps of its dictionary at one go; its own way takes .7 seconds more.

    Where nothing is kept yet, or it cannot be read, jieba builds and keeps it anew.
    """
    kept = Path(tempfile.gettempdir()) / "jieba.cache"
    if dictionary.initialized or not kept.is_file():
        return
    with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
        kept_words = marshal.loads(kept.read_bytes())  # noqa: S302 - jieba does no other
        dictionary.FREQ, dictionary.total = kept_words
        dictionary.initialized = True


def _create() -> Callable[[Language], PlainJieba]:
    return PlainJieba


registry.tokenizers.register("kefu.PlainJieba.v1", func=_create)
