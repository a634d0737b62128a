"""What the demo shop's page shows, and the tickets that its logged-in customers come with.

A real shop signs the same ticket on its own server; see docs/identity.md.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from sqlalchemy import select

from server.access import public
from server.keys import DATABASE, SETTINGS
from server.problems import Problem
from shop.identity import sign_ticket
from shop.tables import DbCustomer, DbProduct

DEMO_CUSTOMERS: Mapping[str, str] = {
    "C0001": "包裹 60 小时没有更新",
    "C0002": "第八天想退货",
    "C0003": "今天生日的金卡会员",
    "C0004": "有一笔待付款订单",
    "C0005": "退款处理中",
}


def add_routes(app: web.Application) -> None:
    """Add the demo shop's data; outside a demo it does not exist."""
    app.router.add_get("/api/shop/demo", demo_shop)
    app.router.add_get("/api/shop/demo/ticket", demo_ticket)


@public
async def demo_shop(request: web.Request) -> web.Response:
    """Return the products and the customers one can be in the demo."""
    _only_in_demo(request)
    async with request.app[DATABASE].read() as session:
        products = (await session.scalars(select(DbProduct).order_by(DbProduct.sku))).all()
        known = select(DbCustomer).where(DbCustomer.id.in_(DEMO_CUSTOMERS)).order_by(DbCustomer.id)
        customers = (await session.scalars(known)).all()
    return web.json_response(
        {
            "products": [_product(product) for product in products],
            "customers": [
                {"id": customer.id, "name": customer.name, "about": DEMO_CUSTOMERS[customer.id]}
                for customer in customers
            ],
        }
    )


@public
async def demo_ticket(request: web.Request) -> web.Response:
    """Sign a ticket for one of the demo customers, as a shop does for who is logged in."""
    _only_in_demo(request)
    customer = request.query.get("customer", "")
    if customer not in DEMO_CUSTOMERS:
        raise Problem(404, "没有这位演示顾客")
    secret = request.app[SETTINGS].ticket_secret()
    return web.json_response({"identity": sign_ticket(customer, secret, now=datetime.now(UTC))})


def _only_in_demo(request: web.Request) -> None:
    if not request.app[SETTINGS].demo:
        raise Problem(404, "没有这个页面")


def _product(product: DbProduct) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "name": product.name,
        "category": product.category,
        "price_fen": product.price_fen,
        "stock": product.stock,
        "spec": product.spec,
        "options": product.options,
        "size_chart": product.size_chart,
        "warranty_months": product.warranty_months,
        "exclusion_ground": product.exclusion_ground,
        "picture": product.picture,
    }
