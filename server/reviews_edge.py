"""How the handlers of reviews decide in one transaction, refuse, and answer with a review."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from review_manager.opened import open_review
from review_manager.people import ConflictError, NoSuchReviewError, NotYoursError, RefusedError
from server.guard import PERSON
from server.keys import DATABASE
from server.problems import Problem
from server.reviews_views import actor_of, detail_view
from storage.engine import Session

ID = "{id:[0-9a-f-]{36}}"
CONFLICT = "/problems/review-changed"
REFUSED = "/problems/reply-refused"


async def answer_with(request: web.Request, review_id: str) -> web.Response:
    """Answer with the review as it stands now."""
    at, actor = utc_now(), actor_of(request[PERSON])
    async with request.app[DATABASE].read() as session:
        opened = await open_review(session, review_id, now=at)
        view = detail_view(opened, actor=actor, now=at)
    return web.json_response(view)


@asynccontextmanager
async def deciding(request: web.Request) -> AsyncIterator[Session]:
    """Open one writing transaction; what the review manager refuses becomes a problem."""
    try:
        async with request.app[DATABASE].write() as session:
            yield session
    except NoSuchReviewError:
        raise Problem(404, "没有这条评价") from None
    except ConflictError as error:
        raise Problem(409, str(error), kind=CONFLICT) from None
    except NotYoursError as error:
        raise Problem(403, str(error)) from None
    except RefusedError as error:
        raise Problem(422, str(error), kind=REFUSED, errors=error.findings) from None


def utc_now() -> datetime:
    """Return the server's clock."""
    return datetime.now(UTC)
