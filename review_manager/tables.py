"""Reviews, their versions, their replies and the imports that brought them, as they are stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import Json, UtcDateTime
from storage.sealed import Sealed
from storage.tables import Base, new_id


class DbReview(Base):
    """One review as it stands now: its newest text, what it says, and how far its answer is.

    `content_key` is what makes it itself (platform and id, or its content where there is no id);
    `content_hash` tells whether text, stars or images changed. A bad review has `bad_since`, the
    start of its clock, and `due_at`; both are null for a review that owes no reply. `complaints`
    lists the aspects complained of between bars: |quality|logistics|.
    """

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("platform", "external_id"),
        Index("ix_review_state_due_at", "state", "due_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    platform: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[str | None] = mapped_column(String(80))
    content_key: Mapped[str] = mapped_column(String(64), unique=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    import_id: Mapped[str | None] = mapped_column(String(36), index=True)
    order_number: Mapped[str | None] = mapped_column(String(40), index=True)
    sku: Mapped[str | None] = mapped_column(String(40), index=True)
    product_name: Mapped[str] = mapped_column(String(200), default="")
    nickname: Mapped[str] = mapped_column(String(80), default="")
    stars: Mapped[int | None] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    images: Mapped[list[str]] = mapped_column(Json, default=list)
    extra: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    version: Mapped[int] = mapped_column(Integer, default=1)
    posted_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    followed_up: Mapped[bool] = mapped_column(Boolean, default=False)

    sentiment: Mapped[str | None] = mapped_column(String(10), index=True)
    p_negative: Mapped[float | None] = mapped_column(Float)
    aspects: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    complaints: Mapped[str] = mapped_column(String(200), default="")
    safety: Mapped[bool] = mapped_column(Boolean, default=False)
    threat: Mapped[bool] = mapped_column(Boolean, default=False)
    hidden_bad: Mapped[bool] = mapped_column(Boolean, default=False)
    misclick: Mapped[bool] = mapped_column(Boolean, default=False)
    severity: Mapped[int] = mapped_column(Integer, default=0)
    depth: Mapped[str] = mapped_column(String(10), default="none", index=True)

    state: Mapped[str] = mapped_column(String(20), default="new", index=True)
    bad_since: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(Integer, default=1)


class DbReviewVersion(Base):
    """An earlier text of a review that its author changed."""

    __tablename__ = "review_version"
    __table_args__ = (UniqueConstraint("review_id", "version"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    review_id: Mapped[str] = mapped_column(String(36), ForeignKey("review.id"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    content_hash: Mapped[str] = mapped_column(String(64))
    stars: Mapped[int | None] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DbFollowUp(Base):
    """What the author added later (追评), judged on its own."""

    __tablename__ = "review_follow_up"
    __table_args__ = (UniqueConstraint("review_id", "content_key"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    review_id: Mapped[str] = mapped_column(String(36), ForeignKey("review.id"), index=True)
    content_key: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sentiment: Mapped[str | None] = mapped_column(String(10))
    p_negative: Mapped[float | None] = mapped_column(Float)
    aspects: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    safety: Mapped[bool] = mapped_column(Boolean, default=False)
    threat: Mapped[bool] = mapped_column(Boolean, default=False)


class DbReply(Base):
    """The reply to one review: its drafts, the chosen public text, the private message.

    `approver` is the least role that may approve it; `made_for` is the version of the review that
    the drafts answer.
    """

    __tablename__ = "review_reply"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    review_id: Mapped[str] = mapped_column(String(36), ForeignKey("review.id"), unique=True)
    made_for: Mapped[int] = mapped_column(Integer, default=1)
    drafts: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    text: Mapped[str] = mapped_column(Text, default="")
    chosen: Mapped[int | None] = mapped_column(Integer)
    private_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    private = Sealed()
    approver: Mapped[str] = mapped_column(String(10), default="agent")
    compensation: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    promises: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    improvement: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    written_by: Mapped[str | None] = mapped_column(String(36))
    approved_by: Mapped[str | None] = mapped_column(String(36))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    exported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DbReviewEvent(Base):
    """One thing that happened to a review: append-only, the source of its history."""

    __tablename__ = "review_event"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    review_id: Mapped[str] = mapped_column(String(36), ForeignKey("review.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    type: Mapped[str] = mapped_column(String(30))
    actor: Mapped[str] = mapped_column(String(80))
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class DbReviewCorrection(Base):
    """What a person says that a review really is; the shop's own model learns from these."""

    __tablename__ = "review_correction"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    review_id: Mapped[str] = mapped_column(String(36), ForeignKey("review.id"), unique=True)
    sentiment: Mapped[str] = mapped_column(String(10))
    was: Mapped[str | None] = mapped_column(String(10))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DbReviewImport(Base):
    """One import of a file: where it stands, so that it can go on after an interruption.

    `rows_read` counts the rows that are landed or rejected for good; `touched_at` is the last sign
    of life of whoever runs it.
    """

    __tablename__ = "review_import"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    file_name: Mapped[str] = mapped_column(String(200))
    file_hash: Mapped[str] = mapped_column(String(64), index=True)
    stored_path: Mapped[str] = mapped_column(String(400), default="")
    platform: Mapped[str] = mapped_column(String(20), default="")
    mapping: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(String(20))
    problem: Mapped[str] = mapped_column(Text, default="")
    rows_total: Mapped[int | None] = mapped_column(Integer)
    rows_read: Mapped[int] = mapped_column(Integer, default=0)
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    added: Mapped[int] = mapped_column(Integer, default=0)
    changed: Mapped[int] = mapped_column(Integer, default=0)
    known: Mapped[int] = mapped_column(Integer, default=0)
    rejected: Mapped[int] = mapped_column(Integer, default=0)
    bad: Mapped[int] = mapped_column(Integer, default=0)
    rejects_file: Mapped[str | None] = mapped_column(String(400))
    started_by: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DbColumnProfile(Base):
    """A mapping of columns that the shop keeps for files of one layout."""

    __tablename__ = "review_column_profile"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    platform: Mapped[str] = mapped_column(String(20))
    mapping: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    saved_by: Mapped[str] = mapped_column(String(80))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DbImprovement(Base):
    """Something that a reply promised to mend: product x aspect, who owns it, how it stands.

    `effective_at` is when the change reached the customers; the numbers are compared round it.
    """

    __tablename__ = "review_improvement"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    sku: Mapped[str | None] = mapped_column(String(40), index=True)
    aspect: Mapped[str] = mapped_column(String(30))
    owner: Mapped[str] = mapped_column(String(60))
    plan: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), index=True)
    promised: Mapped[int] = mapped_column(Integer, default=1)
    opened_by: Mapped[str] = mapped_column(String(80))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    effective_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(Integer, default=1)


class DbInvitation(Base):
    """One request for a review of one order: asked once, never while something is in dispute."""

    __tablename__ = "review_invitation"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    order_number: Mapped[str] = mapped_column(String(40), unique=True)
    customer_id: Mapped[str] = mapped_column(String(36), index=True)
    sku: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), index=True)
    why: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    coupon_fen: Mapped[int] = mapped_column(Integer, default=0)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    send_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DbReviewPhoto(Base):
    """A photo that an invited customer took for the review."""

    __tablename__ = "review_photo"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    invitation_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("review_invitation.id"), index=True
    )
    content_type: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DbSuspicion(Base):
    """A review under suspicion of being malicious: the signals, and what a person decided."""

    __tablename__ = "review_suspicion"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    review_id: Mapped[str] = mapped_column(String(36), ForeignKey("review.id"), unique=True)
    signals: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    state: Mapped[str] = mapped_column(String(20), index=True)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DbReviewSnapshot(Base):
    """One link of a review's evidence chain: what it said at a moment, never changed afterwards."""

    __tablename__ = "review_snapshot"
    __table_args__ = (UniqueConstraint("review_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    review_id: Mapped[str] = mapped_column(String(36), ForeignKey("review.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
