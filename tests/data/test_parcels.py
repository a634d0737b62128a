"""Parcels: waybills in their carriers' form, and traces that agree with the order."""

import re
from collections import defaultdict
from collections.abc import Callable

Row = dict[str, str]
ReadRows = Callable[[str], list[Row]]

WAYBILLS = {
    "顺丰": r"SF1\d{12}",
    "中通": r"7\d{13}",
    "圆通": r"YT\d{13}",
    "韵达": r"4\d{14}",
    "京东": r"JD0\d{12}",
    "邮政": r"98\d{11}",
}
LAST_CODES = {
    "awaiting_pickup": {"accepted"},
    "in_transit": {"picked_up", "departed", "arrived"},
    "out_for_delivery": {"out_for_delivery"},
    "exception": {"exception"},
    "signed": {"signed"},
    "returned": {"returned"},
}
TWO_DAYS = 48 * 60


def test_waybills_have_their_carriers_form(shop: ReadRows) -> None:
    assert {row["carrier"] for row in shop("parcels")} == set(WAYBILLS)
    for row in shop("parcels"):
        assert re.fullmatch(WAYBILLS[row["carrier"]], row["waybill"]), row


def test_a_trace_runs_forward_and_not_into_the_future(shop: ReadRows) -> None:
    for waybill, trace in _traces(shop).items():
        ages = [int(event["minutes_ago"]) for event in trace]
        assert ages == sorted(set(ages), reverse=True), waybill
        assert ages[-1] >= 0, waybill
        assert all(event["text"] and event["city"] for event in trace), waybill


def test_a_parcels_state_is_what_its_last_event_says(shop: ReadRows) -> None:
    traces = _traces(shop)
    assert {row["status"] for row in shop("parcels")} == set(LAST_CODES)
    for parcel in shop("parcels"):
        assert traces[parcel["waybill"]][-1]["code"] in LAST_CODES[parcel["status"]], parcel


def test_a_trace_agrees_with_its_order(shop: ReadRows) -> None:
    traces = _traces(shop)
    orders = {row["order_number"]: row for row in shop("orders")}
    for parcel in (row for row in shop("parcels") if row["direction"] == "outbound"):
        order, trace = orders[parcel["order_number"]], traces[parcel["waybill"]]
        assert trace[0]["minutes_ago"] == order["shipped_minutes_ago"], parcel
        assert parcel["signed_minutes_ago"] == order["signed_minutes_ago"], parcel
        if parcel["status"] == "signed":
            assert trace[-1]["minutes_ago"] == order["signed_minutes_ago"], parcel


def test_whatever_was_shipped_has_a_parcel_unless_it_is_software(shop: ReadRows) -> None:
    category = {row["sku"]: row["category"] for row in shop("products")}
    kinds: dict[str, set[str]] = defaultdict(set)
    for line in shop("order_items"):
        kinds[line["order_number"]].add(category[line["sku"]])
    sent = {row["order_number"] for row in shop("parcels") if row["direction"] == "outbound"}
    for order in shop("orders"):
        needs_parcel = bool(order["shipped_minutes_ago"]) and kinds[order["order_number"]] != {
            "software"
        }
        assert (order["order_number"] in sent) == needs_parcel, order


def test_some_parcels_are_stuck_and_most_are_not(shop: ReadRows) -> None:
    silent = _silent_minutes(shop)
    stuck = [waybill for waybill, minutes in silent.items() if minutes > TWO_DAYS]
    assert 4 <= len(stuck) <= len(silent) / 4


def test_some_were_signed_for_by_somebody_else(shop: ReadRows) -> None:
    signed_by = " ".join(row["signed_by"] for row in shop("parcels"))
    assert all(word in signed_by for word in ("丰巢", "门卫", "驿站", "邻居", "本人"))


def test_wang_fangs_parcel_has_been_silent_for_sixty_hours(shop: ReadRows) -> None:
    (waybill,) = _under_way_of(shop, "王芳")
    assert _silent_minutes(shop)[waybill] == 60 * 60


def test_delivered_but_not_received_is_recent_and_unfinished(shop: ReadRows) -> None:
    people = {row["name"]: row["id"] for row in shop("customers")}
    for name in ("赵静", "孙磊", "谭木匠人", "邱实"):
        recent = [
            order
            for order in shop("orders")
            if order["customer_id"] == people[name]
            and order["status"] == "signed"
            and int(order["signed_minutes_ago"]) < 4 * 24 * 60
        ]
        assert recent, name


def _traces(shop: ReadRows) -> dict[str, list[Row]]:
    traces: dict[str, list[Row]] = defaultdict(list)
    for event in shop("parcel_events"):
        traces[event["waybill"]].append(event)
    return traces


def _silent_minutes(shop: ReadRows) -> dict[str, int]:
    """Minutes since the last event of every parcel that is still under way."""
    traces = _traces(shop)
    return {
        parcel["waybill"]: int(traces[parcel["waybill"]][-1]["minutes_ago"])
        for parcel in shop("parcels")
        if parcel["status"] not in {"signed", "returned"}
    }


def _under_way_of(shop: ReadRows, name: str) -> list[str]:
    customer = next(row["id"] for row in shop("customers") if row["name"] == name)
    orders = {
        row["order_number"]
        for row in shop("orders")
        if row["customer_id"] == customer and row["status"] == "shipped"
    }
    return [row["waybill"] for row in shop("parcels") if row["order_number"] in orders]
