"""Where a parcel is, and whether it has got stuck."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shop.days import ONE_DAY, china_day
from shop.tables import DbOrder, DbParcel, DbParcelEvent

STUCK_AFTER = timedelta(hours=48)
"""A parcel under way without any new event for this long counts as stuck."""


@dataclass(frozen=True)
class ParcelState:
    """A parcel at one moment: its latest event and how long nothing has happened since."""

    parcel: DbParcel
    latest: DbParcelEvent | None
    silent_for: timedelta

    @property
    def signed(self) -> bool:
        """Whether the carrier says that it was handed over."""
        return self.parcel.signed_at is not None

    @property
    def stuck(self) -> bool:
        """Whether it is under way and nothing has happened for 48 hours."""
        return not self.signed and not self.returned and self.silent_for >= STUCK_AFTER

    @property
    def troubled(self) -> bool:
        """Whether the carrier reports something that keeps it from being delivered."""
        return not self.signed and self.parcel.status == "exception"

    @property
    def returned(self) -> bool:
        """Whether it is on its way back to the shop, or back."""
        return self.parcel.status == "returned"


def parcel_states(
    order: DbOrder, *, now: datetime, direction: str = "outbound"
) -> list[ParcelState]:
    """Return the state of each parcel of the order that travels in `direction`."""
    parcels = [parcel for parcel in order.parcels if parcel.direction == direction]
    return [parcel_state(parcel, now=now) for parcel in parcels]


def parcel_state(parcel: DbParcel, *, now: datetime) -> ParcelState:
    """Return the state of one parcel; events still to come do not count."""
    past = [event for event in parcel.events if event.at <= now]
    latest = max(past, key=lambda event: event.at, default=None)
    since = latest.at if latest else parcel.shipped_at or now
    return ParcelState(parcel=parcel, latest=latest, silent_for=now - since)


def expected_day(state: ParcelState, usual_days: int, *, now: datetime) -> date:
    """Return the day on which the parcel should come: the usual days after dispatch, not the past.

    A parcel that is out for delivery comes today.
    """
    today = china_day(now)
    if state.latest is not None and state.latest.kind == "out_for_delivery":
        return today
    sent = china_day(state.parcel.shipped_at or now)
    return max(sent + usual_days * ONE_DAY, today + ONE_DAY)
