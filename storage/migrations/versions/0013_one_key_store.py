"""Keys of programs that push reviews are kept where all keys of programs are."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Move the keys: those in use open the same door as before."""
    op.execute(
        sa.text(
            "INSERT INTO program_key (id, scope, name, key_hash, created_at, revoked_at)"
            " SELECT id, 'reviews', name, key_hash, created_at, revoked_at FROM review_key"
        )
    )
    op.drop_table("review_key")
