"""The widget's bundle: every module once, in order, nothing lost, small, and the same each time."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from server import widget_bundle

PAGES = Path(widget_bundle.__file__).parents[1] / "pages"


@pytest.fixture
async def client() -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """A client of an application that serves only the bundle."""
    app = web.Application()
    widget_bundle.add_routes(app)
    async with TestClient(TestServer(app), auto_decompress=False) as opened:
        yield opened


def _modules() -> list[Path]:
    found: list[Path] = []
    waiting = [PAGES / "widget/chat.js"]
    while waiting:
        path = waiting.pop().resolve()
        if path in found:
            continue
        found.append(path)
        for target in re.findall(r"^import .* from '([^']+)';$", path.read_text("utf-8"), re.M):
            waiting.append(path.parent / target)
    return found


def test_every_module_is_there_once_and_after_what_it_imports() -> None:
    script = widget_bundle.script_bundle().content
    for module in _modules():
        scope = widget_bundle._scope(module)
        assert script.count(f"const {scope}=") == 1
        for use in re.finditer(rf"\}} = {scope};", script):
            assert script.index(f"const {scope}=") < use.start()


def test_no_import_or_export_is_left() -> None:
    assert not re.search(r"^(import|export)\b", widget_bundle.script_bundle().content, re.M)


def test_only_comment_lines_are_dropped() -> None:
    source = (
        "a();\n/** long\n * text */\nb('/* no comment */');\n  // gone\n/** @type {X} */ (c());\n"
    )
    assert widget_bundle._bare(source) == ("a();\nb('/* no comment */');\n/** @type {X} */ (c());")


def test_another_kind_of_import_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "chat.js").write_text("import * as all from './all.js';\n")
    monkeypatch.setattr(widget_bundle, "PAGES", tmp_path)
    monkeypatch.setattr(widget_bundle, "ENTRY", tmp_path / "chat.js")
    with pytest.raises(widget_bundle.UnbundledImportError, match=r"chat\.js"):
        widget_bundle.script_bundle()


async def test_the_whole_widget_is_under_20_kb_gzipped(
    client: TestClient[web.Request, web.Application],
) -> None:
    sizes = [len(gzip.compress((PAGES / "widget/index.html").read_bytes(), 9))]
    for path in ("/widget.js", "/widget/chat.js", "/widget/chat.css"):
        response = await client.get(path, headers={"Accept-Encoding": "gzip"})
        assert response.headers["Content-Encoding"] == "gzip"
        sizes.append(len(await response.read()))
    assert sum(sizes) < 20_000, sizes


async def test_a_client_without_gzip_gets_the_same_content_plain(
    client: TestClient[web.Request, web.Application],
) -> None:
    plain = await client.get("/widget/chat.css", headers={"Accept-Encoding": "identity"})
    packed = await client.get("/widget/chat.css", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(await packed.read()) == await plain.read()


async def test_an_unchanged_bundle_is_not_sent_again(
    client: TestClient[web.Request, web.Application],
) -> None:
    first = await client.get("/widget/chat.js")
    again = await client.get("/widget/chat.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304
    assert await again.read() == b""


async def test_any_origin_may_load_the_loader(
    client: TestClient[web.Request, web.Application],
) -> None:
    response = await client.get("/widget.js")
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.content_type == "text/javascript"
