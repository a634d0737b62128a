"""The records that a shop's own systems send: product, customer, order, parcel, after-sale.

A field that is not given is left as it is; one that is null is cleared. Money is fen.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from shop import after_sales
from shop.intake import wording
from shop.intake.codes import (
    AfterSaleReason,
    Direction,
    EventKind,
    Gender,
    Kind,
    ParcelStatus,
    Payer,
)
from shop.intake.field_types import (
    NOW,
    Birthday,
    Count,
    Fen,
    Flag,
    Key20,
    Key36,
    Key40,
    Moment,
    Months,
    Name120,
    Options,
    OrderNumber,
    Phone,
    Stock,
    Text20,
    Text40,
    Text60,
    Text80,
    Text500,
    Text2000,
    Text8000,
    clean,
)
from shop.intake.reasons import reasons_of
from shop.intake.usual import usual_names
from shop.orders import OrderStatus
from shop.returns.case import Category, ExclusionGround, Platform

MOST_ITEMS = 500
MOST_EVENTS = 500


def _one_name(written: Any) -> Any:
    return usual_names().carrier_of(clean(written)) if isinstance(written, str) else written


class RecordError(ValueError):
    """A record that cannot be taken; the message says why, to a person who mends it."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Record(_Part):
    """What every record has: a natural key, and when the shop's own system last changed it."""

    kind: ClassVar[Kind]
    not_facts: ClassVar[frozenset[str]]
    updated_at: Moment | None = None

    @property
    def key(self) -> str:
        """The natural key within the kind."""
        raise NotImplementedError

    def facts(self) -> dict[str, Any]:
        """Return the fields that were given, without key and time of change."""
        given = self.model_fields_set - self.not_facts
        return {name: getattr(self, name) for name in type(self).model_fields if name in given}


class Question(_Part):
    """A question that customers ask about a product, and its answer."""

    question: Annotated[str, Field(min_length=1, max_length=500), BeforeValidator(clean)]
    answer: Annotated[str, Field(min_length=1, max_length=2000), BeforeValidator(clean)]


class ProductRecord(Record):
    """A product with the facts that the assistant may state."""

    kind: ClassVar[Kind] = Kind.PRODUCT
    not_facts: ClassVar[frozenset[str]] = frozenset({"sku", "updated_at"})

    sku: Key40
    name: Name120 = ""
    category: Category = Category.OTHER
    price_fen: Fen = 0
    stock: Stock = 0
    spec: Text8000 = ""
    options: Options = ""
    sold_out: Text2000 = ""
    size_chart: Text8000 = ""
    faq: Annotated[tuple[Question, ...], Field(max_length=200)] = ()
    warranty_months: Months = 0
    exclusion_ground: ExclusionGround | None = None
    custom_made: Flag = False
    supplier: Text60 | None = None
    batch: Text40 | None = None

    @property
    def key(self) -> str:
        """The stock keeping unit."""
        return str(self.sku)


class CustomerRecord(Record):
    """A customer; `customer_id` is the one that the shop's tickets are signed for."""

    kind: ClassVar[Kind] = Kind.CUSTOMER
    not_facts: ClassVar[frozenset[str]] = frozenset({"customer_id", "updated_at"})

    customer_id: Key36
    nickname: Text60 = ""
    name: Text60 | None = None
    phone: Phone | None = None
    address: Text500 | None = None
    city: Text40 | None = None
    gender: Gender | None = None
    birthday: Birthday | None = None
    registered_at: Moment | None = None
    marketing_consent: Flag = False

    @property
    def key(self) -> str:
        """The customer's id at the shop."""
        return str(self.customer_id)


class Item(_Part):
    """One line of an order; `paid_fen` is the line's share of what was paid for the goods."""

    sku: Key40
    option: Text80 = ""
    quantity: Count = 1
    unit_price_fen: Fen
    paid_fen: Fen | None = None


