"""Who may call which route: every handler declares it, and nothing undeclared is served."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from aiohttp import web

from storage.staff import Role

HandlerFunction = TypeVar("HandlerFunction", bound=Callable[..., Awaitable[web.StreamResponse]])


class Permission(StrEnum):
    """One thing that a member of staff may do."""

    CHAT = "chat"  # take, answer and close conversations
    REVEAL = "reveal"  # see a customer's full phone or address (audited)
    SHARE_REPLIES = "share_replies"  # write prepared answers for everybody
    READ_REVIEWS = "read_reviews"
    WRITE_REVIEWS = "write_reviews"  # import, edit and approve ordinary drafts
    APPROVE_SENSITIVE = "approve_sensitive"  # approve safety, threat and over-limit replies
    READ_REPORTS = "read_reports"
    PLAN_SHIFTS = "plan_shifts"  # change who is planned to work when
    MANAGE = "manage"  # staff, settings, policies


_AGENT = {Permission.CHAT, Permission.REVEAL, Permission.READ_REVIEWS}
_OPERATOR = {Permission.READ_REVIEWS, Permission.WRITE_REVIEWS}
_LEAD = (
    _AGENT
    | _OPERATOR
    | {
        Permission.SHARE_REPLIES,
        Permission.APPROVE_SENSITIVE,
        Permission.READ_REPORTS,
        Permission.PLAN_SHIFTS,
    }
)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.AGENT: frozenset(_AGENT),
    Role.OPERATOR: frozenset(_OPERATOR),
    Role.LEAD: frozenset(_LEAD),
    Role.MANAGER: frozenset(_LEAD),
    Role.ADMIN: frozenset(Permission),
}


def roles_with(permission: Permission) -> frozenset[Role]:
    """Return the roles that may do this."""
    return frozenset(role for role, granted in PERMISSIONS.items() if permission in granted)


@dataclass(frozen=True)
class Access:
    """How a route is guarded: open to all, to any staff, or to staff with a permission."""

    public: bool = False
    permission: Permission | None = None


class UndeclaredAccessError(RuntimeError):
    """A route's handler does not say who may call it; mark it with @public or @staff_only."""

    def __init__(self, route: str) -> None:
        super().__init__(f"{self.__doc__} ({route})")


def public(handler: HandlerFunction) -> HandlerFunction:
    """Mark a handler as open to everybody."""
    return _declare(handler, Access(public=True))


def staff_only(
    permission: Permission | None = None,
) -> Callable[[HandlerFunction], HandlerFunction]:
    """Mark a handler as open to logged-in staff, with `permission` where one is named."""
    return lambda handler: _declare(handler, Access(permission=permission))


def access_of(handler: Any) -> Access | None:
    """Return what the handler declared, or None."""
    found = getattr(handler, "kefu_access", None)
    return found if isinstance(found, Access) else None


def check_every_route(app: web.Application) -> None:
    """Raise UndeclaredAccessError if any route can be reached without a declaration."""
    for route in app.router.routes():
        if access_of(route.handler) is None:
            raise UndeclaredAccessError(f"{route.method} {route.resource}")


def _declare(handler: HandlerFunction, access: Access) -> HandlerFunction:
    handler.kefu_access = access  # type: ignore[attr-defined]
    return handler
