"""What reports and alarms store: cases and their clocks, breaches, alarms, columns ready to count.

Everything but breaches, alarms and what was sent can be rebuilt from the rooms' own records.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Float,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import Json, UtcDateTime
from storage.tables import Base, new_id

WAITING = text("state = 'waiting'")
ALARM_LEFT = text("next_alarm_at IS NOT NULL")
STILL_OPEN = text("open > 0")


class DbCase(Base):
    """One conversation or review as reports see it; `id` is the conversation's or review's own.

    `revision` is that of the source when it was read. `outcome` says how a chat ended (see
    reports.records); a chat's `rating` is 1 to 5.
    """

    __tablename__ = "sla_case"
    __table_args__ = (
        Index(
            "ix_sla_case_next_alarm_at",
            "next_alarm_at",
            sqlite_where=ALARM_LEFT,
            postgresql_where=ALARM_LEFT,
        ),
        Index("ix_sla_case_kind_day", "kind", "day"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    revision: Mapped[int] = mapped_column(Integer)
    day: Mapped[int] = mapped_column(Integer)
    slot: Mapped[int] = mapped_column(SmallInteger)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    title: Mapped[str] = mapped_column(String(120), default="")
    platform: Mapped[str | None] = mapped_column(String(20))
    category: Mapped[str | None] = mapped_column(String(20))
    sku: Mapped[str | None] = mapped_column(String(40))
    aspect: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(30))
    agent_id: Mapped[str | None] = mapped_column(String(36))
    outcome: Mapped[str | None] = mapped_column(String(20))
    visitor_id: Mapped[str | None] = mapped_column(String(36), index=True)
    rating_asked: Mapped[bool] = mapped_column(Boolean, default=False)
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    next_alarm_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DbClock(Base):
    """One run of one clock under one policy; `id` follows from case, policy, clock and start.

    `state` is met, late, closed_unanswered, or waiting: whether that is still open or already
    missed depends on the moment it is asked. `day` counts China's days from 1970-01-01, `slot` is
    weekday * 24 + hour there. `waited_seconds` is counted in the policy's calendar.
    """

    __tablename__ = "sla_clock"
    __table_args__ = (
        Index("ix_sla_clock_waiting", "due_at", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_sla_clock_policy_day", "policy", "clock", "day", "state", "due_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(36), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    policy: Mapped[str] = mapped_column(String(60))
    clock: Mapped[str] = mapped_column(String(24))
    day: Mapped[int] = mapped_column(Integer, index=True)
    slot: Mapped[int] = mapped_column(SmallInteger)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    met_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(20))
    at_risk_at: Mapped[datetime] = mapped_column(UtcDateTime)
    waited_seconds: Mapped[float | None] = mapped_column(Float)
    late_seconds: Mapped[float | None] = mapped_column(Float)
    agent_id: Mapped[str | None] = mapped_column(String(36))
    platform: Mapped[str | None] = mapped_column(String(20))
    category: Mapped[str | None] = mapped_column(String(20))
    sku: Mapped[str | None] = mapped_column(String(40))
    aspect: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(30))
    alarms: Mapped[list[list[str]]] = mapped_column(Json, default=list)


class DbBreach(Base):
    """One broken promise: written once for a clock, never changed but for how long it lasted."""

    __tablename__ = "sla_breach"

    clock_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(36), index=True)
    policy: Mapped[str] = mapped_column(String(60))
    clock: Mapped[str] = mapped_column(String(24))
    breached_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    late_seconds: Mapped[float | None] = mapped_column(Float)


class DbAlarm(Base):
    """One step of warning or escalation about one clock, raised at most once for ever."""

    __tablename__ = "sla_alarm"
    __table_args__ = (UniqueConstraint("case_id", "clock_id", "kind"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(String(36))
    clock_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(20))
    case_kind: Mapped[str] = mapped_column(String(12))
    policy: Mapped[str] = mapped_column(String(60))
    clock: Mapped[str] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(120))
    agent_id: Mapped[str | None] = mapped_column(String(36))
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    overtaken: Mapped[bool] = mapped_column(Boolean, default=False)


class DbAttendance(Base):
    """A span in which an agent was really at the desk, as the rounds saw it."""

    __tablename__ = "sla_attendance"
    __table_args__ = (Index("ix_sla_attendance_agent_to", "agent_id", "to_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    agent_id: Mapped[str] = mapped_column(String(36))
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    to_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DbRoster(Base):
    """An agent's weekly shifts from a day on, until her next entry; `off` are single days."""

    __tablename__ = "sla_roster"

    agent_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    first_day: Mapped[int] = mapped_column(Integer, primary_key=True)
    shifts: Mapped[dict[str, list[list[str]]]] = mapped_column(Json)
    off: Mapped[list[str]] = mapped_column(Json)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by: Mapped[str] = mapped_column(String(80))


class DbDay(Base):
    """One day of China: `version` goes up with every change, `built` is that of its parts.

    While `built` is -1 the parts are to be built from all rows of the day; else what differs from
    them stands in sla_change.
    """

    __tablename__ = "sla_day"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    day: Mapped[int] = mapped_column(Integer, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, default=0)
    built: Mapped[int] = mapped_column(Integer, default=-1)


class DbDayPart(Base):
    """The clocks of one key, or the chats, of one day, ready to be counted: see reports.parts.

    What every report reads stands first: a row's later columns need not be fetched from the disk.
    """

    __tablename__ = "sla_day_part"
    __table_args__ = (
        Index(
            "ix_sla_day_part_open",
            "open",
            sqlite_where=STILL_OPEN,
            postgresql_where=STILL_OPEN,
        ),
    )

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    day: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(90), primary_key=True)
    met: Mapped[int] = mapped_column(Integer)
    late: Mapped[int] = mapped_column(Integer)
    closed: Mapped[int] = mapped_column(Integer)
    open: Mapped[int] = mapped_column(Integer)
    running: Mapped[bytes] = mapped_column(LargeBinary)
    waits: Mapped[bytes] = mapped_column(LargeBinary)
    names: Mapped[dict[str, Any]] = mapped_column(Json)
    columns: Mapped[bytes] = mapped_column(LargeBinary)


class DbChange(Base):
    """One clock or chat that changed since the parts of its day were built.

    `before` is the row as it is in those parts (see reports.columns.row_of); null: it is not.
    """

    __tablename__ = "sla_change"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    day: Mapped[int] = mapped_column(Integer, primary_key=True)
    row_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    key: Mapped[str] = mapped_column(String(90))
    before: Mapped[list[Any] | None] = mapped_column(Json)


class DbOpenTimes(Base):
    """When the unanswered clocks of one key began and are due, as the parts of all days say."""

    __tablename__ = "sla_open"

    key: Mapped[str] = mapped_column(String(90), primary_key=True)
    running: Mapped[bytes] = mapped_column(LargeBinary)


class DbMark(Base):
    """How far something has been read or done, by name."""

    __tablename__ = "sla_mark"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class DbSent(Base):
    """One webhook message that was tried, kept to obey the vendor's rate limit."""

    __tablename__ = "sla_sent"
    __table_args__ = (Index("ix_sla_sent_channel_at", "channel", "at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
