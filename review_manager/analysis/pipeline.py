"""The spaCy pipeline: one component a question, each leaving its answer on the document."""

from collections.abc import Iterable, Iterator
from itertools import islice

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from review_manager.analysis import tokenizer as _tokenizer  # noqa: F401  registers itself
from review_manager.analysis.alarms import Alarm
from review_manager.analysis.aspects import find_aspects
from review_manager.analysis.clauses import split_clauses
from review_manager.analysis.evidence import emoji_margin, stars_margin
from review_manager.analysis.judge import Judge
from review_manager.analysis.verdict import verdict

_BATCH = 256

for _name, _default in {
    "review": "",
    "stars": None,
    "clauses": (),
    "moods": (),
    "evidence": 0.0,
    "words_margin": 0.0,
    "margin": 0.0,
    "aspects": (),
    "safety": False,
    "threat": False,
    "analysis": None,
}.items():
    Doc.set_extension(_name, default=_default, force=True)


def build(judge: Judge) -> Language:
    """Return the pipeline whose components ask `judge`."""
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "kefu.PlainJieba.v1"}}})
    for name in ("clauses", "evidence", "polarity", "aspects", "alarms", "verdict"):
        nlp.add_pipe(f"kefu_{name}")
    for _, component in nlp.pipeline:
        if isinstance(component, _Asking):
            component.judge = judge
    return nlp


class _Asking:
    """A component that needs the trained models; `build` hands them over."""

    judge: Judge


@Language.component("kefu_clauses")
def mark_clauses(doc: Doc) -> Doc:
    """Split the document into clauses, as tuples and as a spaCy span group."""
    doc._.clauses = split_clauses(doc.text)
    spans = (doc.char_span(part.start, part.end, alignment_mode="expand") for part in doc._.clauses)
    doc.spans["clauses"] = [span for span in spans if span is not None]
    return doc


@Language.component("kefu_evidence")
def weigh_evidence(doc: Doc) -> Doc:
    """Weigh emoji; stars come with the document (`doc._.stars`)."""
    doc._.evidence = emoji_margin(doc._.review)
    return doc


@Language.factory("kefu_polarity")
class Polarity(_Asking):
    """Judges whole documents and their clauses, a batch at a time."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Judge one document."""
        return next(iter(self.pipe([doc])))

    def pipe(self, stream: Iterable[Doc], batch_size: int = _BATCH) -> Iterator[Doc]:
        """Judge documents in batches."""
        documents = iter(stream)
        while batch := list(islice(documents, batch_size)):
            margins = self.judge.margins([doc.text for doc in batch])
            moods = self.judge.aspects.moods([doc._.clauses for doc in batch])
            for doc, margin, own in zip(batch, margins, moods, strict=True):
                doc._.words_margin = margin + doc._.evidence
                doc._.margin = doc._.words_margin + stars_margin(doc._.stars)
                doc._.moods = own
            yield from batch


@Language.factory("kefu_aspects")
class Aspects(_Asking):
    """Finds the aspects with their own polarity and words."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Find the aspects of one document."""
        doc._.aspects = find_aspects(doc._.review, doc._.moods, margin=doc._.margin)
        return doc


@Language.factory("kefu_alarms")
class Alarms(_Asking):
    """Rings when somebody's safety is at stake, and when a customer threatens."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Listen to one document."""
        return next(iter(self.pipe([doc])))

    def pipe(self, stream: Iterable[Doc], batch_size: int = _BATCH) -> Iterator[Doc]:
        """Set `doc._.safety` and `doc._.threat`, a batch at a time."""
        documents = iter(stream)
        while batch := list(islice(documents, batch_size)):
            margins = [doc._.words_margin for doc in batch]
            split = [doc._.clauses for doc in batch]
            stars = [doc._.stars for doc in batch]
            heard = self.judge.alarms([doc.text for doc in batch], split, margins, stars)
            for number, doc in enumerate(batch):
                doc._.safety = heard[Alarm.SAFETY][number]
                doc._.threat = heard[Alarm.THREAT][number]
            yield from batch


@Language.factory("kefu_verdict")
class Verdict(_Asking):
    """Draws everything together in `doc._.analysis`."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Set `doc._.analysis`."""
        doc._.analysis = verdict(
            self.judge,
            text=doc.text,
            stars=doc._.stars,
            words_margin=doc._.words_margin,
            aspects=doc._.aspects,
            safety=doc._.safety,
            threat=doc._.threat,
        )
        return doc
