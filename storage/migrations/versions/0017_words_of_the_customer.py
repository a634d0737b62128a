"""A conversation keeps what its customer wants in her own words, and when its agent last wrote."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import UtcDateTime

revision = "0017"
down_revision = "0016"

_LAST_WORDS = """
    UPDATE conversation SET customer_text = COALESCE((
        SELECT SUBSTR(message.text, 1, 80) FROM message
        WHERE message.conversation_id = conversation.id
        AND message.seq = conversation.last_customer_seq
    ), '')
    WHERE conversation.owner <> 'closed'
"""


def upgrade() -> None:
    """Add both; who is in a conversation now gets the words that she said last."""
    words = sa.Column("customer_text", sa.String(length=120), nullable=False, server_default="")
    op.add_column("conversation", words)
    op.add_column("conversation", sa.Column("agent_wrote_at", UtcDateTime, nullable=True))
    op.execute(_LAST_WORDS)
