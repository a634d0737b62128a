"""One of several servers that sweep the same database; its parent may kill it at any moment."""

import asyncio
import sys
from datetime import datetime

from reports.alarm_rules import read_alarm_policy
from reports.measuring import Rules
from reports.sweep import sweep
from sla.policies import read_policies
from storage.engine import Database
from storage.sealed import Keyring, use_keyring


async def main(url: str, now: datetime) -> None:
    use_keyring(Keyring({1: b"d" * 32}, b"i" * 32))
    database, rules = Database(url), Rules(read_policies(), read_alarm_policy())
    print("ready", flush=True)  # noqa: T201 - the parent listens
    while True:
        async with database.write() as session:
            swept = await sweep(session, rules, now=now, channels=("chat",), limit=3)
        print(swept.cases, flush=True)  # noqa: T201
        if not swept.cases:
            await asyncio.sleep(0.1)


asyncio.run(main(sys.argv[1], datetime.fromisoformat(sys.argv[2])))
