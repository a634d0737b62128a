"""Who is planned to work when, from a day on."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import Json, UtcDateTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the roster."""
    op.create_table(
        "sla_roster",
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("shifts", Json, nullable=False),
        sa.Column("off", Json, nullable=False),
        sa.Column("written_at", UtcDateTime, nullable=False),
        sa.Column("written_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "first_day", name=op.f("pk_sla_roster")),
    )
