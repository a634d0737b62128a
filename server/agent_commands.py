"""What an agent asks for over the console's socket: each frame obeyed, or refused with a reason."""

from typing import Any

from aiohttp import web

from compliance import Outcome, check
from desk import changes, wording
from desk.agent_frames import (
    AgentFrame,
    AgentHello,
    AgentRead,
    AgentTyping,
    Answer,
    Close,
    HandBack,
    Heartbeat,
    Note,
    Reopen,
    SetStatus,
    Take,
    Transfer,
    Undo,
    Unwatch,
    Watch,
    agent_frame,
)
from desk.changes import NotYoursError, Speaker, StaleError
from desk.feed import Signal
from desk.incoming import EmptyTextError, TextTooLongError
from desk.messages import instant
from desk.ownership import NotPossibleError
from desk.pen import NoSuchConversationError
from desk.pictures import BadPictureError
from desk.presence import set_status
from desk.promises import keep_call_backs
from desk.protocol import (
    LONGEST_TEXT,
    BadFrameError,
    CloseCode,
    Ping,
    RefusalCode,
    ToAgent,
)
from desk.speaking import answer, note, spoken
from desk.undoing import TooLateError, undo
from server.access import Permission, roles_with
from server.agent_view import AgentView
from server.chat_images import find_picture
from server.connection import Connection
from server.desk_office import Desk
from server.guard import logged_in
from server.sessions import Person
from server.wording_check import verdict_view
from storage.staff import DbStaff, Role

LEADS = frozenset({Role.LEAD, Role.MANAGER, Role.ADMIN})


class NoSuchAgentError(LookupError):
    """Nobody by this id works at the desk."""


class WordingError(Exception):
    """The wording check objects; `verdict` says to what."""

    def __init__(self, verdict: dict[str, Any]) -> None:
        super().__init__(self.__doc__)
        self.verdict = verdict