class OrderRecord(Record):
    """An order with its lines; `nickname` names its buyer until her own record comes."""

    kind: ClassVar[Kind] = Kind.ORDER
    not_facts: ClassVar[frozenset[str]] = frozenset({"number", "updated_at", "nickname"})

    number: OrderNumber
    platform: Platform = Platform.HOUSE
    customer_id: Key36 | None = None
    nickname: Text60 = ""
    status: OrderStatus = OrderStatus.UNPAID
    placed_at: Moment | None = None
    paid_at: Moment | None = None
    shipped_at: Moment | None = None
    signed_at: Moment | None = None
    completed_at: Moment | None = None
    cancelled_at: Moment | None = None
    goods_fen: Fen = 0
    shipping_fen: Fen = 0
    discount_fen: Fen = 0
    payable_fen: Fen = 0
    paid_fen: Fen = 0
    payment_method: Text20 = ""
    cancel_reason: Text500 = ""
    receiver: Text60 | None = None
    receiver_phone: Phone | None = None
    receiver_address: Text500 | None = None
    remark: Text2000 = ""
    exclusion_confirmed: Flag = False
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=MOST_ITEMS)] = ()

    @property
    def key(self) -> str:
        """The order number."""
        return self.number


class Event(_Part):
    """One line of a parcel's trace, as the carrier words it."""

    at: Moment
    kind: EventKind = EventKind.TRANSIT
    place: Text40 = ""
    text: Annotated[str, Field(min_length=1, max_length=1000), BeforeValidator(clean)]


class ParcelRecord(Record):
    """A parcel and what is new in its trace; one waybill may carry several orders."""

    kind: ClassVar[Kind] = Kind.PARCEL
    not_facts: ClassVar[frozenset[str]] = frozenset(
        {"carrier", "waybill", "order_number", "events", "updated_at"}
    )

    carrier: Annotated[Key20, BeforeValidator(_one_name)]
    waybill: Key40
    order_number: OrderNumber | None = None
    direction: Direction = Direction.OUTBOUND
    status: ParcelStatus = ParcelStatus.IN_TRANSIT
    shipped_at: Moment | None = None
    signed_at: Moment | None = None
    signed_by: Text80 = ""
    events: Annotated[tuple[Event, ...], Field(max_length=MOST_EVENTS)] = ()

    @property
    def key(self) -> str:
        """Carrier, waybill, and the order where the record names one."""
        return "/".join(filter(None, (self.carrier, self.waybill, self.order_number)))


class AfterSaleRecord(Record):
    """A return, exchange, refund or repair and how far it is; `wish` is which of these.

    `number` is the one that the customer was told here, or the shop's own.
    """

    kind: ClassVar[Kind] = Kind.AFTER_SALE
    not_facts: ClassVar[frozenset[str]] = frozenset({"number", "order_number", "updated_at"})

    number: Key40
    order_number: OrderNumber | None = None
    sku: Key40 | None = None
    wish: after_sales.Kind = after_sales.Kind.RETURN
    reason: AfterSaleReason = AfterSaleReason.NO_REASON
    status: after_sales.Status = after_sales.Status.REQUESTED
    quantity: Count = 1
    amount_fen: Fen = 0
    freight_payer: Payer | None = None
    note: Text2000 = ""
    requested_at: Moment | None = None
    decided_at: Moment | None = None
    returned_at: Moment | None = None
    received_at: Moment | None = None
    closed_at: Moment | None = None

    @property
    def key(self) -> str:
        """The number of the request."""
        return str(self.number)


MODELS: dict[Kind, type[Record]] = {
    Kind.PRODUCT: ProductRecord,
    Kind.CUSTOMER: CustomerRecord,
    Kind.ORDER: OrderRecord,
    Kind.PARCEL: ParcelRecord,
    Kind.AFTER_SALE: AfterSaleRecord,
}


def read_record(value: Any, *, now: datetime, kind: Kind | None = None) -> Record:
    """Return the record that a JSON object is; `kind` is that of those that name none.

    Raises RecordError with every reason at once.
    """
    if not isinstance(value, Mapping):
        raise RecordError(wording.NOT_A_RECORD)
    content = dict(value)
    model = MODELS[_kind(content.pop("kind", None), kind)]
    try:
        return model.model_validate(content, context={NOW: now})
    except ValidationError as error:
        raise RecordError(reasons_of(error, model.kind)) from None


def _kind(named: Any, given: Kind | None) -> Kind:
    kinds = "、".join(Kind)
    if named is None and given is None:
        raise RecordError(wording.NO_KIND.format(kinds=kinds))
    found = next((kind for kind in Kind if kind == (named or given)), None)
    if found is None:
        raise RecordError(wording.UNKNOWN_KIND.format(kind=str(named)[:20], kinds=kinds))
    return found
