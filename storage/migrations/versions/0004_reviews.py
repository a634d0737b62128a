"""The review manager."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import Json, UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create this room's tables."""
    op.create_table(
        "review",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=80), nullable=True),
        sa.Column("content_key", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("import_id", sa.String(length=36), nullable=True),
        sa.Column("order_number", sa.String(length=40), nullable=True),
        sa.Column("sku", sa.String(length=40), nullable=True),
        sa.Column("product_name", sa.String(length=200), nullable=False),
        sa.Column("nickname", sa.String(length=80), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("images", Json, nullable=False),
        sa.Column("extra", Json, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("posted_at", UtcDateTime, nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("followed_up", sa.Boolean(), nullable=False),
        sa.Column("sentiment", sa.String(length=10), nullable=True),
        sa.Column("p_negative", sa.Float(), nullable=True),
        sa.Column("aspects", Json, nullable=False),
        sa.Column("complaints", sa.String(length=200), nullable=False),
        sa.Column("safety", sa.Boolean(), nullable=False),
        sa.Column("threat", sa.Boolean(), nullable=False),
        sa.Column("hidden_bad", sa.Boolean(), nullable=False),
        sa.Column("misclick", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("depth", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("bad_since", UtcDateTime, nullable=True),
        sa.Column("due_at", UtcDateTime, nullable=True),
        sa.Column("replied_at", UtcDateTime, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("content_key", name=op.f("uq_review_content_key")),
        sa.UniqueConstraint("platform", "external_id", name=op.f("uq_review_platform_external_id")),
    )
    op.create_index(op.f("ix_review_bad_since"), "review", ["bad_since"], unique=False)
    op.create_index(op.f("ix_review_depth"), "review", ["depth"], unique=False)
    op.create_index(op.f("ix_review_due_at"), "review", ["due_at"], unique=False)
    op.create_index(op.f("ix_review_import_id"), "review", ["import_id"], unique=False)
    op.create_index(op.f("ix_review_order_number"), "review", ["order_number"], unique=False)
    op.create_index(op.f("ix_review_posted_at"), "review", ["posted_at"], unique=False)
    op.create_index(op.f("ix_review_sentiment"), "review", ["sentiment"], unique=False)
    op.create_index(op.f("ix_review_sku"), "review", ["sku"], unique=False)
    op.create_index(op.f("ix_review_state"), "review", ["state"], unique=False)
    op.create_index("ix_review_state_due_at", "review", ["state", "due_at"], unique=False)
    op.create_table(
        "review_column_profile",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("mapping", Json, nullable=False),
        sa.Column("saved_by", sa.String(length=80), nullable=False),
        sa.Column("saved_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_column_profile")),
        sa.UniqueConstraint("name", name=op.f("uq_review_column_profile_name")),
    )
    op.create_table(
        "review_import",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("stored_path", sa.String(length=400), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("mapping", Json, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=True),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("rejects_file", sa.String(length=400), nullable=True),
        sa.Column("started_by", sa.String(length=80), nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("touched_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_import")),
    )
    op.create_index(
        op.f("ix_review_import_file_hash"), "review_import", ["file_hash"], unique=False
    )
    op.create_table(
        "review_improvement",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sku", sa.String(length=40), nullable=True),
        sa.Column("aspect", sa.String(length=30), nullable=False),
        sa.Column("owner", sa.String(length=60), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("promised", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=True),
        sa.Column("effective_at", UtcDateTime, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_improvement")),
    )
    op.create_index(op.f("ix_review_improvement_sku"), "review_improvement", ["sku"], unique=False)
    op.create_index(
        op.f("ix_review_improvement_state"), "review_improvement", ["state"], unique=False
    )
    op.create_table(
        "review_invitation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("order_number", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("sku", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("coupon_fen", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("send_at", UtcDateTime, nullable=True),
        sa.Column("sent_at", UtcDateTime, nullable=True),
        sa.Column("answered_at", UtcDateTime, nullable=True),
        sa.Column("review_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_invitation")),
        sa.UniqueConstraint("order_number", name=op.f("uq_review_invitation_order_number")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_review_invitation_token_hash")),
    )
    op.create_index(
        op.f("ix_review_invitation_customer_id"), "review_invitation", ["customer_id"], unique=False
    )
    op.create_index(
        op.f("ix_review_invitation_send_at"), "review_invitation", ["send_at"], unique=False
    )
    op.create_index(
        op.f("ix_review_invitation_state"), "review_invitation", ["state"], unique=False
    )
    op.create_table(
        "review_key",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("revoked_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_review_key_key_hash")),
    )
    op.create_table(
        "review_correction",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=36), nullable=False),
        sa.Column("sentiment", sa.String(length=10), nullable=False),
        sa.Column("was", sa.String(length=10), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_correction_review_id_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_correction")),
        sa.UniqueConstraint("review_id", name=op.f("uq_review_correction_review_id")),
    )
    op.create_table(
        "review_event",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=36), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("type", sa.String(length=30), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_event_review_id_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_event")),
    )
    op.create_index(op.f("ix_review_event_at"), "review_event", ["at"], unique=False)
    op.create_index(op.f("ix_review_event_review_id"), "review_event", ["review_id"], unique=False)
    op.create_table(
        "review_follow_up",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=36), nullable=False),
        sa.Column("content_key", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("posted_at", UtcDateTime, nullable=True),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("sentiment", sa.String(length=10), nullable=True),
        sa.Column("p_negative", sa.Float(), nullable=True),
        sa.Column("aspects", Json, nullable=False),
        sa.Column("safety", sa.Boolean(), nullable=False),
        sa.Column("threat", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_follow_up_review_id_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_follow_up")),
        sa.UniqueConstraint(
            "review_id", "content_key", name=op.f("uq_review_follow_up_review_id_content_key")
        ),
    )
    op.create_index(
        op.f("ix_review_follow_up_review_id"), "review_follow_up", ["review_id"], unique=False
    )
    op.create_table(
        "review_reply",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=36), nullable=False),
        sa.Column("made_for", sa.Integer(), nullable=False),
        sa.Column("drafts", Json, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=True),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("approver", sa.String(length=10), nullable=False),
        sa.Column("compensation", Json, nullable=False),
        sa.Column("promises", Json, nullable=False),
        sa.Column("improvement", Json, nullable=False),
        sa.Column("findings", Json, nullable=False),
        sa.Column("written_by", sa.String(length=36), nullable=True),
        sa.Column("approved_by", sa.String(length=36), nullable=True),
        sa.Column("approved_at", UtcDateTime, nullable=True),
        sa.Column("exported_at", UtcDateTime, nullable=True),
        sa.Column("published_at", UtcDateTime, nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_reply_review_id_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_reply")),
        sa.UniqueConstraint("review_id", name=op.f("uq_review_reply_review_id")),
    )
    op.create_table(
        "review_snapshot",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_snapshot_review_id_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_snapshot")),
        sa.UniqueConstraint(
            "review_id", "number", name=op.f("uq_review_snapshot_review_id_number")
        ),
    )
    op.create_index(
        op.f("ix_review_snapshot_review_id"), "review_snapshot", ["review_id"], unique=False
    )
    op.create_table(
        "review_suspicion",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=36), nullable=False),
        sa.Column("signals", Json, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", UtcDateTime, nullable=True),
        sa.Column("found_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_suspicion_review_id_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_suspicion")),
        sa.UniqueConstraint("review_id", name=op.f("uq_review_suspicion_review_id")),
    )
    op.create_index(op.f("ix_review_suspicion_state"), "review_suspicion", ["state"], unique=False)
    op.create_table(
        "review_version",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("replaced_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_version_review_id_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_version")),
        sa.UniqueConstraint(
            "review_id", "version", name=op.f("uq_review_version_review_id_version")
        ),
    )
    op.create_index(
        op.f("ix_review_version_review_id"), "review_version", ["review_id"], unique=False
    )
