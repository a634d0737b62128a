"""Security headers on every response."""

from aiohttp import web

from server.keys import SETTINGS

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; require-trusted-types-for 'script'; frame-ancestors {ancestors}"
)
WIDGET_FRAME = "/widget"


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the headers that keep pages from being framed, sniffed or scripted by others."""
    if request.path == WIDGET_FRAME:
        ancestors = " ".join(["'self'", *request.app[SETTINGS].widget_origins])
    else:
        ancestors = "'none'"
    headers = response.headers
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.format(ancestors=ancestors)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.setdefault("Cache-Control", "no-store")
