"""The shop's records."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import Json, UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create this room's tables."""
    op.create_table(
        "customer",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("nickname", sa.String(length=60), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.String(length=64), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("city", sa.String(length=40), nullable=True),
        sa.Column("gender", sa.String(length=10), nullable=True),
        sa.Column("birthday", sa.String(length=5), nullable=True),
        sa.Column("registered_at", UtcDateTime, nullable=False),
        sa.Column("marketing_consent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_index(op.f("ix_customer_birthday"), "customer", ["birthday"], unique=False)
    op.create_index(op.f("ix_customer_phone_index"), "customer", ["phone_index"], unique=False)
    op.create_table(
        "product",
        sa.Column("sku", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("size_chart", sa.Text(), nullable=False),
        sa.Column("faq", Json, nullable=False),
        sa.Column("warranty_months", sa.Integer(), nullable=False),
        sa.Column("exclusion_ground", sa.String(length=40), nullable=True),
        sa.Column("custom_made", sa.Boolean(), nullable=False),
        sa.Column("supplier", sa.String(length=60), nullable=True),
        sa.Column("batch", sa.String(length=40), nullable=True),
        sa.Column("picture", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_product")),
    )
    op.create_index(op.f("ix_product_category"), "product", ["category"], unique=False)
    op.create_index(op.f("ix_product_supplier"), "product", ["supplier"], unique=False)
    op.create_table(
        "promotion",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("threshold_fen", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
    )
    op.create_table(
        "proof_attempt",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=80), nullable=False),
        sa.Column("order_index", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_attempt")),
    )
    op.create_index(op.f("ix_proof_attempt_at"), "proof_attempt", ["at"], unique=False)
    op.create_index(
        op.f("ix_proof_attempt_conversation_id"), "proof_attempt", ["conversation_id"], unique=False
    )
    op.create_index(
        op.f("ix_proof_attempt_order_index"), "proof_attempt", ["order_index"], unique=False
    )
    op.create_table(
        "order",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=36), nullable=True),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("placed_at", UtcDateTime, nullable=False),
        sa.Column("paid_at", UtcDateTime, nullable=True),
        sa.Column("shipped_at", UtcDateTime, nullable=True),
        sa.Column("signed_at", UtcDateTime, nullable=True),
        sa.Column("completed_at", UtcDateTime, nullable=True),
        sa.Column("cancelled_at", UtcDateTime, nullable=True),
        sa.Column("goods_fen", sa.BigInteger(), nullable=False),
        sa.Column("shipping_fen", sa.BigInteger(), nullable=False),
        sa.Column("discount_fen", sa.BigInteger(), nullable=False),
        sa.Column("payable_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("payment_method", sa.String(length=20), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("receiver_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("receiver_phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("receiver_address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("exclusion_confirmed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_order_customer_id_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order")),
        sa.UniqueConstraint("number", name=op.f("uq_order_number")),
    )
    op.create_index(op.f("ix_order_customer_id"), "order", ["customer_id"], unique=False)
    op.create_index(op.f("ix_order_placed_at"), "order", ["placed_at"], unique=False)
    op.create_index(op.f("ix_order_status"), "order", ["status"], unique=False)
    op.create_table(
        "after_sale",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("sku", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("freight_payer", sa.String(length=10), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("requested_at", UtcDateTime, nullable=False),
        sa.Column("decided_at", UtcDateTime, nullable=True),
        sa.Column("returned_at", UtcDateTime, nullable=True),
        sa.Column("received_at", UtcDateTime, nullable=True),
        sa.Column("closed_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["order.id"], name=op.f("fk_after_sale_order_id_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sale")),
        sa.UniqueConstraint("number", name=op.f("uq_after_sale_number")),
    )
    op.create_index(op.f("ix_after_sale_order_id"), "after_sale", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_after_sale_requested_at"), "after_sale", ["requested_at"], unique=False
    )
    op.create_index(op.f("ix_after_sale_sku"), "after_sale", ["sku"], unique=False)
    op.create_index(op.f("ix_after_sale_status"), "after_sale", ["status"], unique=False)
    op.create_table(
        "coupon",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("threshold_fen", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("granted_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_order_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_coupon_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["used_order_id"], ["order.id"], name=op.f("fk_coupon_used_order_id_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon")),
        sa.UniqueConstraint("code", name=op.f("uq_coupon_code")),
    )
    op.create_index(op.f("ix_coupon_customer_id"), "coupon", ["customer_id"], unique=False)
    op.create_table(
        "invoice",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("tax_number", sa.String(length=30), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("requested_at", UtcDateTime, nullable=False),
        sa.Column("issued_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_invoice_order_id_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
    )
    op.create_index(op.f("ix_invoice_order_id"), "invoice", ["order_id"], unique=False)
    op.create_table(
        "order_item",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("sku", sa.String(length=40), nullable=False),
        sa.Column("option", sa.String(length=80), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["order.id"], name=op.f("fk_order_item_order_id_order")
        ),
        sa.ForeignKeyConstraint(["sku"], ["product.sku"], name=op.f("fk_order_item_sku_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_item")),
    )
    op.create_index(op.f("ix_order_item_order_id"), "order_item", ["order_id"], unique=False)
    op.create_index(op.f("ix_order_item_sku"), "order_item", ["sku"], unique=False)
    op.create_table(
        "parcel",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("carrier", sa.String(length=20), nullable=False),
        sa.Column("waybill", sa.String(length=40), nullable=False),
        sa.Column("direction", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("shipped_at", UtcDateTime, nullable=True),
        sa.Column("signed_at", UtcDateTime, nullable=True),
        sa.Column("signed_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_parcel_order_id_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
    )
    op.create_index(op.f("ix_parcel_order_id"), "parcel", ["order_id"], unique=False)
    op.create_index(op.f("ix_parcel_waybill"), "parcel", ["waybill"], unique=False)
    op.create_table(
        "service_request",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("requested_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=True),
        sa.Column("done_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["order.id"], name=op.f("fk_service_request_order_id_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_request")),
        sa.UniqueConstraint("number", name=op.f("uq_service_request_number")),
    )
    op.create_index(op.f("ix_service_request_due_at"), "service_request", ["due_at"], unique=False)
    op.create_index(
        op.f("ix_service_request_order_id"), "service_request", ["order_id"], unique=False
    )
    op.create_table(
        "parcel_event",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("parcel_id", sa.String(length=36), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcel.id"], name=op.f("fk_parcel_event_parcel_id_parcel")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_event")),
    )
    op.create_index(op.f("ix_parcel_event_parcel_id"), "parcel_event", ["parcel_id"], unique=False)
