"""The waiting line as pure rules: who is next, which agent gets whom, who waits how long."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from desk.policy import DeskPolicy
from desk.states import AgentStatus

FREE_AGENT_WAIT = timedelta(seconds=30)
CAUTION = 1.25


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One customer in the line."""

    conversation: str
    reason: str
    queued_at: datetime
    tier: str | None = None
    skill: str | None = None
    own_agent: str | None = None
    missed_by: str | None = None
    missed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Agent:
    """One agent; `load` counts the conversations that are hers now."""

    id: str
    status: AgentStatus
    heartbeat_at: datetime
    capacity: int
    load: int
    idle_since: datetime
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Held:
    """One conversation that an agent owns."""

    conversation: str
    agent: str
    assigned_at: datetime
    answered_at: datetime | None
    waiting_since: datetime | None
    wrote_at: datetime | None = None


class GiveBack(StrEnum):
    """Why a conversation returns to the line."""

    NO_ANSWER = "no_answer"
    GONE = "gone"


def line(waiting: Iterable[Waiting], policy: DeskPolicy, *, now: datetime) -> list[Waiting]:
    """Return the customers in the order in which they will be served."""
    return sorted(waiting, key=lambda one: (*_rank(one, policy, now), one.conversation))


def is_present(agent: Agent, policy: DeskPolicy, *, now: datetime) -> bool:
    """Say whether the agent is at the desk: a fresh heartbeat and not away."""
    fresh = now - agent.heartbeat_at <= policy.present_for
    return fresh and agent.status is not AgentStatus.AWAY


def assign(
    waiting: Iterable[Waiting], agents: Iterable[Agent], policy: DeskPolicy, *, now: datetime
) -> list[tuple[Waiting, Agent]]:
    """Give the line to agents who accept, until the line or their room is used up."""
    free = {agent.id: agent for agent in agents if _accepts(agent, policy, now)}
    given = []
    for one in line(waiting, policy, now=now):
        agent = _best(one, free.values(), policy, now)
        if agent is None:
            continue
        given.append((one, agent))
        free[agent.id] = replace(agent, load=agent.load + 1, idle_since=now)
    return given


def give_back(
    held: Held, agents: dict[str, Agent], policy: DeskPolicy, *, now: datetime
) -> GiveBack | None:
    """Say why this conversation must return to the line, or None if it may stay."""
    if held.waiting_since is None:
        return None
    agent = agents.get(held.agent)
    if agent is None or not is_present(agent, policy, now=now):
        # A page that reloads is not an agent who left: the assignment itself counts as a sign.
        if now - held.assigned_at > policy.present_for:
            return GiveBack.GONE
        return None
    if held.answered_at is None and now > answer_due(held, policy):
        return GiveBack.NO_ANSWER
    return None


def answer_due(held: Held, policy: DeskPolicy) -> datetime:
    """Return by when the first answer must be sent; writing puts it off, but not for ever."""
    due = held.assigned_at + policy.reply_within
    if held.wrote_at is None or held.wrote_at < held.assigned_at:  # of an earlier assignment
        return due
    latest = held.assigned_at + policy.reply_while_writing
    return min(max(due, held.wrote_at + policy.writing_counts), latest)


def expected_wait(
    position: int,
    agents: Sequence[Agent],
    gaps: Sequence[timedelta],
    policy: DeskPolicy,
    *,
    now: datetime,
) -> timedelta | None:
    """Estimate the wait from position 1 on; None where an honest number is not known.

    `gaps` are the times between the last takes of waiting customers.
    """
    present = [agent for agent in agents if is_present(agent, policy, now=now)]
    if not present:
        return None
    room = sum(max(agent.capacity - agent.load, 0) for agent in present)
    if room >= position:
        return FREE_AGENT_WAIT * position
    if len(gaps) < 3:
        return None
    return sum(gaps, timedelta()) / len(gaps) * position * CAUTION


def _rank(one: Waiting, policy: DeskPolicy, now: datetime) -> tuple[int, datetime]:
    rules = policy.queue
    group = next(
        (index for index, reasons in enumerate(rules.reasons) if one.reason in reasons),
        len(rules.reasons) - 1,
    )
    if group == 0:
        return 0, one.queued_at
    steps = len(rules.tiers) + 1
    tier = rules.tiers.index(one.tier) if one.tier in rules.tiers else len(rules.tiers)
    waited = (now - one.queued_at) // timedelta(seconds=rules.promote_every_seconds)
    return max((group - 1) * steps + tier + 1 - max(waited, 0), 1), one.queued_at


def _accepts(agent: Agent, policy: DeskPolicy, now: datetime) -> bool:
    return agent.status is AgentStatus.ACCEPTING and is_present(agent, policy, now=now)


def _best(one: Waiting, agents: Iterable[Agent], policy: DeskPolicy, now: datetime) -> Agent | None:
    able = [agent for agent in agents if _may_get(one, agent, policy, now)]
    if not able:
        return None
    return min(
        able,
        key=lambda agent: (
            agent.id != one.own_agent,
            agent.load / agent.capacity,
            agent.idle_since,
            agent.id,
        ),
    )


def _may_get(one: Waiting, agent: Agent, policy: DeskPolicy, now: datetime) -> bool:
    if agent.load >= agent.capacity:
        return False
    if one.skill is not None and one.skill not in agent.skills:
        return False
    pause = timedelta(seconds=policy.queue.skip_after_miss_seconds)
    just_missed = one.missed_by == agent.id and one.missed_at is not None
    return not (just_missed and one.missed_at is not None and now - one.missed_at < pause)
