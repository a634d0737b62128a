"""Where a customer's refund stands, and by when the money shows up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from shop.after_sales import Kind, Status, after_sales_of, is_late, refund_due
from shop.days import ONE_DAY, china_day
from shop.service_policy import ServicePolicy
from shop.tables import DbAfterSale, DbOrder

SATURDAY = 5


class RefundStep(StrEnum):
    """What a customer is told about a refund."""

    WAITING_FOR_DECISION = "waiting"
    SEND_BACK = "send_back"
    ON_ITS_WAY_BACK = "returning"
    RECEIVED = "received"
    LATE = "late"
    PAID_BACK = "paid_back"
    REJECTED = "rejected"
    EXCHANGE_SENT = "exchange_sent"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class RefundState:
    """One request's step; `due` is when the refund is sent, or shows up once it is sent."""

    request: DbAfterSale
    order: DbOrder
    step: RefundStep
    due: date | None


STEPS = {
    Status.REQUESTED: RefundStep.WAITING_FOR_DECISION,
    Status.APPROVED: RefundStep.SEND_BACK,
    Status.RETURNING: RefundStep.ON_ITS_WAY_BACK,
    Status.RECEIVED: RefundStep.RECEIVED,
    Status.EXCHANGE_SHIPPED: RefundStep.EXCHANGE_SENT,
    Status.REFUNDED: RefundStep.PAID_BACK,
    Status.REJECTED: RefundStep.REJECTED,
}


async def refund_states(
    session: AsyncSession, orders: Sequence[DbOrder], policy: ServicePolicy, *, now: datetime
) -> list[RefundState]:
    """Return where the requests about these orders stand: open ones first, then newest first."""
    by_id = {order.id: order for order in orders}
    requests = await after_sales_of(session, orders)
    states = [refund_state(each, by_id[each.order_id], policy, now=now) for each in requests]
    over = (RefundStep.PAID_BACK, RefundStep.CLOSED, RefundStep.REJECTED)
    return sorted(states, key=lambda state: state.step in over)


def refund_state(
    request: DbAfterSale, order: DbOrder, policy: ServicePolicy, *, now: datetime
) -> RefundState:
    """Return the step that one request has reached."""
    step = STEPS.get(Status(request.status), RefundStep.CLOSED)
    due = refund_due(request)
    if step is RefundStep.SEND_BACK and request.kind == Kind.REFUND_ONLY:
        step = RefundStep.RECEIVED
    if step is RefundStep.RECEIVED and is_late(request, now=now):
        step = RefundStep.LATE
    if step is RefundStep.SEND_BACK and request.decided_at:
        due = china_day(request.decided_at) + policy.returns.send_back_days * ONE_DAY
    if step is RefundStep.PAID_BACK and request.closed_at:
        due = working_days_after(
            china_day(request.closed_at), policy.arrival_days(order.payment_method)
        )
    return RefundState(request=request, order=order, step=step, due=due)


def working_days_after(day: date, days: int) -> date:
    """Return the day that lies so many weekdays after `day`; banks do not work on weekends."""
    while days > 0:
        day += ONE_DAY
        days -= day.weekday() < SATURDAY
    return day
