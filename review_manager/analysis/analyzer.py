"""The door of the analysis: one review or a batch in, findings out."""

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from review_manager.analysis.alarm_ear import AlarmEar
from review_manager.analysis.alarm_model import AlarmModel
from review_manager.analysis.alarms import Alarm, load_alarms
from review_manager.analysis.aspect_model import AspectModel
from review_manager.analysis.aspects import AspectReader, find_aspects
from review_manager.analysis.clauses import split_clauses
from review_manager.analysis.embedding import is_available
from review_manager.analysis.evidence import as_pairs, emoji_margin, stars_margin
from review_manager.analysis.findings import Analysis
from review_manager.analysis.judge import Judge
from review_manager.analysis.lexicon import load_lexicon
from review_manager.analysis.plain_text import LONGEST, plain
from review_manager.analysis.polarity import PolarityModel
from review_manager.analysis.second_opinion import SecondOpinion
from review_manager.analysis.verdict import verdict

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

SHIPPED_MODEL = Path(__file__).parent / "model"
_AT_ONCE = 512


@functools.cache
def load(model: Path | None = None, *, fast: bool = False) -> "Analyzer":
    """Load the shipped model, or the one in folder `model`; loading twice costs nothing.

    A shop's own folder holds only what it trained (`polarity.npz`); the rest is the shipped one.
    `fast` leaves out the second opinion, for whoever never asks it.
    """
    own = (model or SHIPPED_MODEL) / "polarity.npz"
    opinion = SHIPPED_MODEL / "second_opinion.npz"
    is_asked = not fast and is_available() and opinion.exists()
    second = SecondOpinion.read(opinion) if is_asked else None
    polarity = PolarityModel.read(own)
    aspects = AspectModel.read(SHIPPED_MODEL / "aspects.npz")
    reader = AspectReader(aspects, polarity, load_lexicon())
    heard = {alarm: AlarmModel.read(SHIPPED_MODEL / f"{alarm}.npz") for alarm in Alarm}
    shipped = PolarityModel.read(SHIPPED_MODEL / "polarity.npz") if model else polarity
    ear = AlarmEar(load_alarms(), heard, shipped)
    return Analyzer(Judge(polarity, second, reader, ear))


class Analyzer:
    """Judges reviews; one instance serves a whole process."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge

    @property
    def has_second_opinion(self) -> bool:
        """Whether doubtful reviews are settled by the sentence embedding on this platform."""
        return self.judge.second is not None

    @functools.cached_property
    def pipeline(self) -> "Language":
        """The spaCy pipeline, built when first asked for: it takes a second or two."""
        from review_manager.analysis.pipeline import build

        return build(self.judge)

    def analyse(self, text: str, stars: float | None = None) -> Analysis:
        """Analyse one review of any length and language; `stars` 1 to 5 count as evidence."""
        return self.analyse_many([(text, stars)])[0]

    def analyse_many(
        self, batch: Sequence[tuple[str, float | None]], *, fast: bool = False
    ) -> list[Analysis]:
        """Analyse (review, stars) pairs in order.

        `fast` leaves out whatever is slow: segmentation, spaCy's documents and the second opinion.
        """
        pairs = [(review[:LONGEST], stars) for review, stars in as_pairs(batch)]
        if not fast:
            return list(self._piped(pairs))
        chunks = (pairs[k : k + _AT_ONCE] for k in range(0, len(pairs), _AT_ONCE))
        return [analysis for chunk in chunks for analysis in self._straight(chunk)]

    def _piped(self, pairs: list[tuple[str, int | None]]) -> Iterator[Analysis]:
        def documents() -> Iterator["Doc"]:
            for review, stars in pairs:
                doc = self.pipeline.make_doc(review)
                doc._.stars = stars
                yield doc

        for doc in self.pipeline.pipe(documents()):
            yield doc._.analysis

    def _straight(self, pairs: list[tuple[str, int | None]]) -> Iterator[Analysis]:
        """Answer the pipeline's questions without its documents; the answers are the same."""
        judge = self.judge.without_second_opinion()
        texts = [plain(review) for review, _ in pairs]
        split = [split_clauses(text) for text in texts]
        margins = [
            margin + emoji_margin(review)
            for margin, (review, _) in zip(judge.margins(texts), pairs, strict=True)
        ]
        moods = judge.aspects.moods(split)
        alarms = judge.alarms(texts, split, margins, [stars for _, stars in pairs])
        for (review, stars), text, margin, own, safety, threat in zip(
            pairs, texts, margins, moods, alarms[Alarm.SAFETY], alarms[Alarm.THREAT], strict=True
        ):
            aspects = find_aspects(review, own, margin=margin + stars_margin(stars))
            yield verdict(
                judge,
                text=text,
                stars=stars,
                words_margin=margin,
                aspects=aspects,
                safety=safety,
                threat=threat,
            )
