"""Puts a batch of read reviews into the database: new ones, changed ones, follow-ups; once each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from review_manager import wording
from review_manager.clocks import get_due_times
from review_manager.intake.keys import content_hash, content_key, digest, key_of_id
from review_manager.intake.reading import ReadReview
from review_manager.judging import Judgement, judge, restored_analysis
from review_manager.standing import DECIDED, happened, judge_follow_up, place
from review_manager.states import Depth, EventType, ReviewState
from review_manager.tables import DbFollowUp, DbReply, DbReview, DbReviewVersion
from storage.tables import Base, new_id


@dataclass(frozen=True)
class JudgedReview:
    """A read review with the judgements of its text and of its follow-up.

    `first` is None where the review is known as it stands.
    """

    read: ReadReview
    first: Judgement | None
    later: Judgement | None = None


@dataclass
class Landed:
    """What became of a batch; `rejects` are pairs of line and reason."""

    added: int = 0
    changed: int = 0
    known: int = 0
    bad: int = 0
    rejects: list[tuple[int, str]] = field(default_factory=list)


async def known_hashes(session: AsyncSession, reads: Iterable[ReadReview]) -> dict[str, str]:
    """Return the stored content hash of each review that is known, by content key."""
    keys = [content_key(read) for read in reads]
    query = select(DbReview.content_key, DbReview.content_hash)
    rows = await session.execute(query.where(DbReview.content_key.in_(keys)))
    return {row.content_key: row.content_hash for row in rows}


async def land(
    session: AsyncSession,
    batch: Sequence[JudgedReview],
    *,
    import_id: str | None,
    actor: str,
    now: datetime,
) -> Landed:
    """Store a batch in the caller's transaction; what is known already is left alone."""
    landing = _Landing(session, import_id, actor, now)
    await landing.look_up([judged.read for judged in batch])
    for judged in batch:
        await landing.take(judged)
    await landing.settle()
    return landing.landed


