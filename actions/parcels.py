"""Parcels: what is said of one, with its latest event and the day on which it should come."""

from actions.cards import parcel_card
from actions.offers import offer
from actions.turn import Turn
from actions.wording import NO_SIGNER, day_and_time, day_text
from shop.requests import find_open_request
from shop.service_policy import RequestKind, service_policy
from shop.shipping import ParcelState, expected_day, parcel_states
from shop.tables import DbOrder, DbServiceRequest

OFFERING_TO_URGE = ("utter_parcel_stuck", "utter_parcel_trouble", "utter_parcel_eta_unsure")


async def tell_parcels(turn: Turn, order: DbOrder) -> bool:
    """Say the latest of each parcel that was sent, with its card; False if there is none."""
    states = parcel_states(order, now=turn.now)
    urged = await find_open_request(turn.session, order, RequestKind.URGE_CARRIER)
    for state in states:
        say_parcel(turn, order, state, urged=urged if not state.signed else None)
    return bool(states)


def say_parcel(
    turn: Turn,
    order: DbOrder,
    state: ParcelState,
    *,
    name: str | None = None,
    urged: DbServiceRequest | None = None,
) -> None:
    """Say one parcel's state, or the sentence `name` of it; one that stands still can be urged."""
    name = name or _name_of(state, urged)
    if name in OFFERING_TO_URGE:
        offer(turn, RequestKind.URGE_CARRIER, order)
    is_bare = state.latest is None and not state.signed
    turn.say(
        f"{name}_bare" if is_bare and name != "utter_parcel_eta_urged" else name,
        cards={"parcel_card": parcel_card(state)},
        at=day_and_time(state.parcel.signed_at or (state.latest.at if state.latest else None)),
        trace=state.latest.text if state.latest else "",
        signed_by=state.parcel.signed_by or NO_SIGNER,
        hours=int(state.silent_for.total_seconds() // 3600),
        carrier=state.parcel.carrier,
        waybill=state.parcel.waybill,
        number=urged.number if urged else "",
        due=day_and_time(urged.due_at) if urged else "",
        day=day_text(expected_day(state, service_policy().shipping.usual_days[1], now=turn.now)),
    )


def _name_of(state: ParcelState, urged: DbServiceRequest | None) -> str:
    if state.signed:
        return "utter_parcel_signed"
    if state.returned:
        return "utter_parcel_returned"
    if urged is not None:
        return "utter_parcel_urged"
    if state.troubled:
        return "utter_parcel_trouble"
    return "utter_parcel_stuck" if state.stuck else "utter_parcel_latest"
