"""Photos that invited customers take for their reviews."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Keep photos beside the invitations that asked for them."""
    op.create_table(
        "review_photo",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("invitation_id", sa.String(length=36), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["review_invitation.id"],
            name=op.f("fk_review_photo_invitation_id_review_invitation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_photo")),
    )
    op.create_index(
        op.f("ix_review_photo_invitation_id"), "review_photo", ["invitation_id"], unique=False
    )
