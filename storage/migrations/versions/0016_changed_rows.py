"""A note of a change says how the row was, so that parts need not know the ids of their rows."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import Json

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the notes anew and drop the ids; every day is built anew from its rows."""
    op.execute("DELETE FROM sla_day_part")
    op.execute("DELETE FROM sla_open")
    op.execute("UPDATE sla_day SET built = -1")
    with op.batch_alter_table("sla_day_part") as table:
        table.drop_column("ids")
    op.drop_table("sla_change")
    op.create_table(
        "sla_change",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=90), nullable=False),
        sa.Column("before", Json, nullable=True),
        sa.PrimaryKeyConstraint("kind", "day", "row_id", name=op.f("pk_sla_change")),
    )
