"""The documented model that `kefu bench sla` generates its reviews and conversations from.

Reviews: spread evenly over 120 days; 22 % are bad; a bad one is answered after a lognormal time
(median 9 h, sigma 1), 3 % never. Conversations: an hour of the day drawn from two peaks; the bot
answers after about a second; 30 % ask for a human, who takes them after a lognormal wait (median
35 s, sigma 1.1), answers after another (median 20 s) and again after each further question; the
bot's chats end after a day of silence. About ten messages and events to a conversation, so that
500,000 conversations make 5,000,000 desk events. 40 agents, 7 platforms, 14 categories and 80
products. Everything is drawn with a fixed seed.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from reports.conversations import Change, Said

DAYS = 120
BAD, NEVER = 0.22, 0.03
REVIEWS_A_CHAT = 2  # a million reviews beside half a million conversations
HOURS = (6, 3, 2, 1, 1, 1, 3, 8, 18, 34, 46, 48, 36, 34, 40, 44, 42, 38, 36, 48, 66, 72, 52, 22)
PLATFORMS = ("taobao", "tmall", "jd", "pdd", "douyin", "kuaishou", "house")
CATEGORIES = (
    "clothing", "shoes", "home", "food", "fresh", "toys", "books", "bags", "jewelry",
    "cosmetics", "electronics", "medical", "software", "other",
)  # fmt: skip
ASPECTS = ("quality", "logistics", "packaging", "service", "size_fit", "description", "effect")
REASONS = ("asked_human", "complaint", "repeated_failure", "policy_exception", "high_value")
AGENTS = tuple(f"agent-{number:02d}" for number in range(40))
SKUS = tuple(f"SKU-{number:03d}" for number in range(80))


@dataclass(frozen=True)
class Review:
    """One generated review; good ones owe no reply."""

    id: str
    posted_at: datetime
    is_bad: bool
    replied_at: datetime | None
    platform: str
    sku: str
    aspect: str
    agent: str


@dataclass(frozen=True)
class Chat:
    """One generated conversation with its messages and events."""

    id: str
    visitor: str
    begun_at: datetime
    platform: str
    sku: str
    reason: str | None
    said: list[Said]
    changes: list[Change]
    owner: str


def category_of(sku: str) -> str:
    """Give the category of a product."""
    return CATEGORIES[int(sku[-3:]) % len(CATEGORIES)]


def reviews(count: int, *, now: datetime, seed: int = 1) -> Iterator[Review]:
    """Yield reviews, the oldest first."""
    dice = random.Random(seed)
    step = timedelta(days=DAYS) / max(count, 1)
    at = now - timedelta(days=DAYS)
    for number in range(count):
        at += step
        is_bad = dice.random() < BAD
        replied_at = None
        if is_bad and dice.random() >= NEVER:
            after = timedelta(hours=dice.lognormvariate(2.2, 1.0))
            replied_at = at + after if at + after < now else None
        yield Review(
            f"r{number:035d}", at, is_bad, replied_at, dice.choice(PLATFORMS), dice.choice(SKUS),
            dice.choice(ASPECTS), dice.choice(AGENTS),
        )  # fmt: skip


def chats(count: int, *, now: datetime, seed: int = 2) -> Iterator[Chat]:
    """Yield conversations, the oldest day first."""
    dice = random.Random(seed)
    first = now - timedelta(days=DAYS)
    for number in range(count):
        day = first + timedelta(days=number * DAYS // max(count, 1))
        hour = dice.choices(range(24), HOURS)[0]
        at = day.replace(hour=0, minute=0) + timedelta(hours=hour, seconds=dice.uniform(0, 3600))
        yield _chat(number, min(at, now - timedelta(seconds=1)), dice, now)


def _chat(number: int, at: datetime, dice: random.Random, now: datetime) -> Chat:
    write = _Writer(at, now)
    sku, platform = dice.choice(SKUS), dice.choice(PLATFORMS)
    write.say("customer", 0)
    write.say("bot", dice.lognormvariate(0, 0.5))
    for _ in range(dice.choice((1, 2, 2, 3, 3))):
        write.say("customer", dice.lognormvariate(3, 0.7))
        write.say("bot", dice.lognormvariate(0, 0.5))
    reason = None
    if dice.random() < 0.3:
        reason = dice.choice(REASONS)
        _with_agent(write, dice, reason)
    else:
        write.change("close", 86400, "closed", reason="idle")
    return Chat(
        f"c{number:035d}", f"v{number:035d}", at, platform, sku, reason, write.said,
        write.changes, write.owner,
    )  # fmt: skip


def _with_agent(write: "_Writer", dice: random.Random, reason: str) -> None:
    agent = dice.choice(AGENTS)
    write.say("customer", dice.lognormvariate(3, 0.5))
    write.change("hand_off", 0, "queued", reason=reason)
    write.change("taken", dice.lognormvariate(3.55, 1.1), "agent", agent=agent)
    write.say("agent", dice.lognormvariate(3, 0.7), agent)
    for _ in range(dice.choice((2, 3, 4))):
        write.say("customer", dice.lognormvariate(3.8, 0.7))
        write.say("agent", dice.lognormvariate(3.7, 1), agent)
    write.change("close", dice.lognormvariate(4.5, 0.7), "closed", reason="solved")


class _Writer:
    """Writes one conversation down as time goes by, never past `now`."""

    def __init__(self, at: datetime, now: datetime) -> None:
        self.at, self.now = at, now
        self.said: list[Said] = []
        self.changes: list[Change] = []
        self.owner = "bot"

    def say(self, sender: str, after: float, author: str | None = None) -> None:
        self.at += timedelta(seconds=after)
        if self.at <= self.now:
            seq = len(self.said) + 1
            self.said.append(Said(self.at, sender, False, False, author, "…", seq))

    def change(self, kind: str, after: float, to: str, **detail: Any) -> None:
        self.at += timedelta(seconds=after)
        if self.at <= self.now:
            facts = {"from": self.owner, "to": to, **detail}
            self.changes.append(Change(self.at, kind, "someone", len(self.said), facts))
            self.owner = to
