"""What a person says a review really is: it wins over the model, and the model learns from it."""

from collections.abc import AsyncIterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager.analysis import Analysis, Polarity, Sentiment
from review_manager.drafting import find_reply, make_drafts
from review_manager.judging import GRAVEST, NONE, PLAIN, Judgement, restored_analysis
from review_manager.people import Actor, NoSuchReviewError
from review_manager.standing import happened, place
from review_manager.states import WRITABLE, Depth, EventType
from review_manager.tables import DbReview, DbReviewCorrection


async def correct(
    session: AsyncSession, review_id: str, sentiment: Sentiment, *, actor: Actor, now: datetime
) -> DbReview:
    """Let a person's judgement replace the model's; the clock follows it.

    A safety or threat alarm stays: it is lifted by answering, not by a click. Drafts are made anew;
    a text that a person wrote stays.
    """
    review = await session.get(DbReview, review_id)
    if review is None:
        raise NoSuchReviewError(review_id)
    known = await session.scalar(
        select(DbReviewCorrection).where(DbReviewCorrection.review_id == review_id)
    )
    if known is None:
        known = DbReviewCorrection(review_id=review_id, was=review.sentiment)
        session.add(known)
    known.sentiment, known.actor, known.at = sentiment, actor.label, now
    judgement = _judgement(restored_analysis(review), sentiment, review)
    place(review, judgement, depth=Depth.PERSON, now=now)
    review.revision += 1
    kind = EventType.CORRECTED
    session.add(happened(review.id, kind, at=now, actor=actor.label, was=known.was, now=sentiment))
    reply = await find_reply(session, review.id)
    if reply is not None and review.state in WRITABLE:
        reply.drafts = []  # they thank for praise, or apologise for nothing
        await make_drafts(session, review, now=now)
    return review


def _judgement(analysis: Analysis, sentiment: Sentiment, review: DbReview) -> Judgement:
    negative = sentiment is Sentiment.NEGATIVE
    corrected = Analysis(
        polarity=Polarity.NEGATIVE if negative else Polarity.POSITIVE,
        p_negative={Sentiment.NEGATIVE: 1.0, Sentiment.MIXED: 0.5, Sentiment.POSITIVE: 0.0}[
            sentiment
        ],
        sentiment=sentiment,
        aspects=analysis.aspects,
        safety=review.safety,
        threat=review.threat,
        misclick=analysis.misclick,
        hidden_bad=negative and (review.stars or 0) >= 4,
    )
    grave = review.safety or review.threat
    bad = negative or grave
    severity = max(review.severity, PLAIN) if bad else NONE
    return Judgement(corrected, bad=bad, severity=min(severity, GRAVEST))


async def labelled(session: AsyncSession) -> AsyncIterator[tuple[str, int]]:
    """Yield corrected texts with their label (1 positive, 0 negative) for `kefu reviews train`."""
    query = (
        select(DbReview.text, DbReviewCorrection.sentiment)
        .join(DbReviewCorrection, DbReviewCorrection.review_id == DbReview.id)
        .where(DbReviewCorrection.sentiment != Sentiment.MIXED, DbReview.text != "")
    )
    async for text, sentiment in await session.stream(query):
        yield text, int(sentiment == Sentiment.POSITIVE)
