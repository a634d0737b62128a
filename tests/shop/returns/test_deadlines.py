from datetime import date

from shop.returns.deadlines import seller_deadlines


def test_the_seller_has_seven_days_to_refund_and_fifteen_before_it_is_punishable() -> None:
    found = seller_deadlines(
        requested_on=date(2026, 11, 5), received_on=date(2026, 11, 12), refund_due_days=7
    )
    assert found.refund_by == date(2026, 11, 19)
    assert found.refund_punishable_after == date(2026, 11, 27)
    assert found.address_punishable_after == date(2026, 11, 20)


def test_rest_days_do_not_help_the_seller() -> None:
    found = seller_deadlines(
        requested_on=date(2026, 9, 16), received_on=date(2026, 9, 24), refund_due_days=7
    )
    assert found.refund_by == date(2026, 10, 1)
    assert found.address_punishable_after == date(2026, 10, 1)


def test_no_refund_is_due_before_the_goods_are_back() -> None:
    found = seller_deadlines(requested_on=date(2026, 11, 5), received_on=None, refund_due_days=7)
    assert (found.refund_by, found.refund_punishable_after) == (None, None)
