"""The waiting line: who is next, which agent gets whom, when a customer is given back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydantic import ValidationError

from desk.policy import AgentRules, DeskPolicy, read_desk_policy
from desk.queue_rules import (
    FREE_AGENT_WAIT,
    Agent,
    GiveBack,
    Held,
    Waiting,
    answer_due,
    assign,
    expected_wait,
    give_back,
    is_present,
    line,
)
from desk.states import AgentStatus, HandoffReason

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
POLICY = read_desk_policy()
SECOND = timedelta(seconds=1)


def _waits(name: str, *, since: float = 60, reason: str = "asked_human", **more: object) -> Waiting:
    queued_at = NOW - timedelta(seconds=since)
    return Waiting(conversation=name, reason=reason, queued_at=queued_at, **more)  # type: ignore[arg-type]


def _agent(name: str, **more: object) -> Agent:
    facts: dict[str, object] = {
        "status": AgentStatus.ACCEPTING,
        "heartbeat_at": NOW,
        "capacity": 2,
        "load": 0,
        "idle_since": NOW - timedelta(hours=1),
        **more,
    }
    return Agent(id=name, **facts)  # type: ignore[arg-type]


def _order(*waiting: Waiting) -> list[str]:
    return [one.conversation for one in line(waiting, POLICY, now=NOW)]


def test_the_oldest_of_a_class_comes_first() -> None:
    assert _order(_waits("new", since=10), _waits("old", since=20)) == ["old", "new"]


def test_reason_goes_before_tier_and_tier_before_time() -> None:
    assert _order(
        _waits("plain", since=200),
        _waits("gold", since=100, tier="gold"),
        _waits("diamond", since=50, tier="diamond"),
        _waits("complaint", since=10, reason="complaint"),
        _waits("legal", since=2, reason="legal_threat"),
        _waits("hurt", since=1, reason="safety"),
    ) == ["legal", "hurt", "complaint", "diamond", "gold", "plain"]


def test_long_waiting_moves_up_but_never_past_the_urgent() -> None:
    long = _waits("long", since=3 * 3600)
    assert _order(_waits("complaint", since=5, reason="complaint", tier="diamond"), long) == [
        "long",
        "complaint",
    ]
    assert _order(_waits("hurt", since=1, reason="safety"), long) == ["hurt", "long"]


def test_an_unknown_reason_waits_like_an_ordinary_one() -> None:
    assert _order(_waits("odd", since=10, reason="?"), _waits("old", since=20)) == ["old", "odd"]


@pytest.mark.parametrize(
    ("silent", "status", "present"),
    [
        (0, AgentStatus.ACCEPTING, True),
        (45, AgentStatus.ACCEPTING, True),  # the last second
        (46, AgentStatus.ACCEPTING, False),
        (0, AgentStatus.MANUAL, True),
        (0, AgentStatus.AWAY, False),
    ],
)
def test_presence_is_a_fresh_heartbeat(silent: int, status: AgentStatus, present: bool) -> None:
    agent = _agent("lin", heartbeat_at=NOW - silent * SECOND, status=status)
    assert is_present(agent, POLICY, now=NOW) is present


def _given(*waiting: Waiting, agents: list[Agent]) -> list[tuple[str, str]]:
    pairs = assign(waiting, agents, POLICY, now=NOW)
    return [(one.conversation, agent.id) for one, agent in pairs]


def test_load_is_spread_evenly_and_the_longest_idle_is_first() -> None:
    rested = _agent("rested", idle_since=NOW - timedelta(hours=2))
    first = _given(_waits("a", since=3), _waits("b", since=2), agents=[_agent("lin"), rested])
    assert first == [("a", "rested"), ("b", "lin")]


def test_nobody_gets_more_than_fits() -> None:
    given = _given(*(_waits(str(n)) for n in range(9)), agents=[_agent("lin", load=1)])
    assert len(given) == 1


def test_only_who_accepts_is_given_work() -> None:
    for status in (AgentStatus.MANUAL, AgentStatus.AWAY):
        assert _given(_waits("a"), agents=[_agent("lin", status=status)]) == []


def test_ones_own_agent_comes_first_when_free_and_is_not_waited_for() -> None:
    wang = _waits("a", own_agent="own")
    own = _agent("own", load=1, idle_since=NOW)
    assert _given(wang, agents=[_agent("lin"), own]) == [("a", "own")]
    busy = _agent("own", load=2)
    assert _given(wang, agents=[_agent("lin"), busy]) == [("a", "lin")]


def test_a_skill_is_needed_where_one_is_asked_for() -> None:
    fitter = _agent("fitter", skills=frozenset({"安装"}))
    assert _given(_waits("a", skill="安装"), agents=[_agent("lin"), fitter]) == [("a", "fitter")]
    assert _given(_waits("a", skill="安装"), agents=[_agent("lin")]) == []


@pytest.mark.parametrize(("ago", "again"), [(0, False), (299, False), (300, True)])
def test_who_missed_a_customer_is_not_given_her_again_at_once(ago: int, again: bool) -> None:
    missed = _waits("a", missed_by="lin", missed_at=NOW - ago * SECOND)
    assert bool(_given(missed, agents=[_agent("lin")])) is again
    assert _given(missed, agents=[_agent("lin"), _agent("zhou")])[0][0] == "a"


def _held(
    *, assigned: int, answered: bool = False, waiting: bool = True, wrote: int | None = None
) -> Held:
    return Held(
        conversation="a",
        agent="lin",
        assigned_at=NOW - assigned * SECOND,
        answered_at=NOW if answered else None,
        waiting_since=NOW - assigned * SECOND if waiting else None,
        wrote_at=None if wrote is None else NOW - wrote * SECOND,
    )


@pytest.mark.parametrize(
    ("held", "silent", "why"),
    [
        (_held(assigned=60), 0, None),  # the last second
        (_held(assigned=61), 0, GiveBack.NO_ANSWER),
        (_held(assigned=999, answered=True), 0, None),  # answered once: her conversation
        (_held(assigned=999, answered=True), 46, GiveBack.GONE),
        (_held(assigned=999, waiting=False), 46, None),  # nobody waits: nothing is lost
        (_held(assigned=45), 46, None),  # she took it a moment ago: the page may be reloading
        (_held(assigned=46), 46, GiveBack.GONE),
        (_held(assigned=80, wrote=20), 0, None),  # she is writing: a pause is writing too
        (_held(assigned=81, wrote=21), 0, GiveBack.NO_ANSWER),  # she left it lying
        (_held(assigned=60, wrote=59), 0, None),  # having written early costs nothing
        (_held(assigned=61, wrote=60), 0, GiveBack.NO_ANSWER),
        (_held(assigned=180, wrote=0), 0, None),
        (_held(assigned=181, wrote=0), 0, GiveBack.NO_ANSWER),  # not for ever
        (_held(assigned=100, wrote=101), 0, GiveBack.NO_ANSWER),  # written when she had it before
        (_held(assigned=999, wrote=0), 46, GiveBack.GONE),  # presence is another matter
        (_held(assigned=999, answered=True, wrote=0), 0, None),
    ],
)
def test_when_a_customer_is_given_back(held: Held, silent: int, why: GiveBack | None) -> None:
    agents = {"lin": _agent("lin", heartbeat_at=NOW - silent * SECOND)}
    assert give_back(held, agents, POLICY, now=NOW) == why


def test_an_agent_who_no_longer_exists_is_gone() -> None:
    assert give_back(_held(assigned=50), {}, POLICY, now=NOW) is GiveBack.GONE


ASSIGNED = st.integers(0, 400)


@given(assigned=ASSIGNED, wrote=st.none() | st.integers(0, 400), later=st.integers(0, 400))
def test_writing_only_puts_off_what_must_come(assigned: int, wrote: int | None, later: int) -> None:
    idle, writing = _held(assigned=assigned), _held(assigned=assigned, wrote=wrote)
    taken = idle.assigned_at
    due = answer_due(writing, POLICY)
    assert taken + POLICY.reply_within <= due <= taken + POLICY.reply_while_writing
    assert answer_due(idle, POLICY) == taken + POLICY.reply_within
    if wrote is not None:  # who wrote on has at least as long
        on = replace(writing, wrote_at=NOW - wrote * SECOND + later * SECOND)
        assert answer_due(on, POLICY) >= due


def test_writing_may_not_shorten_the_time_to_answer() -> None:
    agents = POLICY.agents.model_dump() | {"reply_while_writing_seconds": 59}
    with pytest.raises(ValidationError, match="reply_while_writing_seconds"):
        AgentRules.model_validate(agents)


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("position", "agents", "gaps", "wait"),
    [
        (1, [], [MINUTE] * 9, None),  # nobody there: no honest number
        (1, [_agent("lin")], [], FREE_AGENT_WAIT),
        (2, [_agent("lin")], [], FREE_AGENT_WAIT * 2),
        (3, [_agent("lin")], [MINUTE] * 2, None),  # too little seen to say
        (3, [_agent("lin")], [MINUTE] * 3, MINUTE * 3 * 1.25),
        (1, [_agent("lin", load=2)], [2 * MINUTE] * 4, MINUTE * 2.5),
        (1, [_agent("lin", status=AgentStatus.AWAY)], [MINUTE] * 9, None),
    ],
)
def test_the_expected_wait_is_said_only_where_it_is_known(
    position: int, agents: list[Agent], gaps: list[timedelta], wait: timedelta | None
) -> None:
    assert expected_wait(position, agents, gaps, POLICY, now=NOW) == wait


REASONS = st.sampled_from(sorted(HandoffReason))
TIERS = st.sampled_from(["diamond", "gold", "silver", None])
SKILLS = st.sampled_from([None, None, "安装"])
WAITING = st.builds(
    Waiting,
    conversation=st.uuids().map(str),
    reason=REASONS,
    queued_at=st.integers(0, 7200).map(lambda ago: NOW - ago * SECOND),
    tier=TIERS,
    skill=SKILLS,
    own_agent=st.sampled_from([None, "agent-0", "agent-1"]),
)


@given(st.lists(WAITING, unique_by=lambda one: one.conversation))
def test_the_line_is_one_order_of_all(waiting: list[Waiting]) -> None:
    ordered = line(waiting, POLICY, now=NOW)
    assert sorted(one.conversation for one in ordered) == sorted(
        one.conversation for one in waiting
    )
    assert ordered == line(reversed(waiting), POLICY, now=NOW)
    by_class: dict[tuple[str, str | None], list[datetime]] = {}
    for one in ordered:
        by_class.setdefault((one.reason, one.tier), []).append(one.queued_at)
    assert all(times == sorted(times) for times in by_class.values())
    urgent = [one.reason in POLICY.queue.reasons[0] for one in ordered]
    assert urgent == sorted(urgent, reverse=True)


class LineMachine(RuleBasedStateMachine):
    """Customers come and leave, agents come, go, answer or do not; the rules hold throughout."""

    @initialize(agents=st.integers(1, 3))
    def open(self, agents: int) -> None:
        self.now = NOW
        self.policy: DeskPolicy = POLICY
        self.waiting: dict[str, Waiting] = {}
        self.held: dict[str, tuple[Held, Waiting]] = {}
        self.agents = {f"agent-{n}": _agent(f"agent-{n}") for n in range(agents)}
        self.served: list[str] = []

    def _set(self, name: str, **facts: object) -> None:
        old = self.agents[name]
        self.agents[name] = Agent(**{**old.__dict__, **facts})

    def _with_load(self) -> list[Agent]:
        loads = dict.fromkeys(self.agents, 0)
        for held, _one in self.held.values():
            loads[held.agent] += 1
        return [Agent(**{**a.__dict__, "load": loads[a.id]}) for a in self.agents.values()]

    @rule(one=WAITING)
    def arrives(self, one: Waiting) -> None:
        self.waiting[one.conversation] = Waiting(**{**one.__dict__, "queued_at": self.now})

    @precondition(lambda self: self.waiting)
    @rule()
    def gives_up(self) -> None:
        self.waiting.pop(next(iter(self.waiting)))

    @rule(seconds=st.integers(1, 50))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def agent_writes(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.held)))
        held, one = self.held[name]
        self.held[name] = replace(held, wrote_at=self.now), one

    @rule(data=st.data(), status=st.sampled_from(AgentStatus))
    def beats(self, data: st.DataObject, status: AgentStatus) -> None:
        name = data.draw(st.sampled_from(sorted(self.agents)))
        self._set(name, heartbeat_at=self.now, status=status)

    @rule()
    def is_given_out(self) -> None:
        agents = self._with_load()
        loads = {agent.id: agent.load for agent in agents}
        given = assign(self.waiting.values(), agents, self.policy, now=self.now)
        order = line(self.waiting.values(), self.policy, now=self.now)
        for one, agent in given:
            assert is_present(agent, self.policy, now=self.now)
            assert agent.status is AgentStatus.ACCEPTING
            assert one.skill is None or one.skill in agent.skills
            loads[agent.id] += 1
            assert loads[agent.id] <= agent.capacity
            # Nobody who could have had this agent stood before and was passed over.
            passed = order[: order.index(one)]
            got = {other.conversation for other, _agent in given}
            for other in passed:
                assert other.conversation in got or other.skill or other.missed_by
            del self.waiting[one.conversation]
            held = Held(
                conversation=one.conversation,
                agent=agent.id,
                assigned_at=self.now,
                answered_at=None,
                waiting_since=one.queued_at,
            )
            self.held[one.conversation] = held, one

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def agent_answers(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.held)))
        held, one = self.held[name]
        facts = {**held.__dict__, "answered_at": self.now, "waiting_since": None}
        self.held[name] = Held(**facts), one

    @rule()
    def is_taken_back(self) -> None:
        agents = {agent.id: agent for agent in self._with_load()}
        for name, (held, one) in list(self.held.items()):
            if give_back(held, agents, self.policy, now=self.now) is not None:
                del self.held[name]
                facts = {**one.__dict__, "missed_by": held.agent, "missed_at": self.now}
                self.waiting[name] = Waiting(**facts)
            elif held.answered_at is None and held.waiting_since is not None:
                # However much she writes, the customer is not kept for ever.
                longest = self.policy.reply_while_writing
                assert self.now - held.assigned_at <= longest

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        if hasattr(self, "waiting"):
            assert not self.waiting.keys() & self.held.keys()

    @invariant()
    def a_place_in_the_line_is_kept(self) -> None:
        if hasattr(self, "waiting"):
            assert all(one.queued_at <= self.now for one in self.waiting.values())


LineMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestLine = LineMachine.TestCase
