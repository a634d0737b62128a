"""A bad review in a GBK export: found, first in its list, answered, and in the figures."""

import asyncio
import csv
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from kefu.demo_visitors import write_in
from server.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.product, pytest.mark.timeout(900)]

NewWindow = Callable[[str], Page]
CHINA = ZoneInfo("Asia/Shanghai")
BAD = "杯盖漏水，包里的三本书全泡了，质量太差，客服也不理人"
REVIEWS = [
    ("好评，杯子颜色好看，保温效果也不错，会回购", 5),
    (BAD, 1),
    ("很满意，物流快，包装严实，送妈妈的她很喜欢", 5),
]


def _export(path: Path) -> Path:
    """Write the file as a shop's back end exports it: GBK, Chinese headers."""
    posted = datetime.now(CHINA) - timedelta(hours=2)
    with path.open("w", encoding="gbk", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["评价ID", "商品名称", "买家昵称", "评分", "评价时间", "评价内容"])
        for number, (text, stars) in enumerate(REVIEWS):
            moment = f"{posted:%Y-%m-%d %H:%M:%S}"
            writer.writerow([f"E2E{number}", "端到端保温杯", "买**", stars, moment, text])
    return path


def _log_in(product: Any, new_window: NewWindow, login: str, page: str) -> Page:
    window = new_window(f"{product.url}/login?next={page}")
    window.fill("input[name=login]", login)
    window.fill("input[name=password]", product.passwords[login])
    window.click("form button")
    window.wait_for_url(f"{product.url}{page.partition('?')[0]}*")
    return window


def _answered_in_time(manager: Page, url: str) -> int:
    report = manager.request.get(f"{url}/api/reports/clocks").json()
    figures = {clock["policy"]: clock["now"] for clock in report["clocks"]}
    return int(figures["house_review_reply"]["met"])


def test_a_bad_review_is_found_answered_and_counted(
    product: Any, new_window: NewWindow, tmp_path: Path
) -> None:
    manager = _log_in(product, new_window, "jingli", "/dashboard")
    before = _answered_in_time(manager, product.url)
    file = _export(tmp_path / "评价导出.csv")
    product.kefu("reviews", "import", str(file))
    product.kefu("reviews", "import", str(file))  # the same file twice adds nothing

    operator = _log_in(product, new_window, "yunying", "/reviews?search=三本书全泡了")
    rows = operator.locator(".row")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("杯盖漏水")
    rows.first.click()
    expect(operator.get_by_text("草稿 1")).to_be_visible()
    operator.get_by_role("button", name="批准").click()
    expect(operator.locator(".toast")).to_contain_text("已批准")
    operator.goto(f"{product.url}/reviews?view=approved&search=三本书全泡了")
    operator.locator(".row").first.click()
    operator.locator(".button.solid", has_text="已发布").click()

    with manager.expect_response("**/api/reports/**"):
        manager.reload()
    for _ in range(60):
        if _answered_in_time(manager, product.url) == before + 1:
            break
        manager.wait_for_timeout(500)
    assert _answered_in_time(manager, product.url) == before + 1


def test_the_demos_first_customers_come_to_the_desk(product: Any) -> None:
    settings = Settings(var_dir=product.var_dir, port=urlsplit(product.url).port)
    with ThreadPoolExecutor() as aside:  # the browser has an event loop in this thread
        came = aside.submit(asyncio.run, write_in(settings)).result()
    queue = [json.loads(line) for line in product.kefu("desk", "queue", "--json").splitlines()]
    assert len(queue) == came
    assert queue[0]["reason"] == "safety"
