"""Tables to take away: the list under its filters and what reviews say, as XLSX and CSV."""

import asyncio
import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter
from aiohttp import web

from review_manager import insights, wording
from review_manager.analysis import Aspect
from review_manager.cells import safe_cell
from review_manager.listed import table_rows
from server.access import Permission, staff_only
from server.keys import DATABASE
from server.requests import read_query
from server.reviews_api import ListQuery
from server.reviews_edge import utc_now
from server.reviews_insights import READERS, PeriodQuery

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Rows = Sequence[Sequence[Any]]


def add_routes(app: web.Application) -> None:
    """Add the tables."""
    app.router.add_get("/api/reviews/list.csv", list_csv)
    app.router.add_get("/api/reviews/list.xlsx", list_xlsx)
    app.router.add_get("/api/reviews/insights.csv", insights_csv)
    app.router.add_get("/api/reviews/insights.xlsx", insights_xlsx)


@staff_only(Permission.READ_REVIEWS)
async def list_csv(request: web.Request) -> web.Response:
    """Return the list under its filters as CSV that spreadsheets open."""
    rows = await _list_rows(request)
    return csv_answer([wording.LIST_HEADERS, *rows], "reviews.csv")


@staff_only(Permission.READ_REVIEWS)
async def list_xlsx(request: web.Request) -> web.Response:
    """Return the list under its filters as a workbook."""
    rows = await _list_rows(request)
    sheets = {wording.LIST_SHEET: [wording.LIST_HEADERS, *rows]}
    return _xlsx(await asyncio.to_thread(write_workbook, sheets), "reviews.xlsx")


@staff_only(Permission.READ_REVIEWS)
async def insights_csv(request: web.Request) -> web.Response:
    """Return what reviews say of each product, supplier or carrier as CSV."""
    query = read_query(request, PeriodQuery)
    async with request.app[DATABASE].read() as session:
        lines = await READERS[query.by](session, query.period(utc_now()))
    return csv_answer(_insight_rows(lines), f"reviews-by-{query.by}.csv")


@staff_only(Permission.READ_REVIEWS)
async def insights_xlsx(request: web.Request) -> web.Response:
    """Return a workbook with one sheet each for products, suppliers, carriers."""
    period = read_query(request, PeriodQuery).period(utc_now())
    async with request.app[DATABASE].read() as session:
        sheets = {
            wording.INSIGHT_SHEETS[name]: _insight_rows(await reader(session, period))
            for name, reader in READERS.items()
        }
    content = await asyncio.to_thread(write_workbook, sheets, shares=wording.INSIGHT_SHARES)
    return _xlsx(content, "reviews.xlsx")


def write_workbook(sheets: Mapping[str, Rows], *, shares: Sequence[int] = ()) -> bytes:
    """Return a workbook; the first row of a sheet is its header, `shares` are columns of percents.

    Texts stay texts: no cell becomes a formula or a link.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold, percent = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(1, 1, 28)
            for column in shares:
                sheet.set_column(column, column, 10, percent)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row, None if number else bold)
    return out.getvalue()


def _insight_rows(lines: Sequence[insights.Line]) -> list[list[Any]]:
    headers = [*wording.INSIGHT_HEADERS, *wording.ASPECTS.values()]
    table = insights.table_of(lines, list(Aspect))
    return [headers, *([safe_cell(cell) for cell in row] for row in table)]


async def _list_rows(request: web.Request) -> list[list[Any]]:
    query = read_query(request, ListQuery)
    async with request.app[DATABASE].read() as session:
        return [row async for row in table_rows(session, query.filters, now=utc_now())]


def csv_answer(rows: Iterable[Iterable[Any]], name: str) -> web.Response:
    """Return rows as a CSV to be downloaded, in the encoding that spreadsheets expect."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return web.Response(
        body=out.getvalue().encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _xlsx(content: bytes, name: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=content, content_type=XLSX, headers=headers)
