"""What was said in a conversation can be erased, and it is known when."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import UtcDateTime

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the moment; nothing was erased so far."""
    op.add_column("conversation", sa.Column("erased_at", UtcDateTime, nullable=True))
