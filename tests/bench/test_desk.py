"""The desk's measurement runs and counts; how fast this machine is today is not its business."""

import pytest

from bench.desk import run


@pytest.mark.timeout(300)
def test_a_short_run_counts_every_message_once() -> None:
    found = run(sockets=12, active=6, seconds=1.0)
    assert found["sockets"] == 12
    assert found["messages"] > 0
    assert (found["lost"], found["doubled"], found["misordered"]) == (0, 0, 0)
    assert found["memory_per_socket_kb"] < 2_000
    assert 0 < found["desk_cpu_us"] < 1_000_000
    assert found["relayed"]["per_second"] == found["acknowledged"]["per_second"] > 0
