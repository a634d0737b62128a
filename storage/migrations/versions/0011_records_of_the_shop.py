"""What the shop's own systems say comes in: their last words, spellings, keys, forgotten people."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import Json, UtcDateTime

revision = "0011"
down_revision = "0010"
JOINERS = ("-", " ", ".", "_", "/", "#")


def upgrade() -> None:
    """Add them; an order that is there already is found under the spelling that people type."""
    op.create_table(
        "source_record",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=110), nullable=False),
        sa.Column("fields", Json, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=True),
        sa.Column("landed_at", UtcDateTime, nullable=False),
        sa.Column("landed_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_source_record")),
    )
    op.create_table(
        "program_key",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("revoked_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_program_key_key_hash")),
    )
    op.add_column("customer", sa.Column("forgotten_at", UtcDateTime, nullable=True))
    op.add_column(
        "order",
        sa.Column("canonical_number", sa.String(length=40), nullable=False, server_default=""),
    )
    spelt = "number"
    for joiner in JOINERS:
        spelt = f"REPLACE({spelt}, '{joiner}', '')"
    op.execute(f'UPDATE "order" SET canonical_number = UPPER({spelt})')  # noqa: S608 - our own text
    op.create_index(op.f("ix_order_canonical_number"), "order", ["canonical_number"], unique=False)
