"""Passwords: argon2id, hashed in a thread and never more than two at a time."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
# What to verify against when the log-in name is unknown, so that it takes as long: a hash of the
# same cost that no known password has, written down because to compute it costs each start.
_DUMMY = (
    f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    f"${'A' * 22}${'A' * 43}"
)
_at_once = asyncio.Semaphore(2)


def hash_password(password: str) -> str:
    """Return the argon2id hash (64 MiB, 3 passes) of `password`."""
    return _hasher.hash(password)


async def password_matches(password: str, stored_hash: str | None) -> bool:
    """Say whether the password is right; an unknown person (None) costs the same time."""
    async with _at_once:
        matches = await asyncio.to_thread(_verify, stored_hash or _DUMMY, password)
    return matches and stored_hash is not None


def _verify(stored_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(stored_hash, password)
    except (VerificationError, InvalidHashError):
        return False
