"""Serves the widget's chat as one script and one sheet: a shop's page loads 3 files, not 25.

The files in pages/ stay the source: their modules are joined as they are, each in a scope of its
own, without the lines that are only comment. Nothing is renamed, and no tool runs before a start.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from aiohttp import web

from server.access import public

PAGES = Path(__file__).parents[1] / "pages"
ENTRY = PAGES / "widget/chat.js"
SHEETS = (PAGES / "shared/tokens.css", PAGES / "widget/widget.css")
LOADER = PAGES / "widget/widget.js"

_IMPORT = re.compile(r"^import \{([^}]*)\} from '([^']+)';$", re.M)
_EXPORT = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.M)
_COMMENT = re.compile(r"^[ \t]*/\*(?:(?!\*/)[\s\S])*\*/[ \t]*$|^[ \t]*//.*$", re.M)
_BLANK = re.compile(r"\n\s*")


@dataclass(frozen=True)
class Bundle:
    """One file as it is sent."""

    content: str
    content_type: str

    @property
    def gzipped(self) -> bytes:
        """The content as gzip, the same bytes every time."""
        return gzip.compress(self.content.encode(), 9, mtime=0)

    @property
    def etag(self) -> str:
        """A name that changes with the content."""
        return hashlib.sha256(self.content.encode()).hexdigest()[:16]


class UnbundledImportError(ValueError):
    """A module of the widget does not import by `import { a } from '…';` on one line."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{self.__doc__} ({path.name})")


def add_routes(app: web.Application) -> None:
    """Add the widget's loader, script and sheet."""
    app.router.add_get("/widget.js", loader)
    app.router.add_get("/widget/chat.js", script)
    app.router.add_get("/widget/chat.css", sheet)


@public
async def loader(request: web.Request) -> web.Response:
    """Serve the one script that a shop's page includes; any origin may load it."""
    response = _send(request, loader_bundle())
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@public
async def script(request: web.Request) -> web.Response:
    """Serve all modules of the chat as one."""
    return _send(request, script_bundle())


@public
async def sheet(request: web.Request) -> web.Response:
    """Serve the chat's styles as one sheet."""
    return _send(request, sheet_bundle())


def loader_bundle() -> Bundle:
    """Return the loader without its comments."""
    return Bundle(_bare(_read(LOADER)), "text/javascript")


def script_bundle() -> Bundle:
    """Return the chat's modules, each after those it imports; raises UnbundledImportError."""
    parts: dict[Path, str] = {}
    _join(ENTRY.resolve(), parts)
    return Bundle("\n".join(parts.values()), "text/javascript")


def sheet_bundle() -> Bundle:
    """Return tokens and widget styles as one sheet."""
    return Bundle("\n".join(_bare(_read(path)) for path in SHEETS), "text/css")


def _join(path: Path, parts: dict[Path, str]) -> None:
    if path in parts:
        return
    source = _read(path)
    for _names, target in _IMPORT.findall(source):
        _join((path.parent / target).resolve(), parts)
    body = _IMPORT.sub(lambda match: _destructured(path, match), source)
    exported = _EXPORT.findall(body)
    body = re.sub(r"^export ", "", body, flags=re.M)
    if re.search(r"^(import|export)\b", body, re.M):
        raise UnbundledImportError(path)
    parts[path] = (
        f"const {_scope(path)}=(()=>{{\n{_bare(body)}\nreturn {{{','.join(exported)}}};\n}})();"
    )


def _destructured(path: Path, match: re.Match[str]) -> str:
    names = match[1].strip().replace(" as ", ": ")
    return f"const {{ {names} }} = {_scope((path.parent / match[2]).resolve())};"


def _scope(path: Path) -> str:
    return "_" + "_".join(path.relative_to(PAGES.resolve()).with_suffix("").parts)


def _bare(source: str) -> str:
    return _BLANK.sub("\n", _COMMENT.sub("", source)).strip()


def _read(path: Path) -> str:
    return _cached(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _cached(path: Path, _changed: int) -> str:
    return path.read_text(encoding="utf-8")


def _send(request: web.Request, bundle: Bundle) -> web.Response:
    headers = {"Cache-Control": "no-cache", "ETag": f'"{bundle.etag}"', "Vary": "Accept-Encoding"}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        body = bundle.content.encode()
        return web.Response(
            body=body, content_type=bundle.content_type, charset="utf-8", headers=headers
        )
    headers["Content-Encoding"] = "gzip"
    return web.Response(
        body=bundle.gzipped, content_type=bundle.content_type, charset="utf-8", headers=headers
    )
