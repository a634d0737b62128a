"""The shop's records as they are stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.order_numbers import canonical
from storage.column_types import Fen, Json, UtcDateTime
from storage.sealed import Sealed
from storage.tables import Base, new_id


class DbCustomer(Base):
    """One customer of the shop; name, phone and address are sealed."""

    __tablename__ = "customer"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    nickname: Mapped[str] = mapped_column(String(60))
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name = Sealed()
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone = Sealed()
    phone_index: Mapped[str | None] = mapped_column(String(64), index=True)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    address = Sealed()
    city: Mapped[str | None] = mapped_column(String(40))
    gender: Mapped[str | None] = mapped_column(String(10))
    birthday: Mapped[str | None] = mapped_column(String(5), index=True)  # MM-DD; no year is kept
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    marketing_consent: Mapped[bool] = mapped_column(Boolean, default=False)
    forgotten_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DbProduct(Base):
    """One product with the facts that the assistant may state."""

    __tablename__ = "product"

    sku: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    category: Mapped[str] = mapped_column(String(20), index=True)
    price_fen: Mapped[int] = mapped_column(Fen)
    stock: Mapped[int] = mapped_column(Integer)
    spec: Mapped[str] = mapped_column(Text, default="")
    options: Mapped[str] = mapped_column(Text, default="")
    sold_out: Mapped[str] = mapped_column(Text, default="")  # options that are gone: 37/黑
    size_chart: Mapped[str] = mapped_column(Text, default="")
    faq: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    warranty_months: Mapped[int] = mapped_column(Integer, default=0)
    exclusion_ground: Mapped[str | None] = mapped_column(String(40))
    custom_made: Mapped[bool] = mapped_column(Boolean, default=False)
    supplier: Mapped[str | None] = mapped_column(String(60), index=True)
    batch: Mapped[str | None] = mapped_column(String(40))
    picture: Mapped[str | None] = mapped_column(String(120))


def _canonical(context: Any) -> str:
    number = str(context.get_current_parameters()["number"])
    return canonical(number) or number


class DbOrder(Base):
    """One order; the receiver is sealed, times of steps not reached are null.

    `number` is spelt as the platform spells it, `canonical_number` as people may paste it.
    """

    __tablename__ = "order"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    canonical_number: Mapped[str] = mapped_column(String(40), index=True, default=_canonical)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customer.id"), index=True)
    platform: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), index=True)
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shipped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    goods_fen: Mapped[int] = mapped_column(Fen, default=0)
    shipping_fen: Mapped[int] = mapped_column(Fen, default=0)
    discount_fen: Mapped[int] = mapped_column(Fen, default=0)
    payable_fen: Mapped[int] = mapped_column(Fen, default=0)
    paid_fen: Mapped[int] = mapped_column(Fen, default=0)
    payment_method: Mapped[str] = mapped_column(String(20), default="")
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    receiver_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    receiver = Sealed()
    receiver_phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    receiver_phone = Sealed()
    receiver_address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    receiver_address = Sealed()
    remark: Mapped[str] = mapped_column(Text, default="")
    exclusion_confirmed: Mapped[bool] = mapped_column(Boolean, default=False)

    items: Mapped[list["DbOrderItem"]] = relationship(
        lazy="raise_on_sql", order_by="DbOrderItem.id"
    )
    parcels: Mapped[list["DbParcel"]] = relationship(lazy="raise_on_sql", order_by="DbParcel.id")


class DbOrderItem(Base):
    """One line of an order; `paid_fen` is its share of what was paid for the goods."""

    __tablename__ = "order_item"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    sku: Mapped[str] = mapped_column(ForeignKey("product.sku"), index=True)
    option: Mapped[str] = mapped_column(String(80), default="")
    quantity: Mapped[int] = mapped_column(Integer)
    unit_price_fen: Mapped[int] = mapped_column(Fen)
    paid_fen: Mapped[int] = mapped_column(Fen)

    product: Mapped[DbProduct] = relationship(lazy="raise_on_sql")


class DbParcel(Base):
    """One parcel of an order: outbound, return, or replacement."""

    __tablename__ = "parcel"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    carrier: Mapped[str] = mapped_column(String(20))
    waybill: Mapped[str] = mapped_column(String(40), index=True)
    direction: Mapped[str] = mapped_column(String(20), default="outbound")
    status: Mapped[str] = mapped_column(String(20), default="in_transit")
    shipped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_by: Mapped[str] = mapped_column(String(80), default="")

    events: Mapped[list["DbParcelEvent"]] = relationship(
        lazy="raise_on_sql", order_by="DbParcelEvent.at"
    )


class DbParcelEvent(Base):
    """One line of a parcel's trace, as the carrier words it."""

    __tablename__ = "parcel_event"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcel.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(20), default="transit")
    place: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(Text)


class DbAfterSale(Base):
    """One return, exchange or refund-only request with the steps it has reached."""

    __tablename__ = "after_sale"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    sku: Mapped[str | None] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(30))
    note: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(20), index=True)
    quantity: Mapped[int] = mapped_column(Integer, default=1)
    amount_fen: Mapped[int] = mapped_column(Fen, default=0)
    freight_payer: Mapped[str | None] = mapped_column(String(10))
    decision_note: Mapped[str] = mapped_column(Text, default="")
    photos: Mapped[list[str]] = mapped_column(Json, default=list)  # addresses of chat pictures
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DbCoupon(Base):
    """One coupon in a customer's hands."""

    __tablename__ = "coupon"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"), index=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(80))
    amount_fen: Mapped[int] = mapped_column(Fen)
    threshold_fen: Mapped[int] = mapped_column(Fen, default=0)
    status: Mapped[str] = mapped_column(String(20), default="unused")
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_order_id: Mapped[str | None] = mapped_column(ForeignKey("order.id"))


class DbPromotion(Base):
    """One running offer of the shop: so much off from so much on."""

    __tablename__ = "promotion"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(80))
    threshold_fen: Mapped[int] = mapped_column(Fen)
    amount_fen: Mapped[int] = mapped_column(Fen)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DbInvoice(Base):
    """One invoice asked for or issued; the address it goes to is sealed."""

    __tablename__ = "invoice"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    tax_number: Mapped[str | None] = mapped_column(String(30))
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email = Sealed()
    amount_fen: Mapped[int] = mapped_column(Fen)
    number: Mapped[str] = mapped_column(String(40), default="")
    status: Mapped[str] = mapped_column(String(20))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DbServiceRequest(Base):
    """Something the shop was asked to do about an order: urge a carrier, change an address..."""

    __tablename__ = "service_request"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    status: Mapped[str] = mapped_column(String(20), default="open")
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DbProofAttempt(Base):
    """One attempt of a guest to prove an order; kept to limit guessing."""

    __tablename__ = "proof_attempt"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(String(80), index=True)
    order_index: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    succeeded: Mapped[bool] = mapped_column(Boolean)


class DbSourceRecord(Base):
    """What the shop's own system last said about one record, to tell its changes from ours.

    `fields` holds a keyed hash for each value, never the value.
    """

    __tablename__ = "source_record"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    key: Mapped[str] = mapped_column(String(110), primary_key=True)
    fields: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    landed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    landed_by: Mapped[str] = mapped_column(String(80))
