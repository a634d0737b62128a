"""Opens the desk inside the web program: its workers start and stop with the server."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web
from sqlalchemy import update

from compliance import get_checker
from desk.beats import Beats
from desk.board import Board
from desk.bot_client import BotClient
from desk.feed import Signal
from desk.forgetting import Keeping
from desk.intake import Intake
from desk.lists import Lists
from desk.office import Office
from desk.opening import ShopHours
from desk.policy import read_desk_policy
from desk.relay import Relay
from desk.rising import Rising
from desk.rounds import Rounds
from desk.states import Sender
from desk.tables import DbConversation
from desk.usher import Usher
from desk.watch import Watch
from server.connection import ROUND_SECONDS, SOCKETS, Sockets, close_all
from server.keys import DATABASE, SETTINGS
from sla.policies import read_policies


@dataclass(frozen=True)
class Desk:
    """The parts of the desk that handlers use; `online` counts widgets by conversation."""

    office: Office
    intake: Intake
    relay: Relay
    board: Board
    usher: Usher
    lists: Lists
    beats: Beats
    ticket_secret: bytes
    burst: int
    per_second: float
    online: Counter[str] = field(default_factory=Counter)

    def is_online(self, conversation: str) -> bool:
        """Say whether a widget of this conversation is connected to this process."""
        return self.online[conversation] > 0

    def signal_typing(self, conversation: str, on: bool) -> None:
        """Tell the desk that a customer is writing."""
        facts = {"sender": Sender.CUSTOMER, "on": on}
        self.office.feed.signal(Signal(conversation, "typing", facts))

    async def note_read(self, conversation: str, seq: int) -> None:
        """Keep how far a customer has read, and tell the desk."""
        async with self.office.database.write() as session:
            await session.execute(
                update(DbConversation)
                .where(DbConversation.id == conversation, DbConversation.customer_read_seq < seq)
                .values(customer_read_seq=seq)
            )
        self.office.feed.signal(Signal(conversation, "read", {"by": "customer", "seq": seq}))


DESK = web.AppKey("desk", Desk)


def add_routes(app: web.Application) -> None:
    """Put the desk together; its routes are those of the sockets and of desk_api."""
    settings = app[SETTINGS]
    policy = read_desk_policy()
    clocks = read_policies()
    hours = ShopHours(clocks, policy.opening.calendar)
    office = Office(app[DATABASE], policy, hours, clocks=clocks)
    bot_timeout = timedelta(seconds=settings.bot_timeout_seconds)
    bot = BotClient(settings.bot_url, timeout=bot_timeout, rules=policy.bot)
    relay = Relay(
        office,
        bot,
        bot_timeout=bot_timeout,
        on_typing=lambda conversation, on: office.feed.signal(
            Signal(conversation, "typing", {"sender": Sender.BOT, "on": on})
        ),
    )
    app[SOCKETS] = Sockets()
    app[DESK] = Desk(
        office,
        Intake(office),
        relay,
        Board(office),
        Usher(office),
        Lists(office),
        Beats(office),
        settings.ticket_secret(),
        settings.chat_burst,
        settings.chat_per_second,
    )

    async def at_work(app: web.Application) -> AsyncIterator[None]:
        desk = app[DESK]
        parts = (
            desk.intake,
            desk.relay,
            Rising(desk.office, bot),
            desk.board,
            desk.usher,
            desk.lists,
            desk.beats,
            Watch(desk.office),
            Keeping(desk.office),
            Rounds(app[SOCKETS].heartbeat, every=ROUND_SECONDS, name="heartbeat"),
        )
        await asyncio.to_thread(get_checker)  # compiled now, not at the first agent's answer
        for part in parts:
            part.start()
        yield
        for part in reversed(parts):
            await part.stop()
        await bot.close()

    app.cleanup_ctx.append(at_work)
    app.on_shutdown.append(close_all)
