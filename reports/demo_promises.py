"""Promises of the demo's past conversations: most kept, some late, a few broken or still open."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from reports.demo_record import DemoRecord
from shop.promises import PromiseKind, PromiseState
from storage.tables import new_id

SHARE = 0.3
HOURS = {
    PromiseKind.REFUND: 72,
    PromiseKind.RESEND: 48,
    PromiseKind.CALL_BACK: 2,
    PromiseKind.REPLY_BY: 4,
}


def draw_promise(
    chat: DemoRecord, words: dict[str, Sequence[str]], dice: random.Random, *, now: datetime
) -> dict[str, Any] | None:
    """Return what the agent of a conversation promised as a row, or None where she did not."""
    spoken = [one for one in chat.messages if one["author_id"] == chat.facts.get("agent_id")]
    if "agent_id" not in chat.facts or not spoken or dice.random() >= SHARE:
        return None
    kind = dice.choice(list(HOURS))
    made_at = spoken[-1]["at"]
    due_at = made_at + timedelta(hours=HOURS[kind])
    closed_at = made_at + (due_at - made_at) * dice.lognormvariate(-1.0, 0.8)
    is_open = closed_at > now
    return {
        "id": new_id(),
        "conversation_id": chat.id,
        "kind": kind.value,
        "text": dice.choice(words[kind.value]),
        "order_number": chat.order.number if chat.order is not None else None,
        "made_by": f"agent:{chat.facts['agent_id']}",
        "made_by_name": chat.facts["agent_name"],
        "made_at": made_at,
        "owner_id": chat.facts["agent_id"],
        "due_at": due_at,
        "state": (PromiseState.OPEN if is_open else PromiseState.KEPT).value,
        "broken_at": due_at if closed_at > due_at and due_at < now else None,
        "closed_at": None if is_open else closed_at,
        "closed_by": None if is_open else f"agent:{chat.facts['agent_id']}",
        "closing_note": "",
    }
