"""Alarms and reports: cases and clocks kept ready, breaches, alarms, columns, marks."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import Json, UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create this room's tables."""
    op.create_table(
        "sla_alarm",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("clock_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("case_kind", sa.String(length=12), nullable=False),
        sa.Column("policy", sa.String(length=60), nullable=False),
        sa.Column("clock", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=True),
        sa.Column("planned_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("raised_at", UtcDateTime, nullable=False),
        sa.Column("overtaken", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_alarm")),
        sa.UniqueConstraint(
            "case_id", "clock_id", "kind", name=op.f("uq_sla_alarm_case_id_clock_id_kind")
        ),
    )
    op.create_index(op.f("ix_sla_alarm_raised_at"), "sla_alarm", ["raised_at"], unique=False)
    op.create_table(
        "sla_attendance",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("from_at", UtcDateTime, nullable=False),
        sa.Column("to_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_attendance")),
    )
    op.create_index(
        "ix_sla_attendance_agent_to", "sla_attendance", ["agent_id", "to_at"], unique=False
    )
    op.create_table(
        "sla_breach",
        sa.Column("clock_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("policy", sa.String(length=60), nullable=False),
        sa.Column("clock", sa.String(length=24), nullable=False),
        sa.Column("breached_at", UtcDateTime, nullable=False),
        sa.Column("written_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.Column("late_seconds", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("clock_id", name=op.f("pk_sla_breach")),
    )
    op.create_index(op.f("ix_sla_breach_breached_at"), "sla_breach", ["breached_at"], unique=False)
    op.create_index(op.f("ix_sla_breach_case_id"), "sla_breach", ["case_id"], unique=False)
    op.create_table(
        "sla_case",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=True),
        sa.Column("category", sa.String(length=20), nullable=True),
        sa.Column("sku", sa.String(length=40), nullable=True),
        sa.Column("aspect", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=30), nullable=True),
        sa.Column("agent_id", sa.String(length=36), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("visitor_id", sa.String(length=36), nullable=True),
        sa.Column("rating_asked", sa.Boolean(), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("next_alarm_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_case")),
    )
    op.create_index("ix_sla_case_kind_day", "sla_case", ["kind", "day"], unique=False)
    op.create_index(
        "ix_sla_case_next_alarm_at",
        "sla_case",
        ["next_alarm_at"],
        unique=False,
        sqlite_where=sa.text("next_alarm_at IS NOT NULL"),
        postgresql_where=sa.text("next_alarm_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_sla_case_visitor_id"), "sla_case", ["visitor_id"], unique=False)
    op.create_table(
        "sla_clock",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("policy", sa.String(length=60), nullable=False),
        sa.Column("clock", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("met_at", UtcDateTime, nullable=True),
        sa.Column("closed_at", UtcDateTime, nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("at_risk_at", UtcDateTime, nullable=False),
        sa.Column("waited_seconds", sa.Float(), nullable=True),
        sa.Column("late_seconds", sa.Float(), nullable=True),
        sa.Column("agent_id", sa.String(length=36), nullable=True),
        sa.Column("platform", sa.String(length=20), nullable=True),
        sa.Column("category", sa.String(length=20), nullable=True),
        sa.Column("sku", sa.String(length=40), nullable=True),
        sa.Column("aspect", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=30), nullable=True),
        sa.Column("alarms", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_clock")),
    )
    op.create_index(op.f("ix_sla_clock_case_id"), "sla_clock", ["case_id"], unique=False)
    op.create_index(op.f("ix_sla_clock_day"), "sla_clock", ["day"], unique=False)
    op.create_index(
        "ix_sla_clock_policy_day",
        "sla_clock",
        ["policy", "clock", "day", "state", "due_at"],
        unique=False,
    )
    op.create_index(
        "ix_sla_clock_waiting",
        "sla_clock",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "sla_day",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("built", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("columns", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "day", name=op.f("pk_sla_day")),
    )
    op.create_table(
        "sla_mark",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sla_mark")),
    )
    op.create_table(
        "sla_sent",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("channel", sa.String(length=60), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_sent")),
    )
    op.create_index("ix_sla_sent_channel_at", "sla_sent", ["channel", "at"], unique=False)
