"""What the desk stores about conversations: visitors, conversations, messages, events, presence."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
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


class DbVisitor(Base):
    """One browser that uses the widget; only the SHA-256 of its token is kept."""

    __tablename__ = "visitor"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    customer_id: Mapped[str | None] = mapped_column(String(36), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DbConversation(Base):
    """One conversation and the state that decides who may speak in it now."""

    __tablename__ = "conversation"
    __table_args__ = (
        Index("ix_conversation_owner_queued_at", "owner", "queued_at"),
        Index("ix_conversation_agent_owner", "agent_id", "owner"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    visitor_id: Mapped[str] = mapped_column(String(36), ForeignKey("visitor.id"), index=True)
    customer_id: Mapped[str | None] = mapped_column(String(36), index=True)
    tier: Mapped[str | None] = mapped_column(String(20))

    owner: Mapped[str] = mapped_column(String(10))
    owner_epoch: Mapped[int] = mapped_column(Integer, default=1)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    last_seq: Mapped[int] = mapped_column(Integer, default=0)

    agent_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("staff.id"))
    agent_name: Mapped[str | None] = mapped_column(String(60))
    own_agent_id: Mapped[str | None] = mapped_column(String(36))
    skill: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(String(30))
    card_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agent_answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    missed_by: Mapped[str | None] = mapped_column(String(36))
    missed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agent_wrote_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    last_customer_seq: Mapped[int] = mapped_column(Integer, default=0)
    last_customer_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bot_done_seq: Mapped[int] = mapped_column(Integer, default=0)
    bot_session: Mapped[int] = mapped_column(Integer, default=1)
    bot_lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    customer_read_seq: Mapped[int] = mapped_column(Integer, default=0)
    agent_read_seq: Mapped[int] = mapped_column(Integer, default=0)
    unread: Mapped[int] = mapped_column(Integer, default=0)

    last_text: Mapped[str] = mapped_column(String(120), default="")
    last_sender: Mapped[str | None] = mapped_column(String(10))
    customer_text: Mapped[str] = mapped_column(String(120), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    close_reason: Mapped[str | None] = mapped_column(String(30))
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    card = Sealed()


class DbMessage(Base):
    """One message; `text` has personal data masked, the sealed original is kept beside it."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(String(36), ForeignKey("conversation.id"))
    seq: Mapped[int] = mapped_column(Integer)
    client_id: Mapped[str | None] = mapped_column(String(64))
    sender: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[str | None] = mapped_column(String(36))
    author_name: Mapped[str | None] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    original_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    extras: Mapped[dict[str, Any] | None] = mapped_column(Json)
    internal: Mapped[bool] = mapped_column(default=False)
    automatic: Mapped[bool] = mapped_column(default=False)
    epoch: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    original = Sealed()


class DbConversationEvent(Base):
    """One thing that happened to a conversation; append-only, holds no personal data."""

    __tablename__ = "conversation_event"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    conversation_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("conversation.id"), index=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(30))
    actor: Mapped[str] = mapped_column(String(60))
    epoch: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(Integer)
    detail: Mapped[dict[str, Any]] = mapped_column(Json)


class DbPresence(Base):
    """The last sign of life of one agent, and how she wants work."""

    __tablename__ = "presence"

    staff_id: Mapped[str] = mapped_column(String(36), ForeignKey("staff.id"), primary_key=True)
    status: Mapped[str] = mapped_column(String(12))
    heartbeat_at: Mapped[datetime] = mapped_column(UtcDateTime)
    capacity: Mapped[int] = mapped_column(Integer)
    idle_since: Mapped[datetime] = mapped_column(UtcDateTime)


class DbRating(Base):
    """One satisfaction question after a human conversation, and its answer."""

    __tablename__ = "rating"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("conversation.id"), index=True
    )
    agent_id: Mapped[str | None] = mapped_column(String(36), index=True)
    agent_name: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(10))
    score: Mapped[int | None] = mapped_column(Integer)
    comment_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    comment = Sealed()


class DbCannedReply(Base):
    """One prepared answer with variables; found by its words, its pinyin or their initials.

    Without an `owner_id` it is everybody's.
    """

    __tablename__ = "canned_reply"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    owner_id: Mapped[str | None] = mapped_column(String(36), index=True)
    title: Mapped[str] = mapped_column(String(60))
    group: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    pinyin: Mapped[str] = mapped_column(Text)
    initials: Mapped[str] = mapped_column(Text)
    updated_by: Mapped[str] = mapped_column(String(36))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DbAttachment(Base):
    """One picture sent in a chat, sealed; whoever knows its id and key may see it."""

    __tablename__ = "attachment"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("conversation.id"), index=True
    )
    sent_by: Mapped[str] = mapped_column(String(60))
    content_type: Mapped[str] = mapped_column(String(20))
    size: Mapped[int] = mapped_column(Integer)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    content = Sealed()
