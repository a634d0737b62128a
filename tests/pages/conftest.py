"""Fixtures of the page tests: one real Chromium, the stage, pages that note their faults."""

import asyncio
import inspect
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import (
    Browser,
    BrowserContext,
    Frame,
    Page,
    async_playwright,
    expect,
)

sys.path.insert(0, str(Path(__file__).parent))

from stage import Stage

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-sandbox",
]
LOAD = "() => { window.load = (name) => import(`/assets/shared/${name}.js`); }"
REMEMBER_ROOT = """
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    return (window.root = attach.call(this, options));
  };
"""
OpenPage = Callable[..., Awaitable[Page]]
Until = Callable[[Page, str | Callable[[], object]], Awaitable[None]]

PATIENCE = 30_000  # milliseconds; a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run every page test in one event loop, as they share one browser."""
    here = Path(__file__).parent
    for item in items:
        function = getattr(item, "function", None)
        if item.path.is_relative_to(here) and inspect.iscoroutinefunction(function):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium of the system where there is one, else the one Playwright downloaded."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def stage() -> AsyncIterator[Stage]:
    """The pages served for real, with a scripted desk, at `url` and `elsewhere_url`."""
    built = Stage()
    async with AsyncExitStack() as closing:
        built.url = await _serve(closing, built.app, "127.0.0.1")
        built.elsewhere_url = await _serve(closing, built.elsewhere, "localhost")
        yield built


async def _serve(closing: AsyncExitStack, app: web.Application, host: str) -> str:
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    closing.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    return f"http://{host}:{port}"


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, stage: Stage) -> AsyncIterator[OpenPage]:
    """A function that opens a page of the stage; a test fails on any error in its console."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    async def open_one(path: str, *, width: int = 1280, height: int = 800, **more: Any) -> Page:
        options = {"locale": "zh-CN", "timezone_id": "America/New_York", **more}
        context = await browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: faults.append(f"{path}: {error}"))
        page.on("console", lambda said: faults.append(said.text) if _is_fault(said) else None)
        await page.goto(path if path.startswith("http") else stage.url + path)
        return page

    open_one.faults = faults  # type: ignore[attr-defined] - a test that cuts lines forgives some
    yield open_one
    for context in contexts:
        await context.close()
    assert not faults, faults


def _is_fault(said: Any) -> bool:
    return said.type == "error" and "WebSocket" not in said.text and "ERR_" not in said.text


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def run(browser: Browser) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    """A function that runs script in an empty page of the family, with `load(module)` at hand.

    The page is shared by a module's tests, which look at pure modules and tidy up what they add.
    """
    async with AsyncExitStack() as closing:
        url = await _serve(closing, Stage().app, "127.0.0.1")
        page = await browser.new_page(timezone_id="America/New_York")
        closing.push_async_callback(page.close)
        await page.goto(f"{url}/blank")
        await page.evaluate(LOAD)

        async def run_one(script: str, argument: Any = None) -> Any:
            return await page.evaluate(script, argument)

        yield run_one


@pytest_asyncio.fixture(loop_scope="session")
async def chat(open_page: OpenPage, stage: Stage) -> Callable[..., Awaitable[tuple[Page, Frame]]]:
    """A function that opens the widget on another site's page; returns that page and the frame.

    `window.root` is the widget's closed shadow root, which no script of a real page can reach.
    """

    async def open_chat(**options: Any) -> tuple[Page, Frame]:
        page = await open_page("/blank", **options)
        await page.add_init_script(REMEMBER_ROOT)
        await page.goto(f"{stage.elsewhere_url}/host?kefu={stage.url}")
        return page, await opened_frame(page)

    return open_chat


@pytest.fixture
def until() -> Until:
    """A function that waits until an expression of a page, or a function of the test, holds.

    Playwright's own `wait_for_function` looks again from within the page, where the content
    security policy forbids evaluating text: it fails whenever the first look comes too early.
    """

    return _until


@pytest.fixture
def reopen() -> Callable[[Page], Awaitable[Frame]]:
    """A function that opens the widget of a page again and returns its frame."""
    return opened_frame


async def _until(page: Page, holds: str | Callable[[], object]) -> None:
    for _ in range(PATIENCE // 50):
        if await page.evaluate(holds) if isinstance(holds, str) else holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"never came true: {holds}")


async def opened_frame(page: Page) -> Frame:
    """Open the chat and return its frame as soon as it stands."""
    await page.wait_for_selector("kefu-chat", state="attached")
    await page.evaluate("document.querySelector('kefu-chat').open()")
    await _until(page, lambda: _chat_frames(page))
    frame = _chat_frames(page)[0]
    await frame.wait_for_selector(".choices button", state="attached")
    return frame


def _chat_frames(page: Page) -> list[Frame]:
    return [frame for frame in page.frames if "/widget?" in frame.url]
