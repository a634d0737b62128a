"""A request keeps the photos sent for it, and a product says which of its options are sold out."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import Json

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add both; what there is has no photos and everything in stock."""
    with op.batch_alter_table("after_sale") as table:
        table.add_column(sa.Column("photos", Json, nullable=False, server_default="[]"))
    with op.batch_alter_table("product") as table:
        table.add_column(sa.Column("sold_out", sa.Text(), nullable=False, server_default=""))
