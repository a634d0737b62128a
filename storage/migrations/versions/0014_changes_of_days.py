"""A changed day is not built anew: what changed is noted, and open times have rows of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add both, and the ids of what the parts hold; every day is built anew from its rows."""
    op.create_table(
        "sla_change",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=90), nullable=False),
        sa.Column("row_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_change")),
    )
    op.create_index("ix_sla_change_kind_day", "sla_change", ["kind", "day"], unique=False)
    op.create_table(
        "sla_open",
        sa.Column("key", sa.String(length=90), nullable=False),
        sa.Column("running", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sla_open")),
    )
    op.execute("DELETE FROM sla_day_part")
    op.execute("UPDATE sla_day SET built = -1")
    with op.batch_alter_table("sla_day_part") as table:
        table.add_column(sa.Column("ids", sa.LargeBinary(), nullable=False))
    if op.get_bind().dialect.name == "postgresql":
        # Numbers hardly shrink: pressing them together costs more than it saves.
        op.execute("ALTER TABLE sla_day_part ALTER COLUMN ids SET STORAGE EXTERNAL")
        op.execute("ALTER TABLE sla_open ALTER COLUMN running SET STORAGE EXTERNAL")
