"""The demo shop's page and the log-in page."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

OpenPage = Callable[..., Awaitable[Page]]
Until = Callable[[Page, str | Callable[[], object]], Awaitable[None]]


async def test_the_shop_shows_its_goods_and_filters_them_in_the_address(
    open_page: OpenPage,
) -> None:
    page = await open_page("/shop")
    await expect(page.locator(".good").nth(79)).to_be_visible()
    await page.get_by_role("button", name="生鲜").click()
    await expect(page.locator(".good")).to_have_count(6)
    assert page.url.endswith("?category=fresh")
    await page.reload()
    await expect(page.locator(".good")).to_have_count(6)
    await page.go_back()
    await expect(page.locator(".good").nth(79)).to_be_visible()


async def test_every_picture_is_there(open_page: OpenPage) -> None:
    page = await open_page("/shop")
    await page.wait_for_selector(".good")
    broken = """async () => {
      const all = [...document.querySelectorAll('img')];
      all.forEach((image) => (image.loading = 'eager'));
      await Promise.all(all.map((image) => image.decode().catch(() => {})));
      return all.filter(({ naturalWidth }) => !naturalWidth).map(({ src }) => src);
    }"""
    assert await page.evaluate(broken) == []


async def test_a_product_says_what_can_not_be_returned(open_page: OpenPage) -> None:
    page = await open_page("/shop?category=jewelry")
    await page.get_by_role("button", name="珍珠耳钉").click()
    await expect(page.get_by_role("dialog")).to_contain_text("不适用七天无理由退货")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="平安扣").click()
    await expect(page.get_by_role("dialog")).to_contain_text("七天内可无理由退换")


async def test_becoming_a_customer_gives_the_widget_a_ticket(
    open_page: OpenPage, stage: Any, until: Until
) -> None:
    page = await open_page("/shop")
    await page.get_by_label("以哪位顾客的身份浏览").select_option("王芳")
    await expect(page.locator(".as")).to_contain_text("包裹 60 小时没有更新")
    chat = page.locator("kefu-chat")
    await expect(chat).to_have_attribute("identity", "ticket-of-C0001")
    await page.evaluate("document.querySelector('kefu-chat').open()")
    await until(page, lambda: stage.chat.received)
    assert stage.chat.received[0]["identity"] == "ticket-of-C0001"
    await page.get_by_label("以哪位顾客的身份浏览").select_option("游客")
    await expect(page.locator(".as")).to_be_hidden()
    assert await chat.get_attribute("identity") is None


async def test_a_question_about_a_product_opens_the_chat(open_page: OpenPage, until: Until) -> None:
    page = await open_page("/shop?category=fresh")
    await page.locator(".good").first.click()
    await page.get_by_role("button", name="问问客服").click()
    await until(page, lambda: any("/widget?" in frame.url for frame in page.frames))


async def test_a_shop_without_data_says_so_and_can_try_again(open_page: OpenPage) -> None:
    page = await open_page("/login")
    problem = {"status": 503, "detail": "数据库正在启动"}
    fails = [True]

    async def answer(route: Route) -> None:
        if fails.pop() if fails else False:
            await route.fulfill(status=503, json=problem)
        else:
            await route.continue_()

    await page.route("**/api/shop/demo", answer)
    open_page.faults.clear()  # type: ignore[attr-defined]
    await page.goto(page.url.replace("/login", "/shop"))
    await expect(page.locator(".goods")).to_contain_text("数据库正在启动")
    open_page.faults.clear()  # type: ignore[attr-defined] - the 503 itself is in the console
    await page.get_by_role("button", name="再试一次").click()
    await expect(page.locator(".good").first).to_be_visible()


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("", "/console"),
        ("?next=%2Freviews%3Fstars%3D1", "/reviews?stars=1"),
        ("?next=https%3A%2F%2Fevil.example%2F", "/console"),
        ("?next=%2F%2Fevil.example%2F", "/console"),
        ("?next=%2F%5Cevil.example", "/console"),
        ("?next=javascript%3Aalert(1)", "/console"),
    ],
)
async def test_log_in_goes_on_to_where_one_was_headed_but_never_elsewhere(
    open_page: OpenPage, wanted: str, goes_to: str
) -> None:
    page = await open_page(f"/login{wanted}")
    sent: list[Any] = []

    async def log_in(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or ""))
        await route.fulfill(json={"name": "小林", "role": "agent"})

    async def arrive(route: Route) -> None:
        await route.fulfill(body="<!doctype html><title>there</title>", content_type="text/html")

    await page.route("**/api/login", log_in)
    await page.route("**/console", arrive)
    await page.route("**/reviews?**", arrive)
    await page.fill("[name=login]", " xiaolin ")
    await page.fill("[name=password]", "geheim 1")
    await page.keyboard.press("Enter")
    await expect(page).to_have_title("there")
    assert page.url.endswith(goes_to)
    assert sent == [{"login": "xiaolin", "password": "geheim 1"}]


async def test_a_wrong_password_is_said_and_the_name_kept(open_page: OpenPage) -> None:
    page = await open_page("/login")
    answer = {"status": 401, "detail": "用户名或密码不对"}
    await page.route("**/api/login", lambda route: route.fulfill(status=401, json=answer))
    await page.fill("[name=login]", "xiaolin")
    await page.fill("[name=password]", "falsch")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("用户名或密码不对")
    await expect(page.locator("[name=login]")).to_have_value("xiaolin")
    await expect(page.get_by_role("button", name="登录")).to_be_enabled()
    open_page.faults.clear()  # type: ignore[attr-defined] - the 401 itself is in the console
