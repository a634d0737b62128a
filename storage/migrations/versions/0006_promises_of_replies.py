"""Promises of review replies stand in the same ledger as those of the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Let a promise belong to a review instead of a conversation."""
    with op.batch_alter_table("promise") as table:
        table.drop_constraint("fk_promise_conversation_id_conversation", type_="foreignkey")
        table.alter_column("conversation_id", existing_type=sa.String(length=36), nullable=True)
        table.add_column(sa.Column("review_id", sa.String(length=36), nullable=True))
        table.create_index("ix_promise_review_id", ["review_id"])
