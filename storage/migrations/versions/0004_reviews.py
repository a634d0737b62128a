"""The review manager."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create this room's tables."""
