"""What the bot remembers of the conversations it is in: as objects, and not for ever."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import (
    DialogueStateTracker,
    get_trackers_for_conversation_sessions,
)

from live.kept_tracker import KeptTracker


class RecentTrackers(TrackerStore):
    """The `keep` conversations spoken in last; the desk's database holds the words of all.

    Rasa's in-memory store writes a conversation as JSON after every message and builds it anew
    from that before the next, and never forgets one.
    """

    def __init__(
        self,
        domain: Domain | None,
        event_broker: EventBroker | None = None,
        keep: int = 5000,
        **_settings: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self._keep = int(keep)
        self._trackers: OrderedDict[str, DialogueStateTracker] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the tracker and forget the one that was spoken in longest ago."""
        await self.stream_events(tracker)
        self._trackers[tracker.sender_id] = KeptTracker.of(tracker)
        self._trackers.move_to_end(tracker.sender_id)
        if len(self._trackers) > self._keep:
            self._trackers.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return a copy of the latest session, so that a turn that fails leaves no trace."""
        tracker = await self.retrieve_full_tracker(sender_id)
        if tracker is None:
            return None
        if sum(map(_begins_session, tracker.events)) <= 1:
            return tracker
        return KeptTracker.of(get_trackers_for_conversation_sessions(tracker)[-1])

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Return a copy of all that is kept of the conversation."""
        tracker = self._trackers.get(conversation_id)
        return None if tracker is None else tracker.copy()

    def init_tracker(self, sender_id: str) -> KeptTracker:
        """Return a new conversation."""
        return KeptTracker(sender_id, self.domain.slots, max_event_history=self.max_event_history)

    async def keys(self) -> Iterable[str]:
        """Return the conversations that are kept."""
        return self._trackers.keys()


def _begins_session(event: Event) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_SESSION_START_NAME
