"""What a chat through faults must have kept, counted in the database and in every window."""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from bench.chat_clients import Agent, Customer
from desk.tables import DbMessage


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What went wrong (nothing should) and how much was tried.

    `unanswered` counts texts to which no agent's answer reached the customer's log, `notes` the
    answers that came after the talk had gone to somebody else (the desk keeps them as notes, and
    the new owner answers).
    """

    acknowledged: int = 0
    answered: int = 0
    unanswered: int = 0
    notes: int = 0
    lost: int = 0
    doubled: int = 0
    misordered: int = 0
    missing_in_a_window: int = 0
    kills: int = 0
    cuts: int = 0
    reconnects: int = 0

    def __add__(self, other: "Findings") -> "Findings":
        """Return the sums."""
        names = [each.name for each in fields(self)]
        return Findings(**{name: getattr(self, name) + getattr(other, name) for name in names})

    def as_record(self) -> dict[str, Any]:
        """Return it as one JSON object."""
        return {**asdict(self), "clean": self.is_clean}

    @property
    def is_clean(self) -> bool:
        """Say whether every promise held and every text has its answer."""
        wrong = self.lost or self.doubled or self.misordered or self.missing_in_a_window
        return not (wrong or self.unanswered)


def count_talk(stored: Sequence[DbMessage], customer: Customer, staff: Sequence[Agent]) -> Findings:
    """Count one conversation: `stored` is all of it, in order."""
    by_client = Counter(row.client_id for row in stored if row.client_id)
    answers = Counter(row.text for row in stored if row.sender == "agent" and not row.internal)
    wanted = [staff[0].answer_to(text) for text in _texts(stored)]
    conversation = customer.conversation or ""
    return Findings(
        acknowledged=len(customer.acknowledged),
        answered=sum(answers[text] > 0 for text in wanted),
        unanswered=sum(answers[text] == 0 for text in wanted),
        notes=sum(row.sender == "agent" and row.internal for row in stored),
        lost=sum(by_client[key] == 0 for key in customer.acknowledged)
        + sum(_lost_answers(stored, agent, conversation) for agent in staff),
        doubled=sum(count > 1 for count in by_client.values())
        + sum(count > 1 for count in answers.values()),
        misordered=_wrong_numbers(stored, customer),
        missing_in_a_window=_differs(customer, stored)
        + sum(_has_gap(agent, conversation) for agent in staff),
    )


def _texts(stored: Sequence[DbMessage]) -> list[str]:
    return [row.text for row in stored if row.sender == "customer" and row.kind == "text"]


def _wrong_numbers(stored: Sequence[DbMessage], customer: Customer) -> int:
    numbers = [row.seq for row in stored]
    wrong = sum(later != earlier + 1 for earlier, later in itertools.pairwise(numbers))
    by_client = {row.client_id: row.seq for row in stored}
    wrong += sum(by_client.get(key, seq) != seq for key, seq in customer.acknowledged.items())
    said = _texts(stored)
    return wrong + (said != sorted(said, key=lambda text: int(text[1:-1])))


def _lost_answers(stored: Sequence[DbMessage], agent: Agent, conversation: str) -> int:
    """Count answers that were confirmed to this agent but stand elsewhere or nowhere."""
    by_client = {row.client_id: row.seq for row in stored if row.client_id}
    return sum(
        by_client.get(client_id) != seq
        for client_id, (where, seq) in agent.confirmed.items()
        if where == conversation
    )


def _has_gap(agent: Agent, conversation: str) -> bool:
    """Say whether an agent, who sees notes too, missed a number between her first and last."""
    seqs = [message["seq"] for message in agent.shown.get(conversation, [])]
    return bool(seqs) and seqs != list(range(seqs[0], seqs[-1] + 1))


def _differs(customer: Customer, stored: Sequence[DbMessage]) -> bool:
    """Say whether the customer's window showed anything twice, out of order, or not at all."""
    visible = [row.seq for row in stored if not row.internal]
    return [message["seq"] for message in customer.shown] != visible
