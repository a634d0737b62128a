"""The shop's records."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create this room's tables."""
