"""What tests of the desk share: people who come, and a clock that tests move."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.changes import Speaker
from desk.messages import Message
from desk.office import Office, messages_after
from desk.tables import DbConversation
from desk.visitors import arrive
from storage.staff import DbStaff, Role


@dataclass
class Clock:
    """The moment that the office believes in."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


async def add_agent(office: Office, name: str, *, skills: tuple[str, ...] = ()) -> Speaker:
    async with office.database.write() as session:
        staff = DbStaff(
            login=name,
            name=name,
            role=Role.AGENT,
            skills=list(skills),
            password_hash="-",
            created_at=office.clock(),
        )
        session.add(staff)
    return Speaker(staff.id, name)


async def visit(office: Office) -> str:
    async with office.write() as pen:
        arrival = await arrive(pen, office.policy, token=None, conversation_id=None)
    return arrival.conversation.id


async def conversation(office: Office, conversation_id: str) -> DbConversation:
    async with office.database.read() as session:
        row = await session.get(DbConversation, conversation_id)
    assert row is not None
    return row


async def said(office: Office, conversation_id: str, *, internal: bool = True) -> list[Message]:
    async with office.database.read() as session:
        return list(await messages_after(session, conversation_id, 0, internal=internal))
