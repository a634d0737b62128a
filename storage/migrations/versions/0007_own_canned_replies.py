"""A prepared answer may belong to one agent instead of everybody."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the owner; what there is stays everybody's."""
    with op.batch_alter_table("canned_reply") as table:
        table.add_column(sa.Column("owner_id", sa.String(length=36), nullable=True))
        table.create_index("ix_canned_reply_owner_id", ["owner_id"])