@dataclass
class _Landing:
    session: AsyncSession
    import_id: str | None
    actor: str
    now: datetime
    landed: Landed = field(default_factory=Landed)
    reviews: dict[str, DbReview] = field(default_factory=dict)
    said_later: set[tuple[str, str]] = field(default_factory=set)
    belongings: list[Base] = field(default_factory=list)

    async def settle(self) -> None:
        """Write the new reviews first, then what refers to them."""
        await self.session.flush()
        self.session.add_all(self.belongings)
        self.belongings.clear()
        await self.session.flush()

    async def look_up(self, reads: Sequence[ReadReview]) -> None:
        keys = {content_key(read) for read in reads}
        keys |= {
            key_of_id(read.platform, read.first_review_id) for read in reads if read.first_review_id
        }
        found = await self.session.scalars(select(DbReview).where(DbReview.content_key.in_(keys)))
        self.reviews = {review.content_key: review for review in found}
        ids = [review.id for review in self.reviews.values()]
        query = select(DbFollowUp.review_id, DbFollowUp.content_key)
        rows = await self.session.execute(query.where(DbFollowUp.review_id.in_(ids)))
        self.said_later = {(row.review_id, row.content_key) for row in rows}

    async def take(self, judged: JudgedReview) -> None:
        read = judged.read
        if read.first_review_id and read.first_review_id != read.external_id:
            await self._take_follow_up_row(judged, read.first_review_id)
            return
        key = content_key(read)
        review = self.reviews.get(key)
        if review is None and judged.first is not None:
            self.reviews[key] = self._add(judged, judged.first, key)
            self.landed.added += 1
            self.landed.bad += self.reviews[key].bad_since is not None
            return
        if review is None:
            return
        changed = await self._change(review, judged)
        if read.follow_up and judged.later is not None:
            at = read.follow_up_at or self.now
            changed |= await self._follow_up(review, read.follow_up, at, judged.later)
        changed |= await self._take_reply(review, read)
        self.landed.changed += changed
        self.landed.known += not changed

    def _add(self, judged: JudgedReview, first: Judgement, key: str) -> DbReview:
        read = judged.read
        review = DbReview(
            id=new_id(),
            platform=read.platform,
            external_id=read.external_id,
            content_key=key,
            content_hash=content_hash(read),
            import_id=self.import_id,
            order_number=read.order_number,
            sku=read.sku,
            product_name=read.product_name,
            nickname=read.nickname,
            stars=read.stars,
            text=read.text,
            images=list(read.images),
            extra=dict(read.extra),
            posted_at=read.posted_at,
            received_at=self.now,
            followed_up=bool(read.follow_up),
            state=ReviewState.NEW,
            version=1,
            revision=1,
        )
        later = []
        if read.follow_up and judged.later is not None:
            at = read.follow_up_at or self.now
            self._add_follow_up(review, read.follow_up, at, judged.later)
            later.append((judged.later, at))
        place(review, first, later, depth=Depth.FAST, now=self.now)
        if read.reply:
            self._add_reply(review, read)
        self._write_history(review)
        self.session.add(review)
        return review

    def _write_history(self, review: DbReview) -> None:
        received = EventType.RECEIVED
        self.belongings.append(happened(review.id, received, at=self.now, actor=self.actor))
        self._write_clock_start(review)

    async def _change(self, review: DbReview, judged: JudgedReview) -> bool:
        read, new_hash = judged.read, content_hash(judged.read)
        if judged.first is None or new_hash == review.content_hash:
            return False
        await self.settle()
        earlier = select(DbReviewVersion.id).where(
            DbReviewVersion.review_id == review.id, DbReviewVersion.content_hash == new_hash
        )
        # An older export than the last one must not bring an old text back.
        if await self.session.scalar(earlier.limit(1)) is not None:
            return False
        self.belongings.append(
            DbReviewVersion(
                review_id=review.id,
                version=review.version,
                content_hash=review.content_hash,
                stars=review.stars,
                text=review.text,
                replaced_at=self.now,
            )
        )
        self._rewrite(review, read, new_hash)
        await self._place_again(review, judged.first)
        changed = EventType.CHANGED
        self.belongings.append(
            happened(review.id, changed, at=self.now, actor="customer", version=review.version)
        )
        return True

    def _rewrite(self, review: DbReview, read: ReadReview, new_hash: str) -> None:
        review.text, review.stars, review.images = read.text, read.stars, list(read.images)
        review.content_hash = new_hash
        review.version += 1
        review.revision += 1

    async def _place_again(self, review: DbReview, first: Judgement) -> None:
        """Judge a review anew; a reply that was late already stays late, whatever it says now."""
        was_due, was_bad = review.due_at, review.bad_since
        later = await read_later(self.session, review)
        place(review, first, later, depth=Depth.FAST, now=self.now)
        if review.due_at is None and was_due is not None and was_due < self.now:
            review.due_at, review.bad_since = was_due, was_bad
        if review.due_at is not None and was_due is None and review.state not in DECIDED:
            # It turned bad only now; nobody could have answered before.
            review.bad_since = max(review.bad_since or self.now, self.now)
            place_clock_from(review, review.bad_since)
            self._write_clock_start(review)

    async def _take_follow_up_row(self, judged: JudgedReview, first_id: str) -> None:
        read = judged.read
        review = self.reviews.get(key_of_id(read.platform, first_id))
        if review is None or judged.first is None:
            reason = wording.ROW_NO_FIRST_REVIEW.format(value=first_id)
            self.landed.rejects.append((read.line, reason))
            return
        added = await self._follow_up(review, read.text, read.posted_at, judged.first)
        self.landed.changed += added
        self.landed.known += not added

    async def _follow_up(
        self, review: DbReview, text: str, at: datetime, judgement: Judgement
    ) -> bool:
        if (review.id, digest([text])) in self.said_later:
            return False
        self._add_follow_up(review, text, at, judgement)
        review.followed_up = True
        review.revision += 1
        self.belongings.append(happened(review.id, EventType.FOLLOWED_UP, at=at, actor="customer"))
        if judgement.bad and review.state == ReviewState.QUIET:
            own = judge(restored_analysis(review), stars=None)
            calm = Judgement(own.analysis, bad=False, severity=0)
            place(review, calm, [(judgement, at)], depth=Depth(review.depth), now=self.now)
            self._write_clock_start(review)
        return True

    def _write_clock_start(self, review: DbReview) -> None:
        if review.due_at is not None and review.bad_since is not None:
            posted = EventType.REVIEW_POSTED
            self.belongings.append(
                happened(review.id, posted, at=review.bad_since, actor="customer")
            )

    def _add_follow_up(
        self, review: DbReview, text: str, at: datetime, judgement: Judgement
    ) -> None:
        key = digest([text])
        follow_up = DbFollowUp(
            review_id=review.id, content_key=key, text=text, posted_at=at, received_at=self.now
        )
        judge_follow_up(follow_up, judgement)
        self.belongings.append(follow_up)
        self.said_later.add((review.id, key))

    async def _take_reply(self, review: DbReview, read: ReadReview) -> bool:
        """A reply that somebody gave on the platform itself ends our own work on the review."""
        if not read.reply or review.state in (ReviewState.PUBLISHED, ReviewState.HISTORY):
            return False
        await self.settle()
        stored = await self.session.scalar(select(DbReply).where(DbReply.review_id == review.id))
        if stored is not None:
            await self.session.delete(stored)
            await self.session.flush()
        self._add_reply(review, read)
        review.revision += 1
        return True

    def _add_reply(self, review: DbReview, read: ReadReview) -> None:
        at = read.replied_at
        self.belongings.append(
            DbReply(
                review_id=review.id, text=read.reply, published_at=at, updated_at=at or self.now
            )
        )
        review.state, review.replied_at = ReviewState.PUBLISHED, at
        if at is None:
            # Nobody knows when it was answered: outside the figures rather than in them wrongly.
            review.bad_since = review.due_at = None
            return
        kind = EventType.REPLY_PUBLISHED
        self.belongings.append(happened(review.id, kind, at=at, actor=review.platform))


async def read_later(session: AsyncSession, review: DbReview) -> list[tuple[Judgement, datetime]]:
    """Return the stored judgements of a review's follow-ups with their times."""
    found = await session.scalars(select(DbFollowUp).where(DbFollowUp.review_id == review.id))
    return [
        (judge(restored_analysis(one), stars=None, later=True), one.posted_at or one.received_at)
        for one in found
    ]


def place_clock_from(review: DbReview, bad_since: datetime) -> None:
    """Let the clock of an open review begin at `bad_since`."""
    review.bad_since = bad_since
    review.due_at = get_due_times().due_at(review.platform, bad_since)
