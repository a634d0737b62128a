"""A conversation that is copied as it is, and remembers what its rules have seen of it."""

from dataclasses import replace
from typing import Any

from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker


class KeptTracker(DialogueStateTracker):
    """Rasa's tracker, of which a turn needs a handful of copies and three looks at the past.

    Rasa copies a tracker by applying all its events to a new one, and finds the states that its
    rules ask for in the same way, so that each turn costs the more the longer the conversation.
    """

    def __init__(self, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        self._past = _Past()
        self._applied: tuple[int, Event | None, list[Event]] = (0, None, [])

    @classmethod
    def of(cls, tracker: DialogueStateTracker) -> "KeptTracker":
        """Return a copy of this kind."""
        if isinstance(tracker, KeptTracker):
            return tracker.copy()
        slots, most = tracker.slots.values(), tracker._max_event_history
        kept: KeptTracker = cls.from_events(tracker.sender_id, list(tracker.events), slots, most)
        return kept

    def copy(self) -> "KeptTracker":
        """Return a tracker in the same state; of the model it knows nothing, as with Rasa's."""
        twin = KeptTracker.__new__(KeptTracker)
        twin.__dict__.update(self.__dict__)
        twin.events = self.events.copy()
        twin.slots = type(self.slots)((name, _twin(slot)) for name, slot in self.slots.items())
        if self.active_loop is not None:
            twin.active_loop = replace(self.active_loop)
        twin.sender_source = twin.model_id = twin.assistant_id = None
        return twin

    def applied_events(self) -> list[Event]:
        """Return the events that count, without those that were taken back."""
        count, last = len(self.events), self.events[-1] if self.events else None
        if self._applied[0] != count or self._applied[1] is not last:
            self._applied = count, last, super().applied_events()
        return list(self._applied[2])

    def past_states(
        self,
        domain: Domain,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        """Return the state before each action, and the present one."""
        if omit_unset_slots or ignore_rule_only_turns:
            return super().past_states(
                domain, omit_unset_slots, ignore_rule_only_turns, rule_only_data
            )
        return self._past.states(self, domain)


class _Past:
    """The states before each action so far, by the events that led to them.

    Copies of a tracker share one: what is asked of it is checked against the events each time.
    """

    def __init__(self) -> None:
        self._domain: Domain | None = None
        self._events: list[Event] = []
        self._states: list[State] = []
        self._read_as: list[tuple[UserUttered, bool | None]] = []
        self._replayed: DialogueStateTracker | None = None

    def states(self, tracker: DialogueStateTracker, domain: Domain) -> list[State]:
        applied = tracker.applied_events()
        if self._replayed is None or not self._leads_to(applied, domain):
            self._begin(tracker, domain)
        for event in applied[len(self._events) :]:
            if isinstance(event, ActionExecuted):
                self._keep_state(domain)
            # Slots that rules do not look at are not kept a second time.
            if not isinstance(event, SlotSet) or event.key in self._replayed.slots:
                self._replayed.update(event)
        self._events = applied
        # Who asks takes parts out of them.
        past = [{kind: dict(part) for kind, part in state.items()} for state in self._states]
        return [*past, domain.get_active_state(self._replayed)]

    def _keep_state(self, domain: Domain) -> None:
        self._states.append(domain.get_active_state(self._replayed))
        message = self._replayed.latest_message
        self._read_as.append((message, message.use_text_for_featurization))

    def _leads_to(self, applied: list[Event], domain: Domain) -> bool:
        known = len(self._events)
        return (
            domain is self._domain
            and known <= len(applied)
            and all(mine is its for mine, its in zip(self._events, applied, strict=False))
            # The one thing about an event that a later one changes.
            and all(said.use_text_for_featurization == how for said, how in self._read_as)
        )

    def _begin(self, tracker: DialogueStateTracker, domain: Domain) -> None:
        seen = [slot for slot in tracker.slots.values() if slot.influence_conversation]
        self._domain, self._events, self._states, self._read_as = domain, [], [], []
        self._replayed = DialogueStateTracker(tracker.sender_id, seen)


def _twin(slot: Slot) -> Slot:
    """Return what copy.copy returns, in a fifth of the time."""
    twin: Slot = object.__new__(type(slot))
    twin.__dict__.update(slot.__dict__)
    return twin
