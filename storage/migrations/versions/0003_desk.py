"""The handoff desk."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import Fen, Json, UtcDateTime

revision = "0003"
down_revision = "0002"

REFUSE_SQLITE = """
CREATE TRIGGER conversation_event_no_{verb} BEFORE {verb} ON conversation_event
BEGIN SELECT RAISE(ABORT, 'conversation_event is append-only'); END
"""
REFUSE_POSTGRESQL = """
CREATE FUNCTION conversation_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'conversation_event is append-only'; END $$;
CREATE TRIGGER conversation_event_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON conversation_event
FOR EACH STATEMENT EXECUTE FUNCTION conversation_event_refuse();
"""


def upgrade() -> None:
    """Create the tables and the triggers that keep the event log append-only."""
    _create_visitor()
    _create_conversation()
    _create_message()
    _create_conversation_event()
    _create_presence()
    _create_rating()
    _create_promise()
    _create_canned_reply()
    _create_attachment()
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(REFUSE_SQLITE.format(verb=verb))
    else:
        op.execute(REFUSE_POSTGRESQL)


def _create_visitor() -> None:
    op.create_table(
        "visitor",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("customer_id", sa.String(36), index=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
    )


def _create_conversation() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column(
            "visitor_id", sa.String(36), sa.ForeignKey("visitor.id"), nullable=False, index=True
        ),
        sa.Column("customer_id", sa.String(36), index=True),
        sa.Column("tier", sa.String(20)),
        sa.Column("owner", sa.String(10), nullable=False),
        sa.Column("owner_epoch", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.Column("agent_id", sa.String(36), sa.ForeignKey("staff.id")),
        sa.Column("agent_name", sa.String(60)),
        sa.Column("own_agent_id", sa.String(36)),
        sa.Column("skill", sa.String(40)),
        sa.Column("reason", sa.String(30)),
        sa.Column("card_sealed", sa.LargeBinary),
        sa.Column("queued_at", UtcDateTime),
        sa.Column("assigned_at", UtcDateTime),
        sa.Column("agent_answered_at", UtcDateTime),
        sa.Column("missed_by", sa.String(36)),
        sa.Column("missed_at", UtcDateTime),
        sa.Column("waiting_since", UtcDateTime),
        sa.Column("last_customer_seq", sa.Integer, nullable=False),
        sa.Column("last_customer_at", UtcDateTime),
        sa.Column("bot_done_seq", sa.Integer, nullable=False),
        sa.Column("bot_session", sa.Integer, nullable=False),
        sa.Column("bot_lease_until", UtcDateTime),
        sa.Column("customer_read_seq", sa.Integer, nullable=False),
        sa.Column("agent_read_seq", sa.Integer, nullable=False),
        sa.Column("unread", sa.Integer, nullable=False),
        sa.Column("last_text", sa.String(120), nullable=False),
        sa.Column("last_sender", sa.String(10)),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False, index=True),
        sa.Column("closed_at", UtcDateTime),
        sa.Column("close_reason", sa.String(30)),
        sa.Index("ix_conversation_owner_queued_at", "owner", "queued_at"),
        sa.Index("ix_conversation_agent_owner", "agent_id", "owner"),
    )


def _create_message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column(
            "conversation_id", sa.String(36), sa.ForeignKey("conversation.id"), nullable=False
        ),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("client_id", sa.String(64)),
        sa.Column("sender", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("author_id", sa.String(36)),
        sa.Column("author_name", sa.String(60)),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("original_sealed", sa.LargeBinary),
        sa.Column("extras", Json),
        sa.Column("internal", sa.Boolean, nullable=False),
        sa.Column("automatic", sa.Boolean, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
        sa.UniqueConstraint("conversation_id", "seq"),
        sa.UniqueConstraint("conversation_id", "client_id"),
    )


def _create_conversation_event() -> None:
    row_number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "conversation_event",
        sa.Column("id", row_number, primary_key=True, autoincrement=True),
        sa.Column(
            "conversation_id",
            sa.String(36),
            sa.ForeignKey("conversation.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("detail", Json, nullable=False),
    )


def _create_presence() -> None:
    op.create_table(
        "presence",
        sa.Column("staff_id", sa.String(36), sa.ForeignKey("staff.id"), primary_key=True),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("heartbeat_at", UtcDateTime, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("idle_since", UtcDateTime, nullable=False),
    )


def _conversation() -> sa.Column[str]:
    return sa.Column(
        "conversation_id",
        sa.String(36),
        sa.ForeignKey("conversation.id"),
        nullable=False,
        index=True,
    )


def _create_rating() -> None:
    op.create_table(
        "rating",
        sa.Column("id", sa.String(36), primary_key=True),
        _conversation(),
        sa.Column("agent_id", sa.String(36), index=True),
        sa.Column("agent_name", sa.String(60)),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("score", sa.Integer),
        sa.Column("comment_sealed", sa.LargeBinary),
        sa.Column("asked_at", UtcDateTime, nullable=False, index=True),
        sa.Column("answered_at", UtcDateTime),
    )


def _create_promise() -> None:
    op.create_table(
        "promise",
        sa.Column("id", sa.String(36), primary_key=True),
        _conversation(),
        sa.Column("client_id", sa.String(64)),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("order_number", sa.String(40), index=True),
        sa.Column("amount_fen", Fen),
        sa.Column("phone_sealed", sa.LargeBinary),
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.Column("made_by_name", sa.String(60), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("owner_id", sa.String(36), index=True),
        sa.Column("due_at", UtcDateTime, nullable=False, index=True),
        sa.Column("state", sa.String(10), nullable=False, index=True),
        sa.Column("broken_at", UtcDateTime),
        sa.Column("closed_at", UtcDateTime),
        sa.Column("closed_by", sa.String(60)),
        sa.Column("closing_note", sa.Text, nullable=False),
        sa.Column("record_id", sa.String(36), index=True),
        sa.UniqueConstraint("conversation_id", "client_id"),
    )


def _create_canned_reply() -> None:
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("group", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("pinyin", sa.Text, nullable=False),
        sa.Column("initials", sa.Text, nullable=False),
        sa.Column("updated_by", sa.String(36), nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )


def _create_attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(36), primary_key=True),
        _conversation(),
        sa.Column("sent_by", sa.String(60), nullable=False),
        sa.Column("content_type", sa.String(20), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("content_sealed", sa.LargeBinary),
    )
