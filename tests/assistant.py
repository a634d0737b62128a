"""Talks with the actions as Rasa does: rules by intent, forms that hear, reject and ask again.

What is Rasa's own (understanding, its form loop) is tested with Rasa itself under tests/bot; this
keeps conversations with the actions and a real database fast.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.database import use_database
from storage.engine import Database

ROOT = Path(__file__).parents[1]
PHOTO = "/chat-images/photo-1?key=k"
SUBMITS = {
    "order_proof_form": "action_after_proof",
    "address_form": "action_submit_address",
    "return_form": "action_submit_return",
    "invoice_form": "action_submit_invoice",
}


def _rules() -> dict[str, str]:
    found: dict[str, str] = {}
    for file in (ROOT / "data" / "rules").glob("*.yml"):
        for rule in yaml.safe_load(file.read_text())["rules"]:
            if "intent" in rule["steps"][0]:
                found[rule["steps"][0]["intent"]] = rule["steps"][1]["action"]
    return found


def _responses() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for file in (ROOT / "bot" / "domain").glob("*.yml"):
        found |= yaml.safe_load(file.read_text()).get("responses") or {}
    return found


RULES = _rules()
RESPONSES = _responses()


@dataclass
class Said:
    """What the bot said in one turn."""

    messages: list[dict[str, Any]]

    @property
    def names(self) -> list[str]:
        """The responses, by name, without the introduction."""
        named = [str(m["response"]) for m in self.messages if m.get("response")]
        return [name for name in named if name != "utter_introduction"]

    @property
    def text(self) -> str:
        """The words, filled in."""
        return "\n".join(_filled(m) for m in self.messages if m.get("response"))

    @property
    def buttons(self) -> list[dict[str, str]]:
        """The buttons that actions put there, not those of the domain."""
        return [button for m in self.messages for button in m.get("buttons") or []]

    @property
    def handoff(self) -> dict[str, Any] | None:
        """The handoff among the messages, if there is one."""
        found = [m["custom"]["handoff"] for m in self.messages if "handoff" in (m["custom"] or {})]
        return found[-1] if found else None

    def card(self, kind: str) -> Any:
        """The card of this kind."""
        return next(m["custom"][kind] for m in self.messages if kind in (m["custom"] or {}))


def _filled(message: dict[str, Any]) -> str:
    return str(RESPONSES[message["response"]][0]["text"]).format_map(message)


@dataclass
class Chat:
    """One conversation: its slots, its open form, and who is talking."""

    database: Database
    now: datetime
    customer: str | None = None
    conversation: str = "conversation-1"
    slots: dict[str, Any] = field(default_factory=dict)
    form: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    _message: dict[str, Any] = field(default_factory=dict)
    _executor: ActionExecutor = field(default_factory=ActionExecutor)
    _said: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        use_database(self.database, clock=lambda: self.now)
        self._executor.register_package("actions")

    async def say(
        self,
        text: str,
        intent: str,
        *,
        images: bool = False,
        ranking: dict[str, float] | None = None,
        first: str = "",
        **entities: str,
    ) -> Said:
        """Say a line that understanding reads as `intent` with these entities.

        `first` is the piece that opens the line and holds its second intent.
        """
        metadata = {"conversation": self.conversation, "customer_id": self.customer}
        if images:
            metadata["images"] = [PHOTO]  # type: ignore[assignment]
        self._message = {
            "text": text,
            "intent": {"name": intent},
            "intent_ranking": [
                {"name": name, "confidence": p} for name, p in (ranking or {}).items()
            ],
            "entities": [
                {"entity": k, "value": v, "start": 0, "end": len(first or text)}
                for k, v in entities.items()
            ],
            "metadata": metadata,
        }
        self._said = []
        self.events = [{"event": "user", "text": text}]
        open_before = self.form
        if self.form is None or not await self._hear():
            await self._act(RULES[intent])
            if self.form is not None and self.form == open_before:
                await self._loop()
        return Said(self._said)

    async def tap(self, button: dict[str, str]) -> Said:
        """Tap a button whose payload is a command."""
        intent, _, entities = button["payload"][1:].partition("{")
        values = yaml.safe_load("{" + entities) if entities else {}
        return await self.say(button["payload"], intent, **values)

    async def tap_title(self, title: str) -> Said:
        """Tap a button that says its own title; a form reads it."""
        return await self.say(title, "nlu_fallback")

    async def _hear(self) -> bool:
        """Let the open form hear the line; False if it rejects it."""
        before, form = len(self._said), str(self.form)
        changed = await self._run(f"validate_{self.form}")
        if not any(name != "requested_slot" for name in changed):
            del self._said[before:]
            return False
        await self._ask(form)
        return True

    async def _loop(self) -> None:
        """Come back to a form that a rule answered beside, or open one."""
        form = str(self.form)
        await self._run(f"validate_{form}")
        await self._ask(form)

    async def _ask(self, form: str) -> None:
        asked = self.slots.get("requested_slot")
        if asked is None:
            self.form = None
            await self._act(SUBMITS[form])
            return
        action = f"action_ask_{form}_{asked}"
        if action in self._executor.actions:
            await self._run(action)
        else:
            self._said.append({"response": f"utter_ask_{asked}", "custom": {}})

    async def _act(self, action: str) -> None:
        await self._run(action)
        follow = [e["name"] for e in self.events if e.get("event") == "followup"]
        if follow:
            self.form = follow[-1]
            self.slots["requested_slot"] = None
            self.events = [e for e in self.events if e.get("event") != "followup"]
            await self._loop()

    async def _run(self, action: str) -> set[str]:
        """Run one action and apply its events; return the slots that it set."""
        tracker = Tracker(
            self.conversation,
            dict(self.slots),
            self._message,
            list(self.events),
            False,
            None,
            {"name": self.form} if self.form else {},
            "action_listen",
        )
        dispatcher = CollectingDispatcher()
        events = await self._executor.actions[action](dispatcher, tracker, {})
        self._said += dispatcher.messages
        self.events.append({"event": "action", "name": action})
        changed = set()
        for event in events:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
                changed.add(event["name"])
            elif event["event"] == "active_loop":
                self.form = event["name"]
            self.events.append(event)
        return changed
