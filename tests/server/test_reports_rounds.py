"""Reports never take more than a tenth of the machine from the chats."""

import pytest

from server.reports_rounds import rest_after


@pytest.mark.parametrize(
    ("took", "rest"),
    [(0.0, 5.0), (0.5, 5.0), (0.6, 5.4), (2.0, 18.0), (6.6, 59.4), (6.7, 60.0), (600.0, 60.0)],
)
def test_a_long_round_is_followed_by_a_long_rest(took: float, rest: float) -> None:
    assert rest_after(took) == pytest.approx(rest)
