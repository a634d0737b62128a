"""The names of agents and products, for reports that divide by them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.tables import DbProduct
from storage.staff import DbStaff


async def read_names(session: AsyncSession) -> dict[str, str]:
    """Return the names of all staff by id and of all products by SKU."""
    staff = await session.execute(select(DbStaff.id, DbStaff.name))
    products = await session.execute(select(DbProduct.sku, DbProduct.name))
    return {row.id: row.name for row in staff} | {row.sku: row.name for row in products}
