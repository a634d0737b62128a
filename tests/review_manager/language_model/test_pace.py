"""The breaker and the budget, round their exact moments."""

from datetime import datetime, timedelta

from review_manager.language_model.pace import Breaker, HourlyBudget

SECOND = timedelta(seconds=1)
PAUSE = timedelta(seconds=120)


def _shut(now: datetime) -> Breaker:
    breaker = Breaker(failures=3, pause=PAUSE)
    for _ in range(3):
        assert breaker.may_call(now)
        breaker.failed(now)
    return breaker


def test_the_last_allowed_failure_shuts_the_breaker(now: datetime) -> None:
    breaker = Breaker(failures=2, pause=PAUSE)
    breaker.failed(now)
    assert breaker.may_call(now)
    breaker.failed(now)
    assert not breaker.may_call(now)


def test_a_success_in_between_starts_the_count_anew(now: datetime) -> None:
    breaker = Breaker(failures=2, pause=PAUSE)
    breaker.failed(now)
    breaker.succeeded()
    breaker.failed(now)
    assert breaker.may_call(now)


def test_after_the_pause_one_call_tries(now: datetime) -> None:
    breaker = _shut(now)
    assert not breaker.may_call(now + PAUSE - SECOND)
    assert breaker.may_call(now + PAUSE)
    assert not breaker.may_call(now + PAUSE)


def test_the_try_decides(now: datetime) -> None:
    healed = _shut(now)
    assert healed.may_call(now + PAUSE)
    healed.succeeded()
    assert healed.may_call(now + PAUSE)
    ill = _shut(now)
    assert ill.may_call(now + PAUSE)
    ill.failed(now + PAUSE + SECOND)
    assert not ill.may_call(now + PAUSE + PAUSE)
    assert ill.may_call(now + PAUSE + PAUSE + SECOND)


def test_a_wait_that_was_asked_for_is_never_shortened(now: datetime) -> None:
    breaker = _shut(now)
    breaker.wait(now + SECOND)
    assert not breaker.may_call(now + PAUSE - SECOND)
    breaker.wait(now + 2 * PAUSE)
    breaker.wait(now + PAUSE)
    assert not breaker.may_call(now + 2 * PAUSE - SECOND)
    assert breaker.may_call(now + 2 * PAUSE)


def test_an_answer_to_an_earlier_call_does_not_end_the_wait(now: datetime) -> None:
    breaker = Breaker(failures=2, pause=PAUSE)
    breaker.wait(now + PAUSE)
    breaker.succeeded()
    assert not breaker.may_call(now + PAUSE - SECOND)
    assert breaker.may_call(now + PAUSE)


def test_the_budget_counts_any_sixty_minutes(now: datetime) -> None:
    budget = HourlyBudget(2)
    assert budget.take(now)
    assert budget.take(now + timedelta(minutes=59))
    assert not budget.take(now + timedelta(hours=1) - SECOND)
    assert budget.take(now + timedelta(hours=1))
    assert not budget.take(now + timedelta(hours=1))
    assert budget.take(now + timedelta(minutes=119))
