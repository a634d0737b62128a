"""The door for the shop's own programs: a bearer key, so many calls a minute, few wrong keys."""

from aiohttp import web
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from server.keys import DATABASE
from server.problems import Problem
from storage.program_keys import DbProgramKey, find_key

PER_KEY = parse("120/minute")
WRONG_KEYS = parse("10/minute")


class ProgramDoor:
    """Lets in whoever carries a key of its scope; counts for itself."""

    def __init__(self, scope: str) -> None:
        self._scope = scope
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def admit(self, request: web.Request) -> DbProgramKey:
        """Return the key that the request carries; raises Problem 401 and 429."""
        kind, _, key = request.headers.get("Authorization", "").partition(" ")
        address = request.remote or ""
        if not await self._limiter.test(WRONG_KEYS, "wrong", address):
            raise Problem(429, "密钥错误次数过多，请一分钟后再试", headers={"Retry-After": "60"})
        if kind.lower() == "bearer" and key:
            async with request.app[DATABASE].read() as session:
                found = await find_key(session, key.strip(), scope=self._scope)
            if found is not None:
                if not await self._limiter.hit(PER_KEY, "key", found.id):
                    raise Problem(429, "推送太频繁，请一分钟后再试", headers={"Retry-After": "60"})
                return found
        await self._limiter.hit(WRONG_KEYS, "wrong", address)
        raise Problem(401, "密钥不对或已停用", headers={"WWW-Authenticate": "Bearer"})
