"""Turns every error into one shape: an RFC 9457 problem that says what to change."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the RFC's own word
    """A request that cannot be answered; `detail` tells the caller what to change."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        kind: str = "about:blank",
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.kind = kind
        self.errors = list(errors)
        self.headers = dict(headers or {})


def problem_response(problem: Problem) -> web.Response:
    """Return the problem as a response; `errors` lists each faulty field, where known."""
    body: dict[str, Any] = {
        "type": problem.kind,
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        body["errors"] = problem.errors
    return web.json_response(
        body, status=problem.status, content_type=MEDIA_TYPE, headers=problem.headers
    )


@web.middleware
async def problem_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error with a problem; what we did not foresee is logged, never shown."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem_response(problem)
    except web.HTTPRedirection:
        raise
    except web.HTTPException as error:
        kept = {key: value for key, value in error.headers.items() if key == "Allow"}
        return problem_response(Problem(error.status, error.reason, headers=kept))
    except (UnicodeDecodeError, ConnectionResetError):
        raise
    except Exception:
        log.exception("request failed", method=request.method, path=request.path)
        return problem_response(Problem(500, "服务器出错了，已记录，请稍后重试"))
