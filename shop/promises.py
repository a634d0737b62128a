"""The ledger of promises to customers: one for all that is promised, in chat or in a reply."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import Fen, UtcDateTime
from storage.sealed import Sealed
from storage.tables import Base, new_id


class PromiseKind(StrEnum):
    """What can be promised."""

    REFUND = "refund"
    RESEND = "resend"
    COUPON = "coupon"
    RETURN = "return"
    CALL_BACK = "call_back"
    REPLY_BY = "reply_by"
    IMPROVEMENT = "improvement"
    OTHER = "other"


class PromiseState(StrEnum):
    """How a promise stands; a broken one can still be kept, late."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class DbPromise(Base):
    """One thing that was promised to a customer, until it is kept, broken or withdrawn.

    It was promised in a conversation or in the reply to a review; the other is null.
    No foreign key leads there: the shop knows nothing of the rooms above it.
    """

    __tablename__ = "promise"
    __table_args__ = (UniqueConstraint("conversation_id", "client_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(String(36), index=True)
    review_id: Mapped[str | None] = mapped_column(String(36), index=True)
    client_id: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    order_number: Mapped[str | None] = mapped_column(String(40), index=True)
    amount_fen: Mapped[int | None] = mapped_column(Fen)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_by: Mapped[str] = mapped_column(String(60))
    made_by_name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    owner_id: Mapped[str | None] = mapped_column(String(36), index=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    state: Mapped[str] = mapped_column(String(10), index=True)
    broken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(60))
    closing_note: Mapped[str] = mapped_column(Text, default="")
    record_id: Mapped[str | None] = mapped_column(String(36), index=True)

    phone = Sealed()
