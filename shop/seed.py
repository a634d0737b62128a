"""Fills an empty database with the demo shop of data/shop; its times are relative to today."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.tables import (
    DbAfterSale,
    DbCoupon,
    DbCustomer,
    DbInvoice,
    DbOrder,
    DbOrderItem,
    DbParcel,
    DbParcelEvent,
    DbProduct,
    DbPromotion,
)
from storage.sealed import blind_index
from storage.tables import new_id

SHOP_DATA = Path(__file__).parents[1] / "data" / "shop"
CHINA = ZoneInfo("Asia/Shanghai")

Row = dict[str, str]


async def seed_demo_shop(session: AsyncSession, *, now: datetime) -> bool:
    """Write the demo shop; return False and write nothing if the shop has products already."""
    if await session.scalar(select(DbProduct.sku).limit(1)) is not None:
        return False
    session.add_all(_product(row) for row in _rows("products"))
    session.add_all(_customer(row, now) for row in _rows("customers"))
    session.add_all(_promotion(row, now) for row in _rows("promotions"))
    await session.flush()
    orders = {row["order_number"]: _order(row, now) for row in _rows("orders")}
    session.add_all(orders.values())
    await session.flush()
    order_ids = {number: order.id for number, order in orders.items()}
    session.add_all(_order_item(row, order_ids) for row in _rows("order_items"))
    session.add_all(_coupon(row, order_ids, now) for row in _rows("coupons"))
    session.add_all(_invoice(row, order_ids, now) for row in _rows("invoices"))
    session.add_all(_after_sale(row, order_ids, now) for row in _rows("after_sales"))
    parcels = {row["waybill"]: _parcel(row, order_ids, now) for row in _rows("parcels")}
    session.add_all(parcels.values())
    await session.flush()
    session.add_all(_parcel_event(row, parcels, now) for row in _rows("parcel_events"))
    await session.flush()
    return True


def _rows(name: str) -> Iterator[Row]:
    path = SHOP_DATA / f"{name}.csv"
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _ago(row: Row, column: str, now: datetime) -> datetime | None:
    minutes = row.get(column, "")
    return now - timedelta(minutes=int(minutes)) if minutes else None


def _must_ago(row: Row, column: str, now: datetime) -> datetime:
    return now - timedelta(minutes=int(row[column]))


def _address(row: Row, prefix: str) -> str:
    """One line; a municipality, which is province and city at once, is said once."""
    parts = (row[f"{prefix}{part}"] for part in ("province", "city", "district", "address"))
    return "".join(dict.fromkeys(parts))


def _product(row: Row) -> DbProduct:
    return DbProduct(
        sku=row["sku"],
        name=row["name"],
        category=row["category"],
        price_fen=int(row["price_fen"]),
        stock=int(row["stock"]),
        spec=row["spec"],
        options=row["options"],
        sold_out=row["sold_out"],
        size_chart=row["size_chart"],
        faq=[faq for faq in _rows("product_faq") if faq["sku"] == row["sku"]],
        warranty_months=int(row["warranty_months"] or 0),
        exclusion_ground=row["exclusion_ground"] or None,
        custom_made=row["made_to_order"] == "1",
        supplier=row["supplier"] or None,
        batch=row["batch"] or None,
        picture=row["image"] or None,
    )


def _customer(row: Row, now: datetime) -> DbCustomer:
    birthday = ""
    if row["birthday_in_days"]:
        day = now.astimezone(CHINA).date() + timedelta(days=int(row["birthday_in_days"]))
        birthday = f"{day:%m-%d}"
    return DbCustomer(
        id=row["id"],
        nickname=row["nickname"],
        name=row["name"],
        phone=row["phone"],
        phone_index=blind_index("phone", row["phone"]),
        address=_address(row, ""),
        city=row["city"],
        gender=row["gender"],
        birthday=birthday or None,
        registered_at=now - timedelta(days=int(row["registered_days_ago"])),
        marketing_consent=row["marketing_consent"] == "1",
    )


def _promotion(row: Row, now: datetime) -> DbPromotion:
    return DbPromotion(
        id=row["id"],
        title=row["title"],
        threshold_fen=int(row["threshold_fen"]),
        amount_fen=int(row["amount_fen"]),
        starts_at=_must_ago(row, "starts_minutes_ago", now),
        ends_at=now + timedelta(minutes=int(row["ends_in_minutes"])),
    )


def _order(row: Row, now: datetime) -> DbOrder:
    return DbOrder(
        id=new_id(),
        number=row["order_number"],
        customer_id=row["customer_id"],
        platform=row["platform"],
        status=row["status"],
        placed_at=_must_ago(row, "placed_minutes_ago", now),
        paid_at=_ago(row, "paid_minutes_ago", now),
        shipped_at=_ago(row, "shipped_minutes_ago", now),
        signed_at=_ago(row, "signed_minutes_ago", now),
        completed_at=_ago(row, "closed_minutes_ago", now),
        cancelled_at=_ago(row, "cancelled_minutes_ago", now),
        goods_fen=int(row["items_fen"]),
        shipping_fen=int(row["shipping_fen"]),
        discount_fen=int(row["discount_fen"]),
        payable_fen=int(row["payable_fen"]),
        paid_fen=int(row["paid_fen"]),
        payment_method=row["payment_method"],
        cancel_reason=row["cancel_reason"],
        receiver=row["receiver_name"],
        receiver_phone=row["receiver_phone"],
        receiver_address=_address(row, "receiver_"),
        remark=row["remark"],
        exclusion_confirmed=row["exclusion_confirmed"] == "1",
    )


def _order_item(row: Row, order_ids: dict[str, str]) -> DbOrderItem:
    return DbOrderItem(
        order_id=order_ids[row["order_number"]],
        sku=row["sku"],
        option=row["variant"],
        quantity=int(row["quantity"]),
        unit_price_fen=int(row["unit_price_fen"]),
        paid_fen=int(row["paid_share_fen"]),
    )


def _parcel(row: Row, order_ids: dict[str, str], now: datetime) -> DbParcel:
    return DbParcel(
        id=new_id(),
        order_id=order_ids[row["order_number"]],
        carrier=row["carrier"],
        waybill=row["waybill"],
        direction=row["direction"],
        status=row["status"],
        shipped_at=_ago(row, "shipped_minutes_ago", now),
        signed_at=_ago(row, "signed_minutes_ago", now),
        signed_by=row["signed_by"],
    )


def _parcel_event(row: Row, parcels: dict[str, DbParcel], now: datetime) -> DbParcelEvent:
    return DbParcelEvent(
        parcel_id=parcels[row["waybill"]].id,
        at=_must_ago(row, "minutes_ago", now),
        kind=row["code"],
        place=row["city"],
        text=row["text"],
    )


def _after_sale(row: Row, order_ids: dict[str, str], now: datetime) -> DbAfterSale:
    return DbAfterSale(
        number=row["id"],
        order_id=order_ids[row["order_number"]],
        sku=row["sku"] or None,
        kind=row["kind"],
        reason=row["reason"],
        note=row["detail"],
        status=row["status"],
        quantity=int(row["quantity"] or 1),
        amount_fen=int(row["amount_fen"] or 0),
        freight_payer=row["freight_payer"] or None,
        decision_note=row["decision_note"],
        requested_at=_must_ago(row, "requested_minutes_ago", now),
        decided_at=_ago(row, "decided_minutes_ago", now),
        returned_at=_ago(row, "returned_minutes_ago", now),
        received_at=_ago(row, "received_minutes_ago", now),
        closed_at=_ago(row, "closed_minutes_ago", now),
    )


def _coupon(row: Row, order_ids: dict[str, str], now: datetime) -> DbCoupon:
    return DbCoupon(
        customer_id=row["customer_id"],
        code=row["code"],
        kind=row["kind"],
        title=row["title"],
        amount_fen=int(row["amount_fen"]),
        threshold_fen=int(row["threshold_fen"]),
        status=row["status"],
        granted_at=_must_ago(row, "issued_minutes_ago", now),
        expires_at=now + timedelta(minutes=int(row["expires_in_minutes"])),
        used_order_id=order_ids.get(row["used_order_number"]),
    )


def _invoice(row: Row, order_ids: dict[str, str], now: datetime) -> DbInvoice:
    return DbInvoice(
        id=new_id(),
        order_id=order_ids[row["order_number"]],
        kind=row["kind"],
        title=row["title"],
        tax_number=row["tax_number"] or None,
        email=row["email"] or None,
        amount_fen=int(row["amount_fen"]),
        number=row["invoice_number"],
        status=row["state"],
        requested_at=_must_ago(row, "requested_minutes_ago", now),
        issued_at=_ago(row, "issued_minutes_ago", now),
    )
