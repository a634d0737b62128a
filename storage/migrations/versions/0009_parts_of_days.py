"""The columns of a day are kept in parts, one for each clock: a report reads what it counts."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import Json

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the parts; every day is built anew from its rows."""
    op.create_table(
        "sla_day_part",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=90), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("running", sa.LargeBinary(), nullable=False),
        sa.Column("waits", sa.LargeBinary(), nullable=False),
        sa.Column("names", Json, nullable=False),
        sa.Column("columns", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "day", "key", name=op.f("pk_sla_day_part")),
    )
    op.create_index(
        "ix_sla_day_part_open",
        "sla_day_part",
        ["open"],
        unique=False,
        sqlite_where=sa.text("open > 0"),
        postgresql_where=sa.text("open > 0"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Numbers hardly shrink: pressing them together costs more than it saves.
        for column in ("running", "waits", "columns"):
            op.execute(f"ALTER TABLE sla_day_part ALTER COLUMN {column} SET STORAGE EXTERNAL")
    op.execute("UPDATE sla_day SET built = -1")
    with op.batch_alter_table("sla_day") as table:
        table.drop_column("rows")
        table.drop_column("columns")
