"""The handoff desk."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create this room's tables."""