class AgentCommands:
    """One agent's side: obeys or refuses each frame."""

    def __init__(
        self,
        request: web.Request,
        connection: Connection,
        desk: Desk,
        person: Person,
        view: AgentView,
    ) -> None:
        self._request = request
        self._connection = connection
        self._desk = desk
        self._view = view
        self._person = person
        self._me = Speaker(person.id, person.name, may_take_over=person.role in LEADS)

    async def obey(self, raw: str) -> None:
        """Do what one frame asks, or say why not."""
        try:
            frame = agent_frame(raw)
        except BadFrameError as error:
            self._refuse(None, RefusalCode.BAD_FRAME, wording.BAD_FRAME, reason=error.reason)
            return
        ref = getattr(frame, "ref", None)
        try:
            done = await self._do(frame)
        except TextTooLongError as error:
            text = wording.TOO_LONG.format(length=f"{error.length:,}")
            self._refuse(ref, RefusalCode.TOO_LONG, text, limit=LONGEST_TEXT)
        except WordingError as error:
            text = wording.REFUSED_WORDING
            self._refuse(ref, RefusalCode.WORDING, text, verdict=error.verdict)
        except tuple(_REFUSALS) as error:
            code, text = _REFUSALS[type(error)]
            self._refuse(ref, code, text)
        else:
            if ref is not None and done is not None:
                self._connection.offer({"type": ToAgent.DONE, "ref": ref, **done})

    async def _do(self, frame: AgentFrame) -> dict[str, Any] | None:
        match frame:
            case Answer():
                return await self._answer(frame)
            case Note():
                return await self._note(frame)
            case Take() | Transfer() | HandBack() | Close() | Reopen() | Undo():
                return await self._change(frame)
            case Watch():
                await self._view.watch(frame.conversation, after=frame.after, ref=frame.ref)
            case Unwatch():
                await self._view.unwatch(frame.conversation)
            case SetStatus():
                async with self._desk.office.write() as pen:
                    await set_status(pen.session, self._me.id, frame.status, now=pen.now)
                return {"status": frame.status}
            case Heartbeat():
                await self._heartbeat()
            case AgentTyping():
                self._type(frame)
            case AgentRead():
                await self._read(frame)
            case Ping():
                self._connection.offer({"type": ToAgent.PONG})
            case AgentHello():
                self._refuse(None, RefusalCode.NOT_ALLOWED, wording.BAD_FRAME)
        return None

    async def _answer(self, frame: Answer) -> dict[str, Any]:
        image = await find_picture(self._desk, frame.conversation, frame.attachment)
        draft = spoken(self._me, frame.text, client_id=frame.client_id, image=image)
        overridden = self._check_wording(frame, draft.text)
        async with self._desk.office.write() as pen:
            row = await pen.conversation(frame.conversation)
            known = await pen.find_said([(row.id, frame.client_id)])
            message = known.get((row.id, frame.client_id))
            if message is None:
                message = answer(pen, row, self._me, draft, epoch=frame.epoch)
                if not message.draft.internal:
                    await keep_call_backs(pen, row, actor=self._me.actor)
                if overridden:
                    detail = {"rules": overridden, "seq": message.seq}
                    pen.event(row, "sent_despite_warning", actor=self._me.actor, detail=detail)
        kept = "stale" if message.draft.internal else None
        return {"seq": message.seq, "at": instant(message.at), "kept_as_note": kept}

    def _check_wording(self, frame: Answer, text: str) -> list[str]:
        """Return the rules that the agent overrides; raises WordingError where she may not."""
        verdict = check(text, channel="chat")
        is_blocked = verdict.outcome is Outcome.BLOCK
        if is_blocked or (verdict.outcome is Outcome.WARN and not frame.despite_warning):
            raise WordingError(verdict_view(text, verdict))
        return sorted(verdict.rules)

    async def _note(self, frame: Note) -> dict[str, Any]:
        draft = note(self._me, frame.text, client_id=frame.client_id)
        async with self._desk.office.write() as pen:
            row = await pen.conversation(frame.conversation)
            known = await pen.find_said([(row.id, frame.client_id)])
            message = known.get((row.id, frame.client_id)) or pen.say(row, draft)
        return {"seq": message.seq, "at": instant(message.at)}

    async def _change(
        self, frame: Take | Transfer | HandBack | Close | Reopen | Undo
    ) -> dict[str, Any]:
        rules, me = self._desk.office.rules, self._me
        async with self._desk.office.write() as pen:
            row = await pen.conversation(frame.conversation)
            match frame:
                case Take():
                    changes.take(pen, row, me, epoch=frame.epoch)
                case Transfer(to_agent=None):
                    skill = frame.to_skill or ""
                    await changes.transfer_to_skill(
                        pen, row, me, rules, skill=skill, epoch=frame.epoch
                    )
                case Transfer():
                    to = await self._find_agent(pen.session, frame.to_agent or "")
                    changes.transfer(pen, row, me, to, epoch=frame.epoch)
                case HandBack():
                    changes.hand_back(pen, row, me, epoch=frame.epoch)
                case Close():
                    changes.close(pen, row, me, reason=frame.reason, epoch=frame.epoch)
                case Reopen():
                    changes.reopen(pen, row, me)
                case Undo():
                    await undo(pen, row, me, rules, epoch=frame.epoch)
            if isinstance(frame, Transfer | Close) and frame.note.strip():
                pen.say(row, note(me, frame.note, client_id=frame.ref))
        return {"epoch": row.owner_epoch}

    async def _find_agent(self, session: Any, staff_id: str) -> Speaker:
        staff = await session.get(DbStaff, staff_id)
        may_chat = staff is not None and staff.role in roles_with(Permission.CHAT)
        if staff is None or staff.disabled_at is not None or not may_chat:
            raise NoSuchAgentError
        return Speaker(staff.id, staff.name)

    async def _heartbeat(self) -> None:
        person = await logged_in(self._request)
        if person is None or not person.may(Permission.CHAT):
            await self._connection.close(CloseCode.LOG_IN, "log in again")
            return
        self._desk.beats.note(self._me.id)

    def _type(self, frame: AgentTyping) -> None:
        me = {"sender": "agent", "agent": self._me.id, "name": self._me.name}
        self._desk.office.feed.signal(Signal(frame.conversation, "typing", {**me, "on": frame.on}))
        if frame.on:
            self._desk.beats.note_writing(frame.conversation, self._me.id)

    async def _read(self, frame: AgentRead) -> None:
        async with self._desk.office.write() as pen:
            row = await pen.conversation(frame.conversation)
            if frame.seq <= row.agent_read_seq:
                return
            row.agent_read_seq = min(frame.seq, row.last_seq)
            if row.agent_read_seq >= row.last_customer_seq:
                row.unread = 0
            pen.touch(row)
        signal = Signal(frame.conversation, "read", {"by": "agent", "seq": frame.seq})
        self._desk.office.feed.signal(signal)

    def _refuse(self, ref: str | None, code: RefusalCode, text: str, **more: Any) -> None:
        frame = {"type": ToAgent.REFUSED, "ref": ref, "code": code, "text": text}
        self._connection.offer(frame | more)


_REFUSALS: dict[type[Exception], tuple[RefusalCode, str]] = {
    BadPictureError: (RefusalCode.BAD_ATTACHMENT, wording.BAD_ATTACHMENT),
    EmptyTextError: (RefusalCode.EMPTY, wording.EMPTY),
    NoSuchConversationError: (RefusalCode.NOT_FOUND, wording.REFUSED_NOT_FOUND),
    NoSuchAgentError: (RefusalCode.NOT_FOUND, wording.REFUSED_NO_AGENT),
    NotYoursError: (RefusalCode.NOT_YOURS, wording.REFUSED_NOT_YOURS),
    StaleError: (RefusalCode.STALE, wording.REFUSED_STALE),
    NotPossibleError: (RefusalCode.NOT_ALLOWED, wording.REFUSED_NOT_POSSIBLE),
    TooLateError: (RefusalCode.TOO_LATE, wording.REFUSED_TOO_LATE),
}
