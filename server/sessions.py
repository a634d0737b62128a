"""Log-in sessions of staff: a random token in a cookie, its hash and end in the database."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.access import PERMISSIONS, Permission
from server.tables import DbLoginSession
from storage.staff import DbStaff, Role

TOKEN_BYTES = 32
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Person:
    """The member of staff behind a request."""

    id: str
    login: str
    name: str
    role: Role
    csrf_token: str
    session_hash: str
    seen_at: datetime

    @property
    def permissions(self) -> frozenset[Permission]:
        """What this person's role may do."""
        return PERMISSIONS[self.role]

    def may(self, permission: Permission | None) -> bool:
        """Say whether the person holds `permission` (None: being logged in is enough)."""
        return permission is None or permission in self.permissions


async def start_session(
    session: AsyncSession, staff: DbStaff, *, now: datetime, lasts: timedelta
) -> str:
    """Store a new session and return its secret token, which is never stored itself."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        DbLoginSession(
            token_hash=token_hash(token),
            staff_id=staff.id,
            csrf_token=secrets.token_urlsafe(TOKEN_BYTES),
            created_at=now,
            seen_at=now,
            expires_at=now + lasts,
        )
    )
    await session.flush()
    return token


async def find_person(
    session: AsyncSession, token: str, *, now: datetime, idle: timedelta
) -> Person | None:
    """Return who holds `token`; None if it is unknown, ended, idle too long, or disabled."""
    query = (
        select(DbLoginSession, DbStaff)
        .join(DbStaff, DbStaff.id == DbLoginSession.staff_id)
        .where(DbLoginSession.token_hash == token_hash(token))
        .where(DbLoginSession.expires_at > now, DbLoginSession.seen_at > now - idle)
        .where(DbStaff.disabled_at.is_(None))
    )
    row = (await session.execute(query)).first()
    if row is None:
        return None
    login, staff = row
    return Person(
        id=staff.id,
        login=staff.login,
        name=staff.name,
        role=Role(staff.role),
        csrf_token=login.csrf_token,
        session_hash=login.token_hash,
        seen_at=login.seen_at,
    )


async def touch_session(session: AsyncSession, person: Person, *, now: datetime) -> None:
    """Note that the session is in use."""
    login = await session.get(DbLoginSession, person.session_hash)
    if login is not None:
        login.seen_at = now


async def end_session(session: AsyncSession, person: Person) -> None:
    """End this one session."""
    await session.execute(
        delete(DbLoginSession).where(DbLoginSession.token_hash == person.session_hash)
    )


def token_hash(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
