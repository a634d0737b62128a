"""Reviews, their versions, their replies and the imports that brought them, as they are stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Float,
    ForeignKey,
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

    `content_key` tells reviews apart where the platform gives no id. `due_at` is null for a review
    that owes no reply.
    """

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("platform", "external_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    platform: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[str | None] = mapped_column(String(80))
    content_key: Mapped[str] = mapped_column(String(64), unique=True)
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

    sentiment: Mapped[str | None] = mapped_column(String(10), index=True)
    p_negative: Mapped[float | None] = mapped_column(Float)
    aspects: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    safety: Mapped[bool] = mapped_column(Boolean, default=False)
    threat: Mapped[bool] = mapped_column(Boolean, default=False)
    hidden_bad: Mapped[bool] = mapped_column(Boolean, default=False)
    misclick: Mapped[bool] = mapped_column(Boolean, default=False)
    severity: Mapped[int] = mapped_column(Integer, default=0)
    depth: Mapped[str] = mapped_column(String(10), default="none", index=True)

    state: Mapped[str] = mapped_column(String(20), default="new", index=True)
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
    stars: Mapped[int | None] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DbFollowUp(Base):
    """What the author added later (追评)."""

    __tablename__ = "review_follow_up"
    __table_args__ = (UniqueConstraint("review_id", "content_key"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    review_id: Mapped[str] = mapped_column(String(36), ForeignKey("review.id"), index=True)
    content_key: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DbReply(Base):
    """The reply to one review: its drafts, the chosen public text, the private message."""

    __tablename__ = "review_reply"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    review_id: Mapped[str] = mapped_column(String(36), ForeignKey("review.id"), unique=True)
    drafts: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    text: Mapped[str] = mapped_column(Text, default="")
    private_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    private = Sealed()
    compensation: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    improvement: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    written_by: Mapped[str | None] = mapped_column(String(36))
    approved_by: Mapped[str | None] = mapped_column(String(36))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DbReviewEvent(Base):
    """One thing that happened to a review: append-only, the source of its clock and history."""

    __tablename__ = "review_event"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    review_id: Mapped[str] = mapped_column(String(36), ForeignKey("review.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    type: Mapped[str] = mapped_column(String(30))
    actor: Mapped[str] = mapped_column(String(80))
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class DbReviewImport(Base):
    """One import of a file: where it stands, so that it can go on after an interruption."""

    __tablename__ = "review_import"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    file_name: Mapped[str] = mapped_column(String(200))
    file_hash: Mapped[str] = mapped_column(String(64), index=True)
    mapping: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(String(20))
    rows_total: Mapped[int | None] = mapped_column(Integer)
    rows_read: Mapped[int] = mapped_column(Integer, default=0)
    added: Mapped[int] = mapped_column(Integer, default=0)
    changed: Mapped[int] = mapped_column(Integer, default=0)
    known: Mapped[int] = mapped_column(Integer, default=0)
    rejected: Mapped[int] = mapped_column(Integer, default=0)
    rejects_file: Mapped[str | None] = mapped_column(String(300))
    started_by: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
