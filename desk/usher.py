"""The usher: gives waiting customers to agents, takes back the unanswered, ends the idle."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from desk.changes import SYSTEM, Speaker, end, give_back, take
from desk.office import Office
from desk.promises import needs_settling, settle
from desk.queue_rules import assign, is_present
from desk.queue_rules import give_back as must_give_back
from desk.rounds import Rounds
from desk.standing import read_agents, read_held, read_waiting
from desk.states import Owner
from desk.tables import DbConversation, DbPresence
from storage.staff import DbStaff

ROUND_SECONDS = 1.0
IDLE_EVERY_ROUNDS = 60
QUEUE_ACTOR = "queue"


class Usher:
    """Walks its round every second; several processes may do so, since each change is checked."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._rounds = Rounds(self._round, every=ROUND_SECONDS, name="desk-usher")
        self._round_number = 0
        self._opened_at = office.clock()

    def start(self) -> None:
        """Begin the rounds; agents have their full time again after a restart."""
        self._opened_at = self._office.clock()
        self._rounds.start()

    async def stop(self) -> None:
        """End the rounds."""
        await self._rounds.stop()

    async def _round(self) -> None:
        await self.take_back()
        await self.give_out()
        await self.settle_promises()
        if self._round_number % IDLE_EVERY_ROUNDS == 0:
            await self.end_idle()
        self._round_number += 1

    async def give_out(self) -> int:
        """Give the line to whoever accepts; returns how many found an agent."""
        now, policy = self._office.clock(), self._office.policy
        async with self._office.database.read() as session:
            waiting = await read_waiting(session)
            agents = await read_agents(session) if waiting else []
        given = assign(waiting, agents, policy, now=now)
        for one, agent in given:
            await self._give(one.conversation, agent.id)
        return len(given)

    async def take_back(self) -> int:
        """Return to the line whatever was not answered in time; returns how many."""
        now, policy = self._office.clock(), self._office.policy
        async with self._office.database.read() as session:
            agents = {agent.id: agent for agent in await read_agents(session)}
            present = [key for key, agent in agents.items() if is_present(agent, policy, now=now)]
            held = await read_held(session, present=present)
        returned = 0
        for one in held:
            # Nobody could answer while the server was down.
            since = replace(one, assigned_at=max(one.assigned_at, self._opened_at))
            why = must_give_back(since, agents, policy, now=now)
            if why is None:
                continue
            async with self._office.write() as pen:
                row = await pen.conversation(one.conversation)
                still = row.owner == Owner.AGENT and row.agent_id == one.agent
                if still and row.assigned_at == one.assigned_at and row.waiting_since is not None:
                    give_back(pen, row, why=why)
                    returned += 1
        return returned

    async def end_idle(self) -> int:
        """End conversations with the bot that have been silent for long; returns how many."""
        idle = timedelta(hours=self._office.policy.close.idle_hours)
        now = self._office.clock()
        query = (
            select(DbConversation.id)
            .where(DbConversation.owner == Owner.BOT, DbConversation.updated_at < now - idle)
            .limit(100)
        )
        async with self._office.database.read() as session:
            ids = list(await session.scalars(query))
        for conversation in ids:
            async with self._office.write() as pen:
                row = await pen.conversation(conversation)
                if row.owner == Owner.BOT and row.last_customer_seq <= row.bot_done_seq:
                    end(pen, row, actor=SYSTEM, reason="idle", detail={})
        return len(ids)

    async def settle_promises(self) -> int:
        """Close promises that are fulfilled and count broken ones; returns how many changed."""
        async with self._office.database.read() as session:
            if not await needs_settling(session, now=self._office.clock()):
                return 0
        async with self._office.write() as pen:
            return await settle(pen)

    async def _give(self, conversation: str, staff_id: str) -> None:
        async with self._office.write() as pen:
            row = await pen.conversation(conversation)
            staff = await pen.session.get(DbStaff, staff_id)
            presence = await pen.session.get(DbPresence, staff_id)
            if row.owner != Owner.QUEUED or staff is None or presence is None:
                return
            presence.idle_since = pen.now
            take(pen, row, Speaker(staff.id, staff.name), actor=QUEUE_ACTOR)
